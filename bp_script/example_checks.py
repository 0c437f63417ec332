"""Whether a lesson's examples fit its network and its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bp_core.costs import COSTS
from bp_script.errors import plural, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.errors import Path
    from bp_script.reading import Findings

#: How far from 1 the sum of targets may be: 0.1 + 0.2 + 0.7 is not 1 in float64.
_SUM_TOLERANCE = 1e-9


def check_pairing(function: str, output: str, path: Path, found: Findings) -> bool:
    """Whether the cost goes with the activation of the last layer, as the cross-entropies do with one each."""
    expected = COSTS[function].output_activation
    if expected is None or output == expected:
        return True
    other = next(
        (f"; {name} goes with {output}" for name, cost in COSTS.items() if cost.output_activation == output), ""
    )
    found.add(path, f"expected {expected} outputs for {function}; got {output}{other}")
    return False


def check_rows(raw: Any, sizes: Sequence[int], found: Findings) -> None:
    """Every example has a number for each input and each output."""
    for number, example in enumerate(raw):
        if not isinstance(example, dict):
            continue
        for key, size, what in (("x", sizes[0], "input"), ("y", sizes[-1], "output")):
            row = example.get(key)
            if isinstance(row, list) and len(row) != size:
                expected = f"{plural(size, 'number')}, one for each {what}"
                found.add(("examples", number, key), f"expected {expected}; got {len(row)}")


def check_targets(raw: Any, function: str, found: Findings) -> None:
    """The targets written in the lesson mean something to the cost."""
    for number, example in enumerate(raw):
        targets = example.get("y") if isinstance(example, dict) else None
        if isinstance(targets, list) and (wrong := unfit(targets, function)):
            found.add(("examples", number, "y"), wrong)


def unfit(targets: Sequence[Any], function: str) -> str:
    """What is wrong with an example's targets for this cost, or nothing."""
    if not all(isinstance(y, int | float) and not isinstance(y, bool) for y in targets):
        return ""
    if function == "binary_cross_entropy":
        wrong = next((y for y in targets if not 0 <= y <= 1), None)
        return "" if wrong is None else f"expected targets from 0 to 1, for {function}; got {shown(wrong)}"
    if function == "cross_entropy":
        wrong = next((y for y in targets if not y >= 0), None)
        if wrong is not None:
            return f"expected targets from 0 upwards, for {function}; got {shown(wrong)}"
        if abs(sum(targets) - 1) > _SUM_TOLERANCE:
            return f"expected targets that sum to 1, for {function}; got {sum(targets):.6g}"
    return ""
