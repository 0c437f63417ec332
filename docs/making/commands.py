"""The reference of the command ``bp``, from the commands themselves."""

from __future__ import annotations

import re

import click

from bp_studio.cli import COMMANDS, bp
from docs.making.tables import escaped, table

#: An option in what is told, with the letter that it is given.
_OPTION = re.compile(r"(?<![\w`>-])--?[a-z][a-z-]*(?: [a-z](?![\w`]))?")
_HEAD = """\
# The command `bp`

`scripts/bootstrap` puts it into `.venv/bin`; `source .venv/bin/activate` puts that on the path. Each command says the
same of itself with `--help`. A LESSON is a file, or the name of a lesson that comes with the program.

| exit status | means |
|---|---|
| 0 | done |
| 1 | something failed on the way, or `bp check` has findings |
| 2 | a bad lesson or bad usage; each mistake is a line with its place |
| 130 | interrupted |
"""


def commands_page() -> str:
    """The page: each command with its usage, what it does and its options."""
    group = click.Context(bp, info_name="bp")
    return "\n".join([_HEAD, *(_command(group, name) for name in COMMANDS)])


def _command(group: click.Context, name: str) -> str:
    command = bp.get_command(group, name)
    if command is None:
        raise LookupError(name)
    context = click.Context(command, info_name=name, parent=group)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    told = "\n\n".join(_told(" ".join(part.split())) for part in (command.help or "").split("\n\n"))
    options = [
        record
        for option in command.get_params(context)
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]
    listed = table(("option", "does"), ([f"`{option}`", _told(does)] for option, does in options))
    return f"## bp {name}\n\n```text\n{usage}\n```\n\n{told}\n\n{listed}\n"


def _told(text: str) -> str:
    """Words of a command, its options as code."""
    return escaped(_OPTION.sub(lambda match: f"`{match[0]}`", text))
