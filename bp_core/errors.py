"""The errors of the mathematics, all in one place.

::

    CoreError
    ├── NumberError      a value overflowed or is not a number        (an ArithmeticError)
    ├── QuantityError    a name that this network has no value for    (a LookupError)
    ├── EquationError    an equation whose sides differ               (an ArithmeticError)
    └── PathCountError   more paths than anyone could look at         (an OverflowError)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class Phrase(str):
    """A text that can be told in another language: ``message``, as it stands in the code, with its ``parts``.

    >>> Phrase("layer %(layer)s has no neurons", layer=2)
    'layer 2 has no neurons'
    """

    message: str
    parts: Mapping[str, object]

    def __new__(cls, message: str, /, **parts: object) -> Self:
        """The text, in English."""
        made = super().__new__(cls, message % parts if parts else message)
        made.message, made.parts = message, parts
        return made


class Many(int):
    """A count that may be large: written with its thousands apart.

    >>> f"{Many(2000)}"
    '2,000'
    """

    def __str__(self) -> str:
        return f"{int(self):,}"


class Decimal(str):
    """A number as it is written, with a point."""

    __slots__ = ()


#: Of a number by its ``name``, at a ``moment`` of the training.
NOT_FINITE = Phrase("%(name)s%(moment)s is not a finite number")


class CoreError(Exception):
    """What all errors of ``bp_core`` have in common: a message whose parts, ``%(name)s``, are given by name."""

    def __init__(self, message: str = "", /, **parts: object) -> None:
        # one that comes from another process brings its phrase along
        super().__init__(message if isinstance(message, Phrase) and not parts else Phrase(message, **parts))


class NumberError(CoreError, ArithmeticError):
    """A value that overflowed or is not a number; the message names the quantity, and the step if there is one."""


class QuantityError(CoreError, LookupError):
    """A name that this network has no value for: a layer, neuron, example or step out of range."""


class EquationError(CoreError, ArithmeticError):
    """An equation whose sides are not the same number; the message says both."""


class PathCountError(CoreError, OverflowError):
    """There are more paths than the limit; the message says how many."""
