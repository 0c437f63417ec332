"""``bp new``: a lesson to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from bp_studio import options
from bp_studio.errors import UsageError


@click.command("new")
@click.argument("name", metavar="NAME")
@options.verbose
def command(*, name: str) -> None:
    """Write NAME.yaml, a short commented lesson that renders as it is."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not path.stem or path.stem.startswith(("-", ".")):
        raise UsageError(f"{name!r} is no name for a lesson: take letters, digits and underscores")
    title = path.stem.replace("_", " ").replace("-", " ").strip().capitalize()
    text = resources.files("bp_studio").joinpath("new_lesson.yaml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace("TITLE", title))
    except FileExistsError:
        raise UsageError(f"{path} is there already: take another name") from None
    except FileNotFoundError:
        raise UsageError(f"there is no folder {path.parent}") from None
    click.echo(
        f"{path} is there. See it while you change it: bp watch {path}; then: bp check {path} && bp render -q l {path}"
    )
