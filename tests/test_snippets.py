"""Every command, lesson, program and equation on the pages works, and what they show is what comes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.making.blocks import blocks
from docs.making.pages import ROOT, written_pages
from tests.snippets import Folder, lines, pattern, read_line, small

PAGES = [ROOT / "README.md", *written_pages()]
WITH_BLOCKS = [path for path in PAGES if blocks(path.read_text("utf-8"))]
#: Not run anywhere, each with its reason on the page.
MOST_NOT_RUN = 3


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def walk(path: Path, folder: Path, *, slow: bool) -> None:
    place = Folder(folder, slow=slow)
    for block in blocks(path.read_text("utf-8")):
        try:
            place.do(block)
        except AssertionError as error:
            raise AssertionError(f"{name_of(path)}:{block.line}: {error}") from error


@pytest.mark.parametrize("path", WITH_BLOCKS, ids=name_of)
def test_a_page_is_true(path: Path, tmp_path: Path) -> None:
    walk(path, tmp_path, slow=False)


@pytest.mark.long
@pytest.mark.parametrize("path", WITH_BLOCKS, ids=name_of)
def test_a_page_is_true_to_its_last_command(path: Path, tmp_path: Path) -> None:
    walk(path, tmp_path, slow=True)


def test_few_blocks_are_not_run() -> None:
    reasons = [block.reason for path in PAGES for block in blocks(path.read_text("utf-8")) if block.reason]
    assert len(reasons) <= MOST_NOT_RUN
    assert all(len(reason.split()) >= 4 for reason in reasons)


def test_an_output_follows_what_prints_it() -> None:
    for path in WITH_BLOCKS:
        before = None
        for block in blocks(path.read_text("utf-8")):
            if "output" in block.flags:
                assert before in {"bash", "python"}, f"{name_of(path)}:{block.line}"
            before = block.language


def test_the_commands_of_a_clone_are_run_in_one() -> None:
    """By test_readme.py, which takes them from these two pages."""
    done = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for path in WITH_BLOCKS:
        for block in blocks(path.read_text("utf-8")):
            if block.language == "bash" and not block.reason:
                for line in block.body.splitlines():
                    assert not line.startswith(("scripts/", ".venv/")) or line in done.splitlines(), (path, line)


# -- the mechanism itself ------------------------------------------------------------

PAGE = """\
```yaml small.yaml
title: Small
```

<!-- not run: it needs another machine -->
```bash
far away
```

```{clip} nudge
```

```text output
1.…
```
"""


def test_blocks_are_read() -> None:
    lesson, far, output = blocks(PAGE)
    assert (lesson.language, lesson.name, lesson.body, lesson.line) == ("yaml", "small.yaml", "title: Small\n", 1)
    assert (far.language, far.reason) == ("bash", "it needs another machine")
    assert output.flags == {"output"}
    with pytest.raises(ValueError, match="slwo"):
        blocks("```bash slwo\nbp trace mine.yaml\n```\n")


@pytest.mark.parametrize(
    ("shown", "printed", "fits"),
    [
        ("a\nb", "a  \n\nb\n", True),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…", "a\nb\nc", True),
        ("…\nc", "a\nb\nc", True),
        ("1.9…", "1.9193", True),
        ("a\nb", "a\nc", False),
        ("a", "a\nb", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_shown_is_compared(shown: str, printed: str, fits: bool) -> None:
    assert bool(re.fullmatch(pattern(shown), lines(printed))) is fits


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("```bash\nbp trace mine.yaml\n```\n```text output\nTwo inputs, two answers\n…\n```\n", "is not"),
        ("```yaml\nlook: {theme: drak}\n```\n", "expected dark"),
        ("```yaml fails\nlook: {theme: light}\n```\n", "no mistake"),
        ("```yaml\n- show: {equation: 'C = 2'}\n```\n", "right side"),
        ("```bash\nbp render mine.yaml --qality l\n```\n", "No such option"),
        ("```bash\nbp rendr mine.yaml\n```\n", "no command rendr"),
        ("```bash\nrednder mine.yaml\n```\n", "no rednder"),
        ("```python\nprint(1 / 0)\n```\n", "division"),
        ("```equation\nC = 2 * C\n```\n", "but the right side"),
        ("```ruby\nputs 1\n```\n", "nobody tries"),
        ("```text\nwhatever\n```\n", "nobody tries"),
        ("```bash fails\nbp trace mine.yaml\n```\n", "Two inputs"),
    ],
)
def test_what_is_wrong_on_a_page_is_found(page: str, why: str, tmp_path: Path) -> None:
    place = Folder(tmp_path, slow=False)
    with pytest.raises(Exception, match=why):  # noqa: PT012 - whichever block finds it
        for block in blocks(page):
            place.do(block)


def test_what_draws_is_drawn_small() -> None:
    assert small("bp render mine.yaml -q h") == "bp render -q l mine.yaml -q l"
    assert small("bp slides mine.yaml") == "bp slides -q l mine.yaml"
    assert small("bp trace mine.yaml") == "bp trace mine.yaml"
    assert read_line("bp trace mine.yaml --json | head -1")
    assert not read_line("BP_LESSON=mine.yaml manim render -ql my_chapters.py HowFarOff")
