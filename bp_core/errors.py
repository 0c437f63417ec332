"""The errors of the mathematics, all in one place.

::

    CoreError
    ├── NumberError      a value overflowed or is not a number        (an ArithmeticError)
    ├── QuantityError    a name that this network has no value for    (a LookupError)
    ├── EquationError    an equation whose sides differ               (an ArithmeticError)
    └── PathCountError   more paths than anyone could look at         (an OverflowError)
"""

from __future__ import annotations


class CoreError(Exception):
    """What all errors of ``bp_core`` have in common."""


class NumberError(CoreError, ArithmeticError):
    """A value that overflowed or is not a number; the message names the quantity, and the step if there is one."""


class QuantityError(CoreError, LookupError):
    """A name that this network has no value for: a layer, neuron, example or step out of range."""


class EquationError(CoreError, ArithmeticError):
    """An equation whose sides are not the same number; the message says both."""


class PathCountError(CoreError, OverflowError):
    """There are more paths than the limit; the message says how many."""
