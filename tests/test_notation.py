"""The four notations: the same quantity, written four ways."""

from __future__ import annotations

import pytest

from bp_core.quantities import C, Index, J, a, b, delta, w, x, y, z
from scenes.kit.letters.notation import NOTATIONS, Sizes
from scenes.kit.letters.typesetting import Typeset

CHAIN = Sizes((1, 1, 1, 1))
WIDE = Sizes((2, 3, 2), focus=4)
WORKED = Sizes((2, 2, 1))
SEVERAL = Sizes((2, 2, 1), focus=1, examples=3)


@pytest.mark.parametrize(
    ("notation", "quantity", "net", "written"),
    [
        ("superscript", w(3, 0, 0), CHAIN, "w^((L))"),
        ("superscript", a(2, 0), CHAIN, "a^((L-1))"),
        ("superscript", a(0, 0), CHAIN, "a^((L-3))"),
        ("superscript", C, CHAIN, "C_(0)"),
        ("superscript", C, WIDE, "C_(4)"),
        ("superscript", C.at_example(2), CHAIN, "C_(2)"),
        ("superscript", J, CHAIN, "C"),
        ("superscript", y(0), CHAIN, "y"),
        ("superscript", y(1), WIDE, "y_(1)"),
        ("superscript", w(2, 1, 0), WIDE, "w_(1 0)^((L))"),
        ("superscript", w(Index("L"), Index("j"), Index("k")), WIDE, "w_(j k)^((L))"),
        ("superscript", z(1, 2), WIDE, "z_(2)^((L-1))"),
        ("delta", w(1, 0, 1), WIDE, "Theta_(1 2)^((1))"),
        ("delta", b(2, 0), WIDE, "Theta_(1 0)^((2))"),
        ("delta", a(0, 1), WIDE, "a_(2)^((1))"),
        ("delta", delta(2, 0), WIDE, "delta_(1)^((3))"),
        ("delta", J, WIDE, "J"),
        ("from_to", w(2, 1, 0), WIDE, "w_(0 1)^((l))"),
        ("from_to", C, WIDE, "L"),
        ("worked", x(0), WORKED, "i_(1)"),
        ("worked", a(1, 1), WORKED, "O_(2)"),
        ("worked", a(2, 0), WORKED, "hat(y)"),
        ("worked", w(1, 0, 1), WORKED, "w_(2 1)^(1)"),
        ("worked", w(2, 0, 1), WORKED, "w_(2 1)^(2)"),
        ("worked", b(1, 1), WORKED, "b_(1 2)"),
        ("worked", C, WORKED, "L"),
        ("worked", C, SEVERAL, "L_(2)"),
        ("worked", J, SEVERAL, "L"),
        ("worked", C.at_example(Index("k")), WORKED, "L_(k)"),
        ("worked", a(2, 0).at_example(Index("k")), WORKED, "hat(y)_(k)"),
        ("worked", y(0).at_example(2), WORKED, "y_(3)"),
        ("worked", y(1).at_example(Index("k")), WIDE, "y_(2)^((k))"),
        ("worked", a(1, 0), CHAIN, "O_(1)^((1))"),
        ("worked", a(Index("l"), Index("j")), WORKED, "O_(j)^((l))"),
        ("superscript", y(0).at_example(2), CHAIN, "y_([2])"),
    ],
)
def test_a_quantity_as_written(notation: str, quantity, net: Sizes, written: str) -> None:  # type: ignore[no-untyped-def]
    assert NOTATIONS[notation].variable(quantity, net) == written


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("net", [CHAIN, WIDE, WORKED])
def test_everything_can_be_typeset(notation: str, net: Sizes) -> None:
    j, k, l = Index("j"), Index("k"), Index("l")
    general = [w(l, j, k), b(l - 1, j), z(l + 1, j), a(Index("L") - 1, k), delta(l, j), x(k), y(j), C, J]
    known = [w(1, 0, 0), b(1, 0), z(1, 0), a(0, 0), a(net.L, 0), delta(1, 0), x(0), y(0)]
    for quantity in (*general, *known, a(1, 0).at_example(1), C.at_example(1)):
        assert len(Typeset(f"${NOTATIONS[notation].variable(quantity, net)}$", em=0.5, colour="#ffffff"))


@pytest.mark.parametrize(("notation", "limits"), [("superscript", "_(k = 0)^(n - 1)"), ("worked", "_(k = 1)^(n)")])
def test_a_sum_runs_over_numbers_counted_as_the_notation_counts(notation: str, limits: str) -> None:
    assert NOTATIONS[notation].run("k", "n") == limits
