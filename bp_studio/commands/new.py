"""``bp new``: a lesson to start from."""

from __future__ import annotations

import shlex
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from bp_script.language.caller import callers_language, tr
from bp_studio import options
from bp_studio.errors import UsageError


@click.command("new")
@click.argument("name", metavar="NAME")
@options.verbose
def command(*, name: str) -> None:
    """Write NAME.yaml, a short commented lesson that renders as it is."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not path.stem or path.stem.startswith(("-", ".")):
        raise UsageError(tr("%(name)s is no name for a lesson: take letters, digits and underscores", name=repr(name)))
    title = path.stem.replace("_", " ").replace("-", " ").strip().capitalize()
    text = _template(callers_language().words).read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace("TITLE", title))
    except FileExistsError:
        raise UsageError(tr("%(path)s is there already: take another name", path=path)) from None
    except FileNotFoundError:
        raise UsageError(tr("there is no folder %(folder)s", folder=path.parent)) from None
    click.echo(
        tr(
            "%(path)s is there. See it while you change it: bp watch %(path)s; "
            "then: bp check %(path)s && bp render -q l %(path)s",
            path=shlex.quote(str(path)),
        )
    )


def _template(language: str) -> Traversable:
    """The lesson to start from, in a language if it is there in it."""
    folder = resources.files("bp_studio")
    own = folder.joinpath(f"new_lesson.{language}.yaml")
    return own if own.is_file() else folder.joinpath("new_lesson.yaml")
