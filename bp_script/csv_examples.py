"""Examples from a CSV file: a line of column names, then one example a line."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bp_script.counts import counted
from bp_script.errors import did_you_mean, in_a_line, mismatch, one_of, shown
from bp_script.files import FileRefused, in_a_folder, read_beside
from bp_script.language.caller import tr, whole
from bp_script.limits import limits, option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as Folder

    from bp_script.errors import Path
    from bp_script.reading import Findings

#: Column names that a message repeats.
_NAMES_SHOWN = 20
#: A table may hold so many times the values of a lesson's own file: it is plainer.
_ROOM = 4


@dataclass(frozen=True, slots=True)
class Table:
    """The examples of a file, with the line of each.

    ``classes`` names the outputs where the targets come from a column of classes.
    """

    x: list[list[float]]
    y: list[list[float]]
    lines: list[int]
    classes: tuple[str, ...] = ()


def read_csv(entry: dict[str, Any], folder: Folder | None, found: Findings) -> Table | None:
    """The examples of the CSV file that ``entry`` names, or None with what is wrong noted in ``found``."""
    if "csv" not in entry:
        return None
    before = len(found.mistakes)
    reader = _Reader(entry["csv"], found)
    try:
        reader.read(folder)
    except FileRefused as error:
        found.add(("examples", "csv"), str(error))
        return None
    targets = entry.get("targets")
    one_hot = targets.get("one_hot") if isinstance(targets, dict) else None
    x = reader.numbers(entry.get("inputs", ()), ("examples", "inputs"))
    if one_hot is None:
        classes: tuple[str, ...] = ()
        y = reader.numbers(targets if isinstance(targets, tuple) else (), ("examples", "targets"))
    else:
        classes, y = reader.classes(one_hot, ("examples", "targets", "one_hot"))
    return None if len(found.mistakes) > before else Table(x, y, reader.lines, classes)


@dataclass(slots=True)
class _Reader:
    """A CSV file's rows, and the mistakes in them."""

    name: str
    found: Findings
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    count: int = 0
    lines: list[int] = field(default_factory=list)

    def read(self, folder: Folder | None) -> None:
        content = read_beside(in_a_folder(folder, self.name), self.name, (".csv",))
        try:
            text = content.decode("utf-8-sig")
            table = csv.reader(io.StringIO(text, newline=""), strict=True)
            self.header = [column.strip() for column in next(table, [])]
            for row in table:
                if not row:
                    continue
                self.count += 1
                if limits().allows("examples", self.count):
                    self.rows.append(row)
                    self.lines.append(table.line_num)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            said = tr("expected %(file)s in UTF-8; got other bytes in its line %(line)s", file=self.name, line=line)
            raise FileRefused(said) from None
        except csv.Error as error:
            said = tr(
                "expected %(file)s to be CSV; got %(got)s in its line %(line)s",
                file=self.name,
                got=in_a_line(error),
                line=table.line_num,
            )
            raise FileRefused(said) from None
        self._check()

    def _check(self) -> None:
        twice = next((column for column, times in Counter(self.header).items() if times > 1), None)
        if twice is not None:
            said = tr("expected each column of %(file)s once; got %(got)s again", file=self.name, got=shown(twice))
            raise FileRefused(said)
        if not self.count or not limits().allows("examples", self.count):
            expected = tr(
                "1 to %(most)s lines below the names in %(file)s", most=limits().most("examples"), file=self.name
            )
            raise FileRefused(mismatch(expected, whole(self.count) + (option("examples") if self.count else "")))
        for line, row in zip(self.lines, self.rows, strict=True):
            if len(row) != len(self.header):
                expected = tr(
                    "%(values)s in line %(line)s of %(file)s, one for each column",
                    values=counted(len(self.header), "value"),
                    line=line,
                    file=self.name,
                )
                raise FileRefused(mismatch(expected, len(row)))

    def column(self, name: str, path: Path) -> int | None:
        if name in self.header:
            return self.header.index(name)
        known = one_of(self.header[:_NAMES_SHOWN])
        expected = tr("a column of %(file)s (%(known)s)", file=self.name, known=known)
        self.found.add(path, mismatch(expected, shown(name) + did_you_mean(name, self.header)))
        return None

    def numbers(self, names: Sequence[str], path: Path) -> list[list[float]]:
        columns = [self.column(name, (*path, number)) for number, name in enumerate(names)]
        places = [column for column in columns if column is not None]
        if not self.has_room(len(places), path):
            return []
        return [
            [self._number(row[column], line, column) for column in places]
            for line, row in zip(self.lines, self.rows, strict=True)
        ]

    def has_room(self, columns: int, path: Path) -> bool:
        """Whether so many numbers of each row are few enough together."""
        got, most = columns * len(self.rows), _ROOM * limits().values
        if got > most:
            expected = tr("at most %(most)s numbers from %(file)s", most=whole(most), file=self.name)
            self.found.add(path, mismatch(expected, whole(got) + option("values")))
        return got <= most

    def _number(self, text: str, line: int, column: int) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in text:
            expected = tr(
                "a finite number in line %(line)s, column %(column)s of %(file)s",
                line=line,
                column=shown(self.header[column]),
                file=self.name,
            )
            self.found.add(("examples", "csv"), mismatch(expected, shown(text.strip())))
        return value

    def classes(self, name: str, path: Path) -> tuple[tuple[str, ...], list[list[float]]]:
        column = self.column(name, path)
        if column is None:
            return (), []
        labels = [row[column].strip() for row in self.rows]
        names = sorted(set(labels), key=_natural)
        if not self.has_room(len(names), path):
            return (), []
        return tuple(names), [[float(label == name) for name in names] for label in labels]


def _natural(label: str) -> tuple[bool, float, str]:
    """Numbers by size and before words."""
    try:
        return False, float(label), label
    except ValueError:
        return True, 0.0, label
