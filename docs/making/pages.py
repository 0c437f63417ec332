"""The pages of the site, gathered: those written by hand, those made from the program, and what they lead to."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from bp_script.shipped import example_names, lesson_names
from bp_studio.lessons import load_for_pictures
from docs.making.blocks import blocks
from docs.making.chapters import chapter_pages, gallery_page
from docs.making.clips import Shot
from docs.making.colours import style_sheet
from docs.making.commands import commands_page
from docs.making.extension import CLIPS, LESSON
from docs.making.language import with_keys
from docs.making.mistakes import mistakes_page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
THEME = Path(__file__).parent / "theme"
#: Pages that stand elsewhere in the repository, and what they are called on the site.
_ELSEWHERE = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
#: Where the first page lists the pages that nobody else does.
_OTHERS = "<!-- other pages -->"
#: What is no page of the site: the code that makes it.
_NOT_PAGES = {"making"}
#: The page whose last block of the name is the lesson of all pages that have none of their own.
_TUTORIAL = "tutorial/first_lesson.md"


def written_pages() -> list[Path]:
    """The Markdown files of the documentation."""
    return [path for path in sorted(DOCS.rglob("*.md")) if path.relative_to(DOCS).parts[0] not in _NOT_PAGES]


def tutorial_lesson() -> str:
    """The lesson that the tutorial ends with."""
    found = [block.body for block in blocks((DOCS / _TUTORIAL).read_text("utf-8")) if block.name == LESSON]
    return found[-1]


def generated_pages(shots: Sequence[Shot]) -> dict[str, str]:
    """The pages that are made from the program, by their path among the pages."""
    lessons = load_for_pictures([*lesson_names(), *example_names()])
    short = [name.removeprefix("examples/") for name in example_names()]
    return {
        **chapter_pages(shots),
        "gallery.md": gallery_page(lessons, shots, short),
        "reference/commands.md": commands_page(),
        "mistakes.md": mistakes_page(),
    }


def with_other_pages(index: str, names: Iterable[str]) -> str:
    """The first page with a list of those of these pages that it does not list itself."""
    listed = set(index.split())
    others = [name for name in names if name not in {*listed, "index"}]
    tree = "\n".join(["```{toctree}", ":hidden:", ":caption: Looks, words and voices", "", *others, "```"])
    return index.replace(_OTHERS, tree if others else "")


def gather(folder: Path, shots: Sequence[Shot]) -> Path:
    """Lay the pages out as Sphinx reads them; returns their folder.

    Beside it stand links to the rest of the repository, so that what a page leads to is where it is on GitHub.
    """
    pages = folder / "docs"
    pages.mkdir(parents=True)
    for entry in sorted(ROOT.iterdir()):
        if entry.name not in {"docs", "media", *_ELSEWHERE} and not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    for path in written_pages():
        _write(pages / path.relative_to(DOCS), with_keys(_leading_home(path, path.read_text("utf-8"))))
    for path in sorted(DOCS.rglob("*")):
        if path.suffix in {".png", ".ipynb"} and path.relative_to(DOCS).parts[0] not in _NOT_PAGES:
            target = pages / path.relative_to(DOCS)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for name, page in _ELSEWHERE.items():
        text = (ROOT / name).read_text("utf-8")
        _write(pages / page, _from_the_root(text))
    for name, page in generated_pages(shots).items():
        _write(pages / name, page)
    index = pages / "index.md"
    _write(index, with_other_pages(index.read_text("utf-8"), sorted(path.stem for path in pages.glob("*.md"))))
    (pages / LESSON).write_text(tutorial_lesson(), "utf-8")
    static = pages / "_static"
    shutil.copytree(THEME, static)
    (static / "colours.css").write_text(style_sheet(), "utf-8")
    for shot in shots:
        shot.write(pages / CLIPS)
    return pages


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _leading_home(path: Path, text: str) -> str:
    """Links to the pages that stand elsewhere lead to where they are on the site."""
    up = "../" * (len(path.relative_to(DOCS).parts))
    down = up.removesuffix("../")
    for name, page in _ELSEWHERE.items():
        text = text.replace(f"]({up}{name}", f"]({down}{page}")
    return text


def _from_the_root(text: str, kept: Collection[str] = ("http", "#")) -> str:
    """A page of the root, now one folder deeper."""
    parts = text.split("](")
    moved = [part if part.startswith(tuple(kept)) else _moved(part) for part in parts[1:]]
    return "](".join([parts[0], *moved])


def _moved(part: str) -> str:
    return part.removeprefix("docs/") if part.startswith("docs/") else f"../{part}"
