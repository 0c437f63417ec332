"""Turns frames into a GIF: one table of colours, only what has changed, and a picture as long as it stands.

The colours are those of the theme and the steps between each of them and the ground, which edges and what is dimmed
are made of; the same for all clips of a film, so that nothing flickers where one ends. A picture that needs others, a
photograph, brings a table of its own.

The format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from struct import pack

import numpy as np
from PIL import GifImagePlugin, Image

from scenes.kit.door.gif_format import LOOP, TRAILER
from scenes.kit.door.painter import Rect

#: The index that leaves a pixel as it is.
_STAYS = 255
#: Of a table's colours all but that.
_COLOURS = 255
#: Players slow down what changes faster: of a film of 60 frames a second every second one is shown.
_SHORTEST = 3
_LONGEST = 65_535
#: So far may a pixel's colour be from the table's nearest, in the mean over those that changed, of 255 a channel.
_FAR = 12.0


class GifClip:
    """Writes one clip; ``colours`` are what is drawn in, the ground first."""

    def __init__(self, target: Path, width: int, height: int, fps: int, colours: Iterable[str]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = target.open("wb")
        self._fps = fps
        self._table = table_of(colours)
        self._nearest = _Nearest(self._table)
        self._file.write(b"GIF89a" + pack("<HHBBB", width, height, 0xF7, 0, 0) + self._table.tobytes() + LOOP)
        #: The picture as it is now, in places of the table and in its true colours, and as it was written last.
        self._now = np.zeros((height, width), np.uint8)
        self._written: np.ndarray | None = None
        self._frame = np.zeros((height, width, 3), np.uint8)
        self._frames = 0
        #: The picture that waits for its end, and when it began, in hundredths of a second.
        self._waiting: tuple[bytes, int] | None = None

    def convert(self, pixels: np.ndarray, rects: list[Rect]) -> None:
        """Take over what has changed of the frame, which is RGBA."""
        for left, top, right, bottom in rects:
            part = pixels[top:bottom, left:right, :3]
            self._frame[top:bottom, left:right] = part
            self._now[top:bottom, left:right] = self._nearest.of(part)

    def write(self, count: int = 1) -> None:
        """The frame as it stands, ``count`` times."""
        start, end = self._at(self._frames), self._at(self._frames + count)
        self._frames += count
        if self._waiting is not None:
            start = max(start, self._waiting[1] + _SHORTEST)
        if start < end or self._waiting is None:
            self._show(start)

    def finish(self) -> None:
        """Close the clip."""
        end = self._at(self._frames)
        if self._waiting is not None and self._written is not None and not np.array_equal(self._now, self._written):
            self._show(max(self._waiting[1] + 1, end - _SHORTEST))
        self._end(max(end, 1 if self._waiting is None else self._waiting[1] + 1))
        self._file.write(TRAILER)
        self._file.close()

    def _at(self, frames: int) -> int:
        return round(100 * frames / self._fps)

    def _show(self, start: int) -> None:
        """The picture as it is now is seen from ``start`` on."""
        before = self._written
        if before is None:
            box, new = (slice(None), slice(None)), self._now
        else:
            changed = self._now != before
            if not changed.any():
                return
            rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
            box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
            new = np.where(changed[box], self._now[box], np.uint8(_STAYS))
        self._end(start)
        self._waiting = self._image(box, new), start
        self._written = self._now.copy()

    def _image(self, box: tuple[slice, slice], new: np.ndarray) -> bytes:
        place = (box[1].start or 0, box[0].start or 0)
        drawn = new != _STAYS
        true = self._frame[box][drawn].astype(np.int16)
        table, own = self._table, False
        if np.abs(true - self._table[new[drawn]]).mean(axis=0).sum() > _FAR:
            few = Image.fromarray(self._frame[box]).quantize(
                _COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
            table = np.zeros((256, 3), np.uint8)
            said = np.array(few.getpalette(), np.uint8).reshape(-1, 3)
            table[: len(said)] = said
            new, own = np.where(drawn, np.asarray(few), np.uint8(_STAYS)), True
        image = Image.fromarray(np.ascontiguousarray(new), "P")
        image.putpalette(table.tobytes())
        return b"".join(GifImagePlugin.getdata(image, place, include_color_table=own))

    def _end(self, at: int) -> None:
        """The waiting picture is seen until then."""
        if self._waiting is None:
            return
        image, start = self._waiting
        for delay in _delays(at - start):  # drawn over itself, a picture stays as it is
            self._file.write(b"\x21\xf9\x04" + pack("<BHBB", 0b101, delay, _STAYS, 0) + image)
        self._waiting = None


def _delays(length: int) -> Iterable[int]:
    yield from [_LONGEST] * ((length - 1) // _LONGEST)
    yield length - (length - 1) // _LONGEST * _LONGEST


def table_of(colours: Iterable[str]) -> np.ndarray:
    """A table of 256 colours: these, and as many steps as there is room for between each of them and the first."""
    ground, *others = (np.array([*bytes.fromhex(c.removeprefix("#"))], float) for c in dict.fromkeys(colours))
    steps = (_COLOURS - 1) // max(1, len(others))
    shares = np.linspace(0, 1, steps + 1)[1:, None]
    ramps = [np.rint(ground + shares * (colour - ground)) for colour in others]
    table = np.zeros((256, 3), np.uint8)
    whole = np.concatenate([ground[None], *ramps])[:_COLOURS]
    table[: len(whole)] = whole
    table[len(whole) :] = ground
    return table


class _Nearest:
    """Which colour of a table is nearest, looked up once for each colour there is."""

    def __init__(self, table: np.ndarray) -> None:
        self._table = table[:_COLOURS].astype(np.int32)
        self._known = np.full(1 << 24, -1, np.int16)

    def of(self, pixels: np.ndarray) -> np.ndarray:
        """For height × width × 3 bytes, the places in the table."""
        red, green, blue = (pixels[:, :, channel].astype(np.uint32) for channel in range(3))
        packed = red << 16 | green << 8 | blue
        found = self._known[packed]
        if (found < 0).any():
            new = np.unique(packed[found < 0])
            colours = np.stack([new >> 16, new >> 8 & 255, new & 255], axis=1).astype(np.int32)
            for start in range(0, len(new), 4096):
                some = colours[start : start + 4096]
                apart = ((some[:, None] - self._table[None]) ** 2 * (2, 4, 3)).sum(axis=2)
                self._known[new[start : start + 4096]] = apart.argmin(axis=1)
            found = self._known[packed]
        return found.astype(np.uint8)
