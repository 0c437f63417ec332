"""Arrays as this package keeps them: float64, in C order, read-only."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]


def frozen(values: ArrayLike) -> Array:
    """A read-only copy of ``values``."""
    array = np.array(values, dtype=np.float64, order="C")
    array.setflags(write=False)
    return array


def all_finite(array: Array) -> bool:
    """Whether no entry is infinite or not a number."""
    return bool(np.isfinite(array).all())
