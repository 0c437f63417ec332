"""Whether a lesson's examples fit its network and its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bp_core.costs import COSTS
from bp_script.counts import counted
from bp_script.errors import mismatch, shown
from bp_script.language.caller import tr

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
    other = next((name for name, cost in COSTS.items() if cost.output_activation == output), None)
    hint = "" if other is None else tr("; %(cost)s goes with %(output)s", cost=other, output=output)
    outputs = tr("%(activation)s outputs for %(cost)s", activation=expected, cost=function)
    found.add(path, mismatch(outputs, output + hint))
    return False


def check_rows(raw: Any, sizes: Sequence[int], found: Findings) -> None:
    """Every example has a number for each input and each output."""
    for number, example in enumerate(raw):
        if not isinstance(example, dict):
            continue
        for key, size in (("x", sizes[0]), ("y", sizes[-1])):
            row = example.get(key)
            if isinstance(row, list) and len(row) != size:
                numbers = counted(size, "number")
                each = tr("%(numbers)s, one for each input", numbers=numbers)
                expected = each if key == "x" else tr("%(numbers)s, one for each output", numbers=numbers)
                found.add(("examples", number, key), mismatch(expected, len(row)))


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
        return "" if wrong is None else mismatch(tr("targets from 0 to 1, for %(cost)s", cost=function), shown(wrong))
    if function == "cross_entropy":
        wrong = next((y for y in targets if not y >= 0), None)
        if wrong is not None:
            return mismatch(tr("targets from 0 upwards, for %(cost)s", cost=function), shown(wrong))
        if abs(sum(targets) - 1) > _SUM_TOLERANCE:
            return mismatch(tr("targets that sum to 1, for %(cost)s", cost=function), f"{sum(targets):.6g}")
    return ""
