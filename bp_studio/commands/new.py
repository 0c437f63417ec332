"""``bp new``: a lesson to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from bp_script.language.caller import tr
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
    text = resources.files("bp_studio").joinpath("new_lesson.yaml").read_text(encoding="utf-8")
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
            path=path,
        )
    )
