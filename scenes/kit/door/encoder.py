"""Turns frames into a clip: only what has changed is converted, and what stands still costs next to nothing."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from scenes.kit.door import hints
from scenes.kit.door.painter import Rect
from scenes.kit.door.techniques import ALL, Techniques

#: Converting part of a frame needs some pixels around it, for the colours that four pixels share, and a start on the
#: same place of the pattern that spreads rounding over eight colours a side.
_CONTEXT = 16
#: So far up and down does a pixel reach into the colours of others.
_REACH = 4
#: The frames of a stream are numbered to sixteen, over and over.
_CYCLE = 16
#: Frames come out as they go in, one for one, whatever the machine.
_IN_STEP = {"threads": "1", "tune": "zerolatency"}

#: Quality, size and time were weighed against each other: docs/performance.md.
X264 = {"preset": "ultrafast", "qp": "24"}
#: What manim asks for.
_STOCK = {"crf": "23"}

#: VP9 one for one, too; its quality and time: docs/formats.md.
_VP9 = {"threads": "1", "lag-in-frames": "0", "auto-alt-ref": "0", "deadline": "realtime", "cpu-used": "8", "crf": "20"}

Options = tuple[tuple[str, str], ...]


class Encoder:
    """Writes one clip as H.264."""

    _container_format, _codec, _takes_hints = "mp4", "libx264", True

    def __init__(
        self,
        target: Path,
        width: int,
        height: int,
        fps: int,
        techniques: Techniques = ALL,
    ) -> None:
        options = X264 if techniques.x264 else _STOCK
        self._gives_hints = self._takes_hints and techniques.hints and techniques.x264 and hints.can_be_given()
        target.parent.mkdir(parents=True, exist_ok=True)
        self._container = av.open(target, "w", format=self._container_format)
        stream = self._container.add_stream(self._codec, rate=fps, options=self._settings(options))
        self._stream = cast("VideoStream", stream)
        self._stream.pix_fmt, self._stream.width, self._stream.height = "yuv420p", width, height
        self._tick = Fraction(1, fps)
        self._frame = VideoFrame(width, height, "yuv420p")
        self.planes = [_array(plane) for plane in self._frame.planes]
        self._converters: dict[tuple[int, int], VideoReformatter] = {}
        self._stills = self._written_stills(width, height, options) if techniques.stills else ()
        self._in_parts = techniques.parts
        self._changed: list[Rect] = []
        self._number = 0
        self._given = self._written = 0

    def _settings(self, quality: dict[str, str]) -> dict[str, str]:
        return {**_IN_STEP, **quality, **({"mb_info": "1"} if self._gives_hints else {})}

    def _written_stills(self, width: int, height: int, quality: dict[str, str]) -> tuple[bytes, ...]:
        return _stills(width, height, tuple(quality.items()))

    def convert(self, pixels: np.ndarray, rects: list[Rect]) -> None:
        """Take over what has changed of the frame, which is RGBA."""
        height, width = pixels.shape[:2]
        if not self._in_parts:
            rects = [(0, 0, width, height)]
        for left, above, right, below in rects:
            top, bottom = max(0, above - _REACH), min(height, below + _REACH)
            self._changed.append((left, top, right, bottom))
            x0, y0 = max(0, left - _CONTEXT), max(0, above - _CONTEXT)
            x1, y1 = min(width, right + _CONTEXT), min(height, below + _CONTEXT)
            converter = self._converters.setdefault((x1 - x0, y1 - y0), VideoReformatter())
            part = VideoFrame.from_numpy_buffer(pixels[y0:y1, x0:x1], format="rgba")
            converted = converter.reformat(part, format="yuv420p", threads=1)  # two would wait for each other
            for mine, plane, half in zip(self.planes, converted.planes, (0, 1, 1), strict=True):
                rows, columns = slice(top >> half, -(-bottom >> half)), slice(left >> half, -(-right >> half))
                its = _array(plane)[rows.start - (y0 >> half) :, columns.start - (x0 >> half) :]
                mine[rows, columns] = its[: rows.stop - rows.start, : columns.stop - columns.start]

    def write(self, count: int = 1) -> None:
        """The frame as it stands, ``count`` times.

        Whole cycles of it are written without x264, which goes on as if they had not been.
        """
        repeats = (count - 1) // _CYCLE * _CYCLE if self._stills else 0
        for _ in range(count - repeats):
            self._frame.pts, self._frame.time_base = self._given, self._tick
            if self._gives_hints and self._given:
                hints.give(self._frame, self._changed)
            self._changed = []
            (packet,) = self._stream.encode(self._frame)
            self._given += 1
            self._number = 0 if packet.is_keyframe else self._number + 1
            self._put(bytes(packet), is_key=packet.is_keyframe)
        for repeat in range(1, repeats + 1):
            self._put(self._stills[(self._number + repeat) % _CYCLE])

    def finish(self) -> None:
        """Close the clip."""
        if list(self._stream.encode(None)):
            raise AssertionError(f"{self._codec} kept frames back")
        self._container.close()

    def _put(self, data: bytes, *, is_key: bool = False) -> None:
        packet: Packet[Any] = Packet(data)
        packet.stream, packet.time_base = self._stream, self._tick
        packet.pts = packet.dts = self._written
        packet.duration, packet.is_keyframe = 1, is_key
        self._container.mux_one(packet)
        self._written += 1


class Vp9Encoder(Encoder):
    """Writes one clip as VP9, for WebM."""

    _container_format, _codec, _takes_hints = "webm", "libvpx-vp9", False

    def _settings(self, quality: dict[str, str]) -> dict[str, str]:  # noqa: ARG002 - x264's
        return _VP9

    def _written_stills(self, width: int, height: int, quality: dict[str, str]) -> tuple[bytes, ...]:  # noqa: ARG002
        return ()


@lru_cache(maxsize=8)
def _stills(width: int, height: int, options: Options) -> tuple[bytes, ...]:
    """A coded frame in which nothing changes, for each number a frame can have; empty if x264 does not code it so.

    x264 itself makes them, from an empty picture that stands still. Such a frame says of every block that it is the
    one before: it fits any picture.
    """
    coder = av.CodecContext.create("libx264", "w")
    if not isinstance(coder, VideoCodecContext):
        raise TypeError("x264 codes no video here")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = width, height, "yuv420p", Fraction(1, 25)
    coder.options = {**_IN_STEP, **dict(options)}
    empty = VideoFrame(width, height, "yuv420p")
    for plane in empty.planes:
        _array(plane)[:] = 128
    coded = []
    for number in range(1 + 2 * _CYCLE):
        empty.pts = number
        coded += [bytes(packet) for packet in coder.encode(empty)]
    numbered, again = [coded[_CYCLE], *coded[1:_CYCLE]], [coded[2 * _CYCLE], *coded[_CYCLE + 1 : 2 * _CYCLE]]
    blocks = -(-width // 16) * -(-height // 16)
    fit = numbered == again and all(_changes_nothing(each, blocks) for each in numbered)
    return tuple(numbered) if fit else ()


def _changes_nothing(coded: bytes, blocks: int) -> bool:
    """Whether a coded frame is a slice that ends with the number of all blocks, as of so many that stay the same."""
    bits = f"{int.from_bytes(coded):b}".rstrip("0")[:-1]
    number = f"{blocks + 1:b}"
    return len(coded) < 24 and bits.endswith("0" * (len(number) - 1) + number)


def _array(plane: Any) -> np.ndarray:
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
