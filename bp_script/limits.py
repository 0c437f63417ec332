"""How large a lesson may be: told before any work is begun, and raised by those who mean it.

A lesson that comes by mail is read by the usual limits. Whoever wants more says which and how much: ``bp render
--limit parameters=2000000``, or :func:`raised` in Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from bp_script.language.caller import tr, whole


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of each thing."""

    parameters: int = 1_000_000
    """weights and biases of the network"""
    examples: int = 100_000
    """examples, written out or in a CSV file"""
    values: int = 1_500_000
    """values of a lesson's file, aliases included; inputs and targets of a CSV file"""
    chapters: int = 200
    """chapters of a lesson"""
    words: int = 100_000
    """characters in the texts and equations of all chapters together"""
    updates: int = 1_000_000
    """updates of the training: epochs times batches"""
    work: int = 100_000_000_000
    """epochs times examples times weights and biases of the training"""
    minutes: int = 60
    """minutes of a film"""
    numbers: int = 10_000_000
    """numbers of a trace as JSON"""
    megabytes: int = 10
    """size of a lesson's file, and of each file that it names"""

    def allows(self, name: str, got: float) -> bool:
        """Whether so much is within the limit of this name."""
        return bool(got <= getattr(self, name))

    def most(self, name: str) -> str:
        """The limit as messages write it: ``1,000,000``."""
        return whole(getattr(self, name))


NAMES = tuple(field.name for field in fields(Limits))
_USUAL = Limits()
_CURRENT: ContextVar[Limits] = ContextVar("limits", default=_USUAL)


def limits() -> Limits:
    """The limits that hold here."""
    return _CURRENT.get()


def option(name: str) -> str:
    """What a message adds for those who mean it: the option that raises the limit."""
    return tr(" (bp … --limit %(name)s=N allows more)", name=name)


@contextmanager
def raised(**most: int) -> Iterator[Limits]:
    """Other limits within the block.

    >>> with raised(parameters=2_000_000) as these:
    ...     these.parameters, these.chapters
    (2000000, 200)
    """
    before = _CURRENT.set(replace(limits(), **most))
    try:
        yield limits()
    finally:
        _CURRENT.reset(before)
