"""The film as text, for someone who does not see it: what is said, and every number and equation as it comes up."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING

from bp_script.language import ENGLISH, N_
from bp_script.numerals import read_numeral
from bp_studio.changes import is_named, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bp_script.language import Language
    from bp_studio.film_record import FilmRecord
    from scenes.kit.film.record import Caption, ClipRecord, ShownNumber

_WIDTH, _INDENT = 100, " " * 6
_KINDS = {
    "x": N_("the input %(name)s"),
    "y": N_("the target %(name)s"),
    "w": N_("the weight %(name)s"),
    "b": N_("the bias %(name)s"),
    "z": N_("the pre-activation %(name)s"),
    "a": N_("the activation %(name)s"),
    "delta": N_("the error %(name)s"),
    "C": N_("the cost of the example %(name)s"),
    "J": N_("the cost of the data set %(name)s"),
}
_DERIVATIVE = N_("the derivative %(name)s")
_NAMES = N_(
    """\
Quantities go by their names: layers count from 0, the input; neurons, examples and training steps count from 0.
x[k] and y[j] are input and target, a[l][j] and z[l][j] a neuron's activation and pre-activation, b[l][j] its bias,
w[l][j][k] the weight into neuron j of layer l from neuron k of the layer before, C and J the cost of the example in
focus and of all; dC/dw[l][j][k] is the derivative of C by that weight. A sign ≈ says that digits were rounded.
"""
)


def to_transcript(title: str, record: FilmRecord, language: Language = ENGLISH) -> str:
    """The whole film in words and numbers."""
    length = language.tr("A film of %(length)s minutes.", length=_clock(record.duration))
    parts = [f"{title}\n{'=' * len(title)}\n", f"{length}\n", language.tr(_NAMES)]
    for number, (start, clip) in enumerate(zip(record.starts, record.clips, strict=False), start=1):
        heading = f"{number}. {clip.title or title} ({_clock(start)})"
        parts.append(f"{heading}\n{'-' * len(heading)}\n")
        parts.extend(_told(clip, start, language))
    return "\n".join(parts)


def _told(clip: ClipRecord, begins: float, language: Language) -> Iterator[str]:
    """Sentence after sentence, by the film's clock; after each what came to stand on screen while it was said."""
    captions = list(clip.captions)
    bounds = [caption.start for caption in captions[1:]] + [float("inf")]
    known: set[tuple[object, ...]] = set()
    lead = _seen(clip, float("-inf"), captions[0].start if captions else float("inf"), known, language)
    yield from lead
    for caption, until in zip(captions, bounds, strict=True):
        yield f"{_clock(begins + caption.start)}  {_sentence(caption)}\n"
        yield from _seen(clip, caption.start, until, known, language)


def _seen(
    clip: ClipRecord, since: float, until: float, known: set[tuple[object, ...]], language: Language
) -> Iterator[str]:
    equations = [equation.text for equation in clip.equations if since <= equation.at < until]
    lines = [_INDENT + language.tr("On screen: %(equation)s", equation=text) for text in equations]
    values = []
    for number in filter(is_named, clip.shown):
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
            values.append(in_words(number, language))
    if values:
        lines.append(_INDENT + language.tr("Values: %(values)s.", values="; ".join(values)))
    if lines:
        yield "\n".join(wrapped for line in lines for wrapped in _wrap(line)) + "\n"


def in_words(number: ShownNumber, language: Language = ENGLISH) -> str:
    """A shown number as a phrase: the kind of quantity, its name, its value, and what it belongs to."""
    tr = language.tr
    is_exact = read_numeral(number.text) == number.value
    said = {"quantity": tr(_kind(number.quantity), name=name_of(number)), "value": number.text}
    phrase = tr("%(quantity)s is %(value)s", **said) if is_exact else tr("%(quantity)s is about %(value)s", **said)
    if number.step:
        phrase = tr("%(phrase)s after training step %(step)s", phrase=phrase, step=number.step)
    if number.nudged:
        changed = [f"{name} = {language.numeral(f'{value:.6g}')}" for name, value in number.nudged.items()]
        phrase = tr("%(phrase)s with %(changes)s", phrase=phrase, changes=_listed(changed, language))
    if number.instead:
        other = [f"{key} {value}" for key, value in number.instead.items()]
        phrase = tr("%(phrase)s with %(changes)s", phrase=phrase, changes=_listed(other, language))
    if number.source:
        phrase = tr("%(phrase)s as %(source)s has it", phrase=phrase, source=number.source)
    return phrase


def _listed(phrases: Iterable[str], language: Language) -> str:
    return reduce(lambda one, other: language.tr("%(one)s and %(other)s", one=one, other=other), phrases)


def _kind(quantity: str) -> str:
    """A message that says what kind of quantity it is."""
    name = re.fullmatch(r"([a-zA-Z]+)(?:\[[^\]]*\])*(?:@\d+)?", quantity)
    if name and name[1] in _KINDS:
        return _KINDS[name[1]]
    return _DERIVATIVE if re.fullmatch(r"d[^ ]+/d[^ ]+", quantity) else "%(name)s"


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
