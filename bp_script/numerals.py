"""How a number is written: the one home of rounding.

A number that is not zero never reads as zero, and zero has no sign: what plain decimals cannot show goes to the
power form, ``1.2e-4``. Everything is ASCII; the pictures typeset it.

>>> numeral(0.65863, 2), numeral(-0.4, 2), numeral(0.02, 2, signed=True), numeral(0.00012, 2)
('0.66', '-0.40', '+0.02', '1.2e-4')
"""

from __future__ import annotations

import math

from bp_script.language.caller import tr

#: Most decimals that can be asked for; a float64 has no more than 17 significant digits.
MOST_DECIMALS = 12
#: From here on plain decimals would be long rows of digits.
LARGE = 1e5
#: A written number counts as exact if it is this close: the last bits of a float64 are noise of the arithmetic.
EXACT = 1e-12


def numeral(value: float, decimals: int, *, signed: bool = False) -> str:
    """The number with so many decimals, in plain or in power form; ``signed`` puts a + before positive ones.

    Raises:
        ValueError: ``decimals`` is not from 0 to 12.
    """
    number = _finite(value, decimals, signed)
    if isinstance(number, str):
        return number
    text = f"{number:.{decimals}f}"
    rounded = abs(float(text))
    if number and (rounded == 0 or rounded >= LARGE):
        return power_numeral(number, max(1, decimals - 1), signed=signed)
    return _sign(text, number, signed)


def power_numeral(value: float, decimals: int, *, signed: bool = False) -> str:
    """The number in power form with so many decimals before the ``e``; zero is written plainly.

    >>> power_numeral(1234.5, 2)
    '1.23e3'

    Raises:
        ValueError: ``decimals`` is not from 0 to 12.
    """
    number = _finite(value, decimals, signed)
    if isinstance(number, str):
        return number
    if number == 0:
        return f"{0:.{decimals}f}"
    mantissa, exponent = f"{number:.{decimals}e}".split("e")
    return _sign(f"{mantissa}e{int(exponent)}", number, signed)


def readable_decimals(value: float, decimals: int) -> int:
    """So many decimals, or fewer where a hundred or more stands before the point: a long row of digits is not read.

    >>> readable_decimals(12.3456, 2), readable_decimals(-123.456, 2), readable_decimals(12345.6, 2)
    (2, 1, 0)
    """
    return max(0, decimals - max(0, len(f"{abs(value):.0f}") - 2)) if math.isfinite(value) else decimals


def plain_numeral(text: str) -> str:
    """A written number with a decimal point, whichever mark its language has."""
    return text.replace(",", ".")


def read_numeral(text: str) -> float:
    """A written number as a number, whichever decimal mark it has.

    >>> read_numeral("0,66"), read_numeral("-1.2e-4")
    (0.66, -0.00012)
    """
    return float(plain_numeral(text))


def is_exact(value: float, text: str) -> bool:
    """Whether the written number is the value itself and not a rounding of it.

    >>> is_exact(0.5, "0.50"), is_exact(0.65863, "0.66")
    (True, False)
    """
    return math.isclose(read_numeral(text), value, rel_tol=EXACT)


def comes_out(value: float, text: str) -> bool:
    """Whether what was reckoned reads as this text, when it is written with as many digits.

    >>> comes_out(0.4056, "0.41"), comes_out(0.4056, "0.40"), comes_out(0.00017, "1.7e-4")
    (True, False, True)
    """
    mantissa, _, power = plain_numeral(text).partition("e")
    digits = len(mantissa.partition(".")[2]) - int(power or 0)
    return abs(value - read_numeral(text)) <= 0.5 * 10.0**-digits * (1 + EXACT)


def relation(value: float, text: str) -> str:
    """The sign between a quantity and its written value: ``=``, or ``≈`` where digits were rounded away."""
    return "=" if is_exact(value, text) else "≈"


def _finite(value: float, decimals: int, signed: bool) -> float | str:
    if not 0 <= decimals <= MOST_DECIMALS:
        raise ValueError(tr("expected 0 to %(most)s decimals; got %(got)s", most=MOST_DECIMALS, got=decimals))
    number = float(value)
    if math.isnan(number):
        return "nan"
    if math.isinf(number):
        return ("+inf" if signed else "inf") if number > 0 else "-inf"
    return number + 0.0  # -0.0 becomes 0.0


def _sign(text: str, number: float, signed: bool) -> str:
    return f"+{text}" if signed and number > 0 else text
