"""The page of mistakes has a line for each, with its place and what was expected."""

from __future__ import annotations

import re

from docs.making.mistakes import MISTAKES, mistakes_page


def test_every_line_has_its_place_and_what_was_expected() -> None:
    lines = re.findall(r"^- `+ ?(.*?) ?`+$", mistakes_page(), re.MULTILINE)
    assert len(lines) >= sum(map(len, MISTAKES.values()))
    for line in lines:
        assert re.match(
            r"mine\.yaml:\d+:\d+: (?:.*expected .+; got .+|.* but the right side is .*|.*a brace itself)", line
        ), line
