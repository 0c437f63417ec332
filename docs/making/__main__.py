"""Build the documentation: ``python -m docs.making [--out FOLDER] [--jobs N]``, without the network."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from bp_studio import options
from bp_studio.cache import Cache, default_folder
from bp_studio.errors import Troubles, tell, trouble
from docs.making.clips import Shot, shipped, take
from docs.making.pages import ROOT, gather

CONFIGURATION = Path(__file__).parent
#: What Sphinx leaves beside the pages for its own next run.
_ITS_OWN = (".buildinfo", ".buildinfo.bak", "objects.inv")

#: What Sphinx and Furo leave without a name or a level, and how it is told to those who do not see it.
_NAMES = {
    'role="heading"': 'role="heading" aria-level="2"',
    '<aside class="sidebar-drawer"': '<aside aria-label="All pages" class="sidebar-drawer"',
    '<div id="search-results"': '<h1>Search</h1>\n<div id="search-results"',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    '<th class="head"><p></p></th>': '<td class="head"></td>',
}


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
            with docutils_namespace():  # of its own: a process may make several sites
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
        for path in made.rglob("*.html"):
            path.write_text(named(path.read_text("utf-8")), "utf-8")
        for leftover in _ITS_OWN:
            (made / leftover).unlink(missing_ok=True)
        shutil.rmtree(made / "_sources", ignore_errors=True)  # it is empty
        if out.exists():
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)


def named(page: str) -> str:
    """A page whose parts have names, for screen readers."""
    for without, with_name in _NAMES.items():
        page = page.replace(without, with_name)
    return page


@contextmanager
def told() -> Iterator[None]:
    """What could not be drawn ends the program with its chapters' names and its traceback."""
    try:
        yield
    except Troubles as found:
        sys.exit(tell(trouble(found), verbose=True))


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "media" / "site")
@options.jobs
def main(out: Path, jobs: int) -> None:
    """Draw the clips and make the pages."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    say = partial(click.echo, err=True)
    with tempfile.TemporaryDirectory(prefix="bp-clips-") as scratch, told():
        shots = take(shipped(), Cache(default_folder()), jobs, Path(scratch), say)
    say("pages")
    build(out, shots)
    click.echo(out / "index.html")


if __name__ == "__main__":
    main()
