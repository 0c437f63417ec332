"""A film cut at its steps: a clip and a poster for each.

Players begin a clip at a key frame, and a step begins wherever an idea does, so the steps are encoded anew, once, at a
quality that shows no loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from bp_script.language.caller import tr
from bp_studio.errors import StudioError
from bp_studio.soundtrack import CODECS, add_sound_stream, coded
from scenes.kit.voice.sound import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.video.frame import VideoFrame

    from bp_studio.film_record import Step
    from bp_studio.soundtrack import Track

#: Between what is drawn and what is shown no difference can be seen; slides are stored and sent, so size counts.
_X264 = {"preset": "veryfast", "crf": "18", "tune": "animation"}


@dataclass(frozen=True, slots=True)
class StepClip:
    """A step's clip, and its first frame, which a slide shows until the clip plays."""

    clip: Path
    poster: Path


def cut(film: Path, steps: Sequence[Step], folder: Path, sound: Track | None = None) -> list[StepClip]:
    """Cut a film at its steps, in one pass; each clip has its part of the film's ``sound``.

    Raises:
        StudioError: the film ends before its steps do.
    """
    with av.open(film) as source:
        stream = source.streams.video[0]
        stream.thread_type = "AUTO"
        frames = iter(source.decode(stream))
        return [
            _cut_one(frames, step, folder / f"{number:03}.mp4", sound) for number, step in enumerate(steps, start=1)
        ]


def _cut_one(frames: Iterator[VideoFrame], step: Step, target: Path, sound: Track | None) -> StepClip:
    parts = StepClip(target, target.with_suffix(".png"))
    with av.open(target, "w", options={"movflags": "+faststart"}) as clip:
        rate = Fraction(step.clip.fps).limit_denominator(1001)
        stream = clip.add_stream("libx264", rate=rate, options=_X264)
        stream.width, stream.height, stream.pix_fmt = step.clip.width, step.clip.height, "yuv420p"
        if sound is not None:
            first, end = (round(frame / step.clip.fps * RATE) for frame in (step.first, step.end))
            heard = list(coded(sound[first:end], add_sound_stream(clip, CODECS[target.suffix])))
        else:
            heard = []
        for number in range(step.end - step.first):
            frame = next(frames, None)
            if frame is None:
                raise StudioError(
                    tr("the film ends within the step %(step)s of %(chapter)s", step=step.name, chapter=step.clip.title)
                )
            if number == 0:
                frame.to_image().save(parts.poster)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, 1 / rate
            clip.mux(stream.encode(frame))
            while heard and heard[0][0] <= number / rate:
                clip.mux_one(heard.pop(0)[1])
        clip.mux(stream.encode(None))
        clip.mux([packet for _, packet in heard])
    return parts
