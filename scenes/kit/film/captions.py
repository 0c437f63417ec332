"""Narration cut into captions: two lines of at most 42 characters, long enough on screen to be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from manim import FadeIn, FadeOut, VGroup

from bp_script.narration import Bookmark, Narration, Spoken
from scenes.kit.letters import face
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.stage import Region
from scenes.kit.view import Shown, View

if TYPE_CHECKING:
    from scenes.kit.chapter import Chapter

#: Characters a line and lines a caption.
LINE, LINES = 42, 2
#: Characters a second that are read with ease, and the least a caption stays.
_READING, _LEAST = 16.0, 1.3
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a caption; ``shown`` if it holds a number of the trace, ``bookmarks`` those that stand before it."""

    text: str
    shown: Shown | None = None
    bookmarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptionText:
    """One caption: its lines of words and how long it takes to read, in seconds."""

    lines: tuple[tuple[Token, ...], ...]
    seconds: float

    @property
    def text(self) -> str:
        """The caption as plain text."""
        return "\n".join(" ".join(token.text for token in line) for line in self.lines)

    @property
    def words(self) -> tuple[Token, ...]:
        """The words, whatever their line."""
        return tuple(token for line in self.lines for token in line)


def captions(narration: Narration, view: View, pace: float = 1.0) -> list[CaptionText]:
    """The captions of a narration with its numbers, each with its reading time at ``pace``."""
    found = []
    for sentence in _sentences(_tokens(narration, view)):
        for lines in _cut(sentence):
            length = sum(len(token.text) + 1 for line in lines for token in line) - 1
            found.append(CaptionText(lines, max(_LEAST, length / _READING) / pace))
    return found


def bookmarks_in(lines: Sequence[CaptionText]) -> dict[str, float]:
    """When each bookmark's word is read, in seconds since the first caption came."""
    found: dict[str, float] = {}
    at = 0.0
    for line in lines:
        whole = max(1, sum(len(token.text) + 1 for token in line.words))
        before = 0
        for token in line.words:
            found |= dict.fromkeys(token.bookmarks, at + line.seconds * before / whole)
            before += len(token.text) + 1
        at += line.seconds
    return found


class CaptionLine:
    """The narration drawn into the picture, for films whose captions are ``drawn``."""

    def __init__(self, view: View, region: Region) -> None:
        self._view, self._region = view, region
        self._drawn: VGroup | None = None

    def show(self, scene: Chapter, caption: CaptionText) -> None:
        """Put a caption in the place of the one before."""
        fresh = self._typeset(caption)
        leaving = [FadeOut(self._drawn)] if self._drawn is not None else []
        scene.play(FadeIn(fresh), *leaving, run_time=0.25)
        self._drawn = fresh

    def hide(self, scene: Chapter) -> None:
        """Take the caption away."""
        if self._drawn is not None:
            scene.remove(self._drawn)
            self._drawn = None

    def _typeset(self, caption: CaptionText) -> VGroup:
        numbers: list[Shown] = []
        rows = []
        between = f" + {face.words(' ')} + "
        for line in caption.lines:
            words = []
            for token in line:
                if token.shown is None:
                    words.append(f"({face.words(token.text)})")
                else:
                    words.append(f"part({len(numbers)}, {face.words(token.text)})")
                    numbers.append(token.shown)
            rows.append(between.join(words))
        source = "#align(center, par(leading: 0.55em, " + " + linebreak() + ".join(rows) + "))"
        drawn = Typeset(source, em=0.36, colour=self._view.theme.quiet)
        for number, shown in enumerate(numbers):
            drawn.part(number).shown = shown
        return VGroup(drawn).move_to(self._region.centre)


def _tokens(narration: Narration, view: View) -> list[Token]:
    """Words and numbers in order; punctuation stays with the number before it."""
    tokens: list[Token] = []
    glued = False
    waiting: list[str] = []
    for piece in narration.pieces:
        if isinstance(piece, Bookmark):
            waiting.append(piece.name)
            continue
        before = len(tokens)
        if isinstance(piece, Spoken):
            value = view.value(piece.expression)
            shown = view.number(piece.expression, piece.format(value, view.decimals))
            text = _as_printed(shown.text)
            if glued and tokens:
                tokens[-1] = replace(tokens[-1], text=tokens[-1].text + text, shown=shown)
            else:
                tokens.append(Token(text, shown))
            glued = True
        else:
            words = piece.text.split()
            if words and glued and not piece.text[0].isspace():
                tokens[-1] = replace(tokens[-1], text=tokens[-1].text + words.pop(0))
            tokens.extend(Token(word) for word in words)
            glued = not piece.text[-1:].isspace()
        if waiting and len(tokens) > before:
            tokens[before] = replace(tokens[before], bookmarks=tuple(waiting))
            waiting.clear()
    if waiting and tokens:  # within the last word
        tokens[-1] = replace(tokens[-1], bookmarks=(*tokens[-1].bookmarks, *waiting))
    return tokens


def _as_printed(numeral: str) -> str:
    mantissa, _, exponent = numeral.replace("-", "\u2212").partition("e")
    return f"{mantissa} × 10{exponent.replace(chr(0x2212), '-').translate(_SUPERSCRIPTS)}" if exponent else mantissa


def _sentences(tokens: list[Token]) -> list[list[Token]]:
    """Cut after sentences, but keep short ones together where they fit."""
    sentences: list[list[Token]] = [[]]
    for token in tokens:
        sentences[-1].append(token)
        if re.search(r"[.!?…]$", token.text):
            sentences.append([])
    joined: list[list[Token]] = []
    for sentence in filter(None, sentences):
        if joined and _length(joined[-1]) + _length(sentence) < LINE:
            joined[-1] = joined[-1] + sentence
        else:
            joined.append(sentence)
    return joined


def _cut(sentence: list[Token]) -> list[tuple[tuple[Token, ...], ...]]:
    """Captions of at most two lines, evenly filled, cut at a comma where one is near."""
    if len(_wrapped(sentence, LINE)) <= LINES:
        return [_balanced(sentence)]
    best = min(range(1, len(sentence)), key=lambda i: _cost_of_cut(sentence, i))
    return [*_cut(sentence[:best]), *_cut(sentence[best:])]


def _cost_of_cut(sentence: list[Token], at: int) -> float:
    uneven = abs(_length(sentence[:at]) - _length(sentence[at:])) / max(_length(sentence), 1)
    return uneven - (0.4 if re.search(r"[,;:–]$", sentence[at - 1].text) else 0.0)


def _balanced(sentence: list[Token]) -> tuple[tuple[Token, ...], ...]:
    if _length(sentence) <= LINE:
        return (tuple(sentence),)
    fits = [i for i in range(1, len(sentence)) if max(_length(sentence[:i]), _length(sentence[i:])) <= LINE]
    if not fits:
        return tuple(tuple(line) for line in _wrapped(sentence, LINE))
    cut = min(fits, key=lambda i: _cost_of_cut(sentence, i))
    return tuple(sentence[:cut]), tuple(sentence[cut:])


def _wrapped(tokens: list[Token], width: int) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    for token in tokens:
        if lines[-1] and _length([*lines[-1], token]) > width:
            lines.append([])
        lines[-1].append(token)
    return lines


def _length(tokens: list[Token]) -> int:
    return sum(len(token.text) for token in tokens) + max(0, len(tokens) - 1)
