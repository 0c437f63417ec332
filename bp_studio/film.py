"""Clips become one film: joined without encoding anything again, with a mark for each chapter."""

from __future__ import annotations

import shutil
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING

import av

from bp_script.language.caller import callers_language, tr
from bp_studio import gif
from bp_studio.errors import StudioError
from bp_studio.soundtrack import CODECS, add_sound_stream, coded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image

    from bp_studio.soundtrack import Track


@dataclass(frozen=True, slots=True)
class Clip:
    """One rendered chapter: a movie in one or several pieces, or for ``png`` the folder of its numbered frames."""

    paths: tuple[Path, ...]
    title: str
    frames: int
    #: A card has no mark of its own: it belongs to the chapter after it, or to the last one.
    is_card: bool = False


#: How far a GIF's length may be from its frames', in seconds a piece.
_ROUNDED = 0.02
#: What each format leaves: the file name's ending. A sequence of pictures is a folder and has none.
SUFFIXES = {"mp4": ".mp4", "webm": ".webm", "mov": ".mov", "gif": ".gif", "png": ""}


def join(clips: Sequence[Clip], target: Path, *, fps: float, title: str = "", sound: Track | None = None) -> None:
    """Write the clips, in order, as the film ``target``; its ending names the format.

    mp4, mov and webm keep every encoded frame and carry chapter marks and ``sound``; gif keeps every picture with its
    delay, png becomes one numbered sequence in a folder: neither format has a place for marks or sound.

    Raises:
        StudioError: a clip that does not fit the others, or holds another number of frames than it should.
    """
    rate = Fraction(fps).limit_denominator(1001)
    if target.suffix in CODECS:
        _join_streams(clips, target, rate, title, sound)
    else:
        _JOINERS[target.suffix](clips, target, rate)


def frame_image(film: Path, frame: int, fps: float | None = None) -> Image:
    """Picture number ``frame`` of a film, a clip or a numbered sequence; of a GIF, the one seen at that time."""
    from PIL import Image as Pictures  # noqa: PLC0415 -- only thumbnails need it

    if film.is_dir():
        with Pictures.open(_pictures(film)[frame]) as picture:
            return picture.copy()
    with av.open(film) as source:
        stream = source.streams.video[0]
        if stream.average_rate is None or stream.time_base is None:
            raise StudioError(tr("%(name)s has no frame rate", name=film.name))
        if film.suffix == ".gif":  # whose pictures stand for one frame or for many
            until = (frame + 0.5) / (fps or stream.average_rate)
            shot = deque(takewhile(lambda shot: (shot.time or 0.0) < until, source.decode(stream)), maxlen=1).pop()
        else:
            ticks = 1 / (stream.average_rate * stream.time_base)
            source.seek(int(frame * ticks), stream=stream)
            shot = next(shot for shot in source.decode(stream) if _pts(shot) > (frame - 0.5) * ticks)
        return Pictures.fromarray(shot.to_ndarray(format="rgb24"))


def _pts(coded: Packet[VideoStream] | VideoFrame) -> int:
    if coded.pts is None:
        raise StudioError(tr("a clip has a frame without a time"))
    return coded.pts


def _join_streams(clips: Sequence[Clip], target: Path, rate: Fraction, title: str, sound: Track | None) -> None:
    """Remux: the packets stay as they are and get their time by counting frames, so that nothing drifts."""
    orders = {path: _display_order(path) for clip in clips for path in clip.paths}
    for clip in clips:
        _check_count(clip, sum(len(orders[path]) for path in clip.paths))
    # Decoding runs ahead of display by what the most reordered piece needs, in all alike.
    ahead = max(position - shown for order in orders.values() for position, shown in enumerate(order))
    # The index goes to the front of the file, so that a browser can start before it has all of it.
    options = {} if target.suffix == ".webm" else {"movflags": "+faststart"}
    with av.open(clips[0].paths[0]) as first, av.open(target, "w", options=options) as film:
        template = first.streams.video[0]
        stream = film.add_stream_from_template(template)
        stream.time_base = 1 / rate
        film.metadata["title"] = title
        film.set_chapters(_marks(clips, rate))
        heard = iter(() if sound is None else list(coded(sound, add_sound_stream(film, CODECS[target.suffix]))))
        waiting = next(heard, None)
        start = 0
        for whole, path in ((clip, path) for clip in clips for path in clip.paths):
            with av.open(path) as source:
                _check_same_coding(source, template, whole)
                for position, (packet, shown) in enumerate(zip(_packets(source), orders[path], strict=True)):
                    packet.stream = stream
                    packet.time_base = 1 / rate
                    packet.pts, packet.dts, packet.duration = start + shown, start + position - ahead, 1
                    while waiting is not None and waiting[0] < (start + position) / rate:
                        film.mux_one(waiting[1])
                        waiting = next(heard, None)
                    film.mux_one(packet)
            start += len(orders[path])
        for _, packet in (*(() if waiting is None else (waiting,)), *heard):
            film.mux_one(packet)


def _marks(clips: Sequence[Clip], rate: Fraction) -> list[av.container.Chapter]:
    marks: list[av.container.Chapter] = []
    start = 0
    end = 0
    for clip in clips:
        end += clip.frames
        if not clip.is_card:
            mark = {"id": len(marks), "start": start, "end": end, "time_base": 1 / rate}
            marks.append({**mark, "metadata": {"title": clip.title}})  # type: ignore[typeddict-item]
            start = end
    if marks:
        marks[-1]["end"] = end
    return marks


def _packets(source: InputContainer) -> Iterator[Packet[VideoStream]]:
    """The coded frames in decoding order, without the empty packet that ends a file."""
    return (packet for packet in source.demux(source.streams.video[0]) if packet.size)


def _display_order(path: Path) -> list[int]:
    """For each coded frame, in decoding order, which frame of its file it shows."""
    with av.open(path) as source:
        times = [_pts(packet) for packet in _packets(source)]
    number = {time: position for position, time in enumerate(sorted(times))}
    return [number[time] for time in times]


def frame_count(path: Path) -> int:
    """How many coded frames a movie holds."""
    with av.open(path) as source:
        return sum(1 for _ in _packets(source))


def _check_count(clip: Clip, found: int) -> None:
    if found != clip.frames:
        told = tr("the clip has %(found)s frames, its record says %(said)s", found=found, said=clip.frames)
        raise StudioError(f"{clip.title}: {told}")


def _check_same_coding(source: InputContainer, template: VideoStream, clip: Clip) -> None:
    """One stream has one header: clips coded in another way would decode to garbage."""
    mine, first = source.streams.video[0].codec_context, template.codec_context
    for what in ("name", "width", "height", "pix_fmt", "extradata"):
        if getattr(mine, what) != getattr(first, what):
            told = tr("the clip is coded in another way than the first (%(what)s)", what=what)
            raise StudioError(f"{clip.title}: {told}")


def _join_gifs(clips: Sequence[Clip], target: Path, rate: Fraction) -> None:
    with target.open("wb") as film:
        lengths = gif.join([path for clip in clips for path in clip.paths], film)
    for clip in clips:
        # delays are hundredths of a second, and each piece is rounded to them
        lasts = sum(lengths.pop(0) for _ in clip.paths) / 100
        if abs(lasts - clip.frames / rate) > _ROUNDED * len(clip.paths):
            numeral = callers_language().numeral
            found, said = numeral(f"{lasts:.2f}"), numeral(f"{float(clip.frames / rate):.2f}")
            told = tr("the clip lasts %(found)s s, its record says %(said)s s", found=found, said=said)
            raise StudioError(f"{clip.title}: {told}")


def _pictures(folder: Path) -> list[Path]:
    """The numbered frames of a folder, in order however many digits they have."""
    return sorted(folder.glob("*.png"), key=lambda picture: int(picture.stem))


def _join_pictures(clips: Sequence[Clip], target: Path, rate: Fraction) -> None:  # noqa: ARG001 - it has no time
    target.mkdir()
    number = 0
    for clip in clips:
        pictures = [picture for path in clip.paths for picture in _pictures(path)]
        _check_count(clip, len(pictures))
        for picture in pictures:
            shutil.move(picture, target / f"{number:06d}.png")
            number += 1


_JOINERS: dict[str, Callable[[Sequence[Clip], Path, Fraction], None]] = {".gif": _join_gifs, "": _join_pictures}
