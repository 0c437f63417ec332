"""The film as text, for someone who does not see it: what is said, and every number and equation as it comes up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_studio.film_record import FilmRecord
    from scenes.kit.film.record import Caption, ClipRecord, ShownNumber

_WIDTH = 100
_KINDS = {
    "x": "input",
    "y": "target",
    "w": "weight",
    "b": "bias",
    "z": "pre-activation",
    "a": "activation",
    "delta": "error",
    "C": "cost of the example",
    "J": "cost of the data set",
}
_NAMES = """\
Quantities go by their names: layers count from 0, the input; neurons, examples and training steps count from 0.
x[k] and y[j] are input and target, a[l][j] and z[l][j] a neuron's activation and pre-activation, b[l][j] its bias,
w[l][j][k] the weight into neuron j of layer l from neuron k of the layer before, C and J the cost of the example in
focus and of all; dC/dw[l][j][k] is the derivative of C by that weight. A sign ≈ says that digits were rounded.
"""


def to_transcript(title: str, record: FilmRecord) -> str:
    """The whole film in words and numbers."""
    parts = [f"{title}\n{'=' * len(title)}\n", f"A film of {_clock(record.duration)} minutes.\n", _NAMES]
    for number, (start, clip) in enumerate(zip(record.starts, record.clips, strict=False), start=1):
        heading = f"{number}. {clip.title} ({_clock(start)})"
        parts.append(f"{heading}\n{'-' * len(heading)}\n")
        parts.extend(_told(clip))
    return "\n".join(parts)


def _told(clip: ClipRecord) -> Iterator[str]:
    """Sentence after sentence; after each what came to stand on screen while it was said."""
    captions = list(clip.captions)
    bounds = [caption.start for caption in captions[1:]] + [float("inf")]
    known: set[tuple[object, ...]] = set()
    lead = _seen(clip, float("-inf"), captions[0].start if captions else float("inf"), known)
    yield from lead
    for caption, until in zip(captions, bounds, strict=True):
        yield f"{_clock(caption.start)}  {_sentence(caption)}\n"
        yield from _seen(clip, caption.start, until, known)


def _seen(clip: ClipRecord, since: float, until: float, known: set[tuple[object, ...]]) -> Iterator[str]:
    lines = [f"      On screen: {equation.text}" for equation in clip.equations if since <= equation.at < until]
    values = []
    for number in clip.shown:
        key = (
            number.quantity,
            number.example,
            number.step,
            number.text,
            str(number.nudged),
            str(number.instead),
            number.source,
        )
        if since <= number.at < until and key not in known:
            known.add(key)
            values.append(in_words(number))
    if values:
        lines.append("      Values: " + "; ".join(values) + ".")
    if lines:
        yield "\n".join(wrapped for line in lines for wrapped in _wrap(line)) + "\n"


def in_words(number: ShownNumber) -> str:
    """A shown number as a phrase: the kind of quantity, its name, its value, and what it belongs to."""
    sign = "is" if float(number.text) == number.value else "is about"
    phrase = f"{_kind(number.quantity)}{number.quantity} {sign} {number.text}"
    if number.step:
        phrase += f" after training step {number.step}"
    if number.nudged:
        phrase += " with " + " and ".join(f"{name} = {value:.6g}" for name, value in number.nudged.items())
    if number.instead:
        phrase += " with " + " and ".join(f"{key} {value}" for key, value in number.instead.items())
    if number.source:
        phrase += f" as {number.source} has it"
    return phrase


def _kind(quantity: str) -> str:
    name = re.fullmatch(r"([a-zA-Z]+)(?:\[[^\]]*\])*(?:@\d+)?", quantity)
    if name and name[1] in _KINDS:
        return f"the {_KINDS[name[1]]} "
    return "the derivative " if re.fullmatch(r"d[^ ]+/d[^ ]+", quantity) else ""


def _sentence(caption: Caption) -> str:
    return " ".join(caption.text.split())


def _wrap(line: str) -> Iterator[str]:
    indent = " " * 8
    while len(line) > _WIDTH:
        cut = line.rfind("; ", 0, _WIDTH)
        if cut < 0:
            break
        yield line[: cut + 1]
        line = indent + line[cut + 2 :]
    yield line


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
