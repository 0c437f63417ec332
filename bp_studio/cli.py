"""The command ``bp``: each of its commands is a module in :mod:`bp_studio.commands`, imported when it is called."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from bp_script.language import N_
from bp_script.language.caller import tr
from bp_studio.errors import Exit, tell, trouble
from bp_studio.options import is_verbose
from bp_studio.words import translate_click, translated

if TYPE_CHECKING:
    from types import FrameType

#: The rooms, in the order of the help page: what each does is the first line of its own help.
COMMANDS = {
    "render": N_("Make the film of each lesson."),
    "page": N_("Make a web page of each film, with numbers to look up and weights to drag."),
    "stills": N_("Draw the settled moments of each chapter."),
    "slides": N_("Make a PowerPoint file of each lesson, and a handout."),
    "voice": N_("List what to record for a film that you speak yourself."),
    "worksheet": N_("Print each lesson as an exercise, with its key."),
    "watch": N_("Draw again what a save has changed, on a page that refreshes itself."),
    "trace": N_("Show every number of a lesson."),
    "check": N_("Hold every number and equation against a second computation."),
    "new": N_("Write a commented lesson to start from."),
    "chapters": N_("List the chapters with their parameters."),
    "schema": N_("Print the JSON Schema of lessons, for editors."),
    "cache": N_("Show or clear the clips that are kept."),
    "doctor": N_("Say what is installed and what is missing."),
}


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Rooms(click.Group):
    """Opens a command's module when that command is called, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"bp_studio.commands.{cmd_name}").command
        return translated(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list, without opening a room."""
        with formatter.section(tr("Commands")):
            formatter.write_dl([(name, tr(does)) for name, does in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error becomes its lines and its exit status."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            ctx.exit(_interrupted())
        except Exception as error:  # noqa: BLE001 -- whatever it is, the user gets a line and a status
            ctx.exit(tell(trouble(error), verbose=is_verbose(ctx)))


@click.command(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="backprop-films", message="bp %(version)s")
def bp() -> None:
    """Short YAML lessons become films that explain backpropagation on a real network."""


def main() -> NoReturn:
    """Run ``bp``.

    Exit status: 0 done, 1 failed on the way or findings, 2 bad lesson or bad usage, 130 interrupted.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, _interrupt)
    translate_click()
    try:
        status = translated(bp).main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = Exit.BAD_INPUT
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "bp"
        click.echo(f"{where}: {' '.join(error.format_message().split())}", err=True)
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):  # before a command had begun
        status = _interrupted()
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # it is over: nothing is left to stop
    sys.exit(status if isinstance(status, int) else 0)


def _interrupted() -> int:
    click.echo(tr("interrupted"), err=True)
    return Exit.INTERRUPTED


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    """Stop, once: what is tidied up on the way out must not be interrupted again."""
    for again in _SIGNALS:
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt
