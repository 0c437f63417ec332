"""The page of mistakes says what the program says today, one line for each."""

from __future__ import annotations

import re

from tests.house.mistakes_page import MISTAKES, PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_line_has_its_place_and_what_was_expected() -> None:
    lines = re.findall(r"^- `+ ?(.*?) ?`+$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= sum(map(len, MISTAKES.values()))
    for line in lines:
        assert re.match(
            r"mine\.yaml:\d+:\d+: (?:.*expected .+; got .+|.* but the right side is .*|.*a brace itself)", line
        ), line
