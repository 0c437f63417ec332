"""Build the documentation: ``python -m docs.making [--out FOLDER] [--jobs N]``, without the network."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from sphinx.application import Sphinx

from bp_studio import options
from bp_studio.cache import Cache, default_folder
from docs.making.clips import Shot, shipped, take
from docs.making.pages import ROOT, gather

CONFIGURATION = Path(__file__).parent
#: What Sphinx leaves beside the pages for its own next run.
_ITS_OWN = (".buildinfo", ".buildinfo.bak", "objects.inv")


class SiteError(Exception):
    """The site could not be made; Sphinx has said why."""


def build(out: Path, shots: Sequence[Shot]) -> None:
    """Make the site with these shots, in place of what was there.

    Raises:
        SiteError: a page has a fault, a link that leads nowhere for one.
    """
    with tempfile.TemporaryDirectory(prefix="bp-site-") as name:
        scratch = Path(name)
        pages = gather(scratch / "source", shots)
        made = scratch / "made"
        sys.path.insert(0, str(ROOT))
        try:
            site = Sphinx(
                srcdir=pages,
                confdir=CONFIGURATION,
                outdir=made,
                doctreedir=scratch / "trees",
                buildername="html",
                confoverrides={"html_static_path": [str(pages / "_static")]},
                status=None,
                warning=sys.stderr,
                warningiserror=True,
                keep_going=True,
            )
            site.build(force_all=True)
        finally:
            sys.path.remove(str(ROOT))
        if site.statuscode:
            raise SiteError(f"{site.statuscode}: the site has faults")
        for leftover in _ITS_OWN:
            (made / leftover).unlink(missing_ok=True)
        if out.exists():
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "media" / "site")
@options.jobs
def main(out: Path, jobs: int) -> None:
    """Draw the clips and make the pages."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    with tempfile.TemporaryDirectory(prefix="bp-clips-") as scratch:
        shots = take(shipped(), Cache(default_folder()), jobs, Path(scratch))
    build(out, shots)
    click.echo(out / "index.html")


if __name__ == "__main__":
    main()
