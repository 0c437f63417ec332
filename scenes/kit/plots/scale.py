"""How the values of an axis become lengths: evenly, or by their logarithm where they span decades."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

#: Values that span so many decades are told apart by their logarithm only.
_DECADES = 2.5
#: Differences so small, as a part of the values, are none.
_NOISE = 1e-12
#: Powers of ten that are numbers, with something to spare: for the low end and for the high one.
_LEAST, _MOST = (-307.0, -306.0), (307.0, 308.2)
#: The shares of a power of ten that round values are made of.
_ROUND = (1.0, 2.0, 5.0, 10.0)
#: Plain decimals from here to there; else powers of ten.
_PLAIN = (-3, 4)


@dataclass(frozen=True, slots=True)
class Scale:
    """The values from ``low`` to ``high``, by their logarithm if ``log``."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(f"no scale goes from {self.low} to {self.high}" + " by logarithms" * self.log)

    @classmethod
    def holding(cls, values: ArrayLike, *, room: float = 0.06, zero: bool = False, log: bool | None = False) -> Scale:
        """A scale that holds these values with some room; ``zero`` lets it start (or end) at zero.

        ``log`` None chooses by what the values span.
        """
        array = np.asarray(values, dtype=np.float64).ravel()
        low, high = float(array.min()), float(array.max())
        if log is None:
            log = low > 0 and math.log10(high / low) > _DECADES
        if log:
            ends = np.log10([low, high])
            beyond = room * (ends[1] - ends[0]) or room
            least, most = 10 ** np.clip([ends[0] - beyond, ends[1] + beyond], _LEAST, _MOST)
            return cls(float(least), float(most), log=True)
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        largest = max(abs(low), abs(high))
        # Values that differ by the noise of the arithmetic only are all the same.
        flat = high - low <= _NOISE * largest or largest < _NOISE
        beyond = room * (max(largest, 1.0) if flat else high - low)
        starts_at_zero, ends_at_zero = zero and low == 0.0, zero and high == 0.0 > low
        return cls(low if starts_at_zero else low - beyond, high if ends_at_zero else high + beyond)

    def share(self, values: ArrayLike) -> np.ndarray:
        """Where values lie: 0 at the low end, 1 at the high one, less and more beyond them; none is not a number."""
        array = np.asarray(values, dtype=np.float64)
        if not self.log:
            return (array - self.low) / (self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(array > 0, np.log(np.maximum(array, np.finfo(np.float64).tiny)), -np.inf)
        low, high = math.log(self.low), math.log(self.high)
        return np.asarray((logs - low) / (high - low))

    def value(self, share: float) -> float:
        """The value at a share of the scale."""
        if self.log:
            decades = math.log10(self.high) - math.log10(self.low)
            return float(self.low * 10 ** (share * decades))
        return self.low + share * (self.high - self.low)

    def ticks(self, most: int = 5) -> tuple[float, ...]:
        """Round values on the scale, at most so many."""
        found = self._decades(most) if self.log else self._steps(most)
        return tuple(found)

    def _steps(self, most: int) -> Sequence[float]:
        span = self.high - self.low
        power = 10.0 ** math.floor(math.log10(span / most))
        for step in (power * part for part in (*_ROUND, 20.0, 50.0)):
            first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
            if last - first + 1 <= most:
                return [float(f"{n * step:.12g}") for n in range(first, last + 1)]
        raise AssertionError  # pragma: no cover - fifty times a tenth of the span holds one tick at most

    def _decades(self, most: int) -> Sequence[float]:
        low, high = (round(math.log10(end), 9) for end in (self.low, self.high))
        powers = range(math.ceil(low), math.floor(high) + 1)
        if len(powers) < 2:
            parts = [10.0**n * part for n in range(math.floor(low), math.ceil(high)) for part in _ROUND]
            inside = sorted({float(f"{v:.12g}") for v in parts if self.low <= v <= self.high})
            return inside if 2 <= len(inside) <= most else Scale(self.low, self.high).ticks(most)
        every = -(-len(powers) // most)
        return [float(f"1e{n}") for n in powers if n % every == 0]


def tick_sources(values: Sequence[float]) -> list[str]:
    """Round values as mathematics: plain, or all with powers of ten where plain would make rows of zeros of some."""
    parts = [(value, *(float(part) for part in f"{value:.9e}".split("e"))) for value in values]
    if all(value == 0 or _PLAIN[0] <= exponent <= _PLAIN[1] for value, _, exponent in parts):
        return [f"{value:.9g}" for value in values]
    return [_with_power(mantissa, exponent) if value else "0" for value, mantissa, exponent in parts]


def _with_power(mantissa: float, exponent: float) -> str:
    power = f"10^({exponent:.0f})"
    if abs(mantissa) == 1.0:
        return f"-{power}" if mantissa < 0 else power
    return f"{mantissa:g} dot {power}"
