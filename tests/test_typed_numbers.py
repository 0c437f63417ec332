"""The check that finds numbers typed into chapters, on planted faults and on what has to be allowed."""

from __future__ import annotations

import pytest

from tests.house.typed_numbers import typed_numbers


@pytest.mark.parametrize(
    "fault",
    [
        "start_cost = 3.48",
        "start_cost: float = 3.48",
        "costs = [0.9, 0.4]",
        "costs = {'before': 3.48}",
        "cost = 3",
        "_COST = 3.48",
        "def construct(self):\n    _COST = 3",
        "half = 0.5 * self.cost",
        "def readout(cost=3.48): ...",
        "self.readout(3.48)",
        "cost = max(3.48, least)",
        "self.readout(value=3.48)",
        "self.play(self.cost.animate.set_value(3.48))",
        "self.play(FadeIn(Readout(3.48)), run_time=2)",
        "self.play(FadeIn(cost), run_time=duration(Readout(3.48)))",
        "self.readout(3.48).shift(UP)",
        "x = self.readout(3.48)[0]",
        "y = label if seen else 3.48",
        "Words('The cost is 3.48')",
        "Words('²')",
        "title = 'Step 3'",
        "narration = 'z is {z[L][0]:.2f}, so a is 0.66.'",
        "narration = 'The cost is {3.48}'",
        "narration = 'The cost is {3.48:.2f}'",
        "words = f'The cost is {cost:.2f}'",
        "words = f'The cost is {3.48}'",
        "words = f'z is {{{name}:.2f}} and a is 0.66.'",
        "words = f'The cost is {cost} after 12 steps'",
        "formula = Formula('w = 0.2')",
        "if cost > limit: title = 'Above 3.48'",
        "from manim import DecimalNumber",
        "from manim import Scene, MathTex",
        "import manim\nmanim.Text(str(cost))",
    ],
)
def test_a_typed_number_is_found(fault: str) -> None:
    assert typed_numbers(f'"""Chapter 1: about 3.48."""\n{fault}\n')


@pytest.mark.parametrize(
    "allowed",
    [
        "self.play(FadeIn(tree), run_time=1.5, lag_ratio=0.1)",
        "self.play(FadeIn(tree), run_time=0.5 if quick else 2 * 1.5)",
        "self.play(FadeIn(tree), run_time=max(0.7, 3 / depth))",
        "share = 0.34 if tall else 0.42",
        "_EM, _LEAST_PLOT = 0.62, 0.75",
        "view, run_time = step, max(0.7, 2.4 - 0.5 * lap)",
        "def unsuited(lesson): return Unsuited('expected 3 layers')",
        "self.wait(0.5)",
        "tree.shift(0.3 * DOWN).scale(1.2)",
        "start = tree.get_center() + 0.35 * UP - LEFT * 0.1",
        "VGroup(*rows).arrange(DOWN, buff=-0.25)",
        "last = layers[-3]",
        "first = terms[:4]",
        "if len(layers) > 4 and share < 0.001: ...",
        "slope = 2 * (a(L, j) - y(j))",
        "sign = -1 if backwards else 1",
        "weight = parse_quantity('w[L][0][0]', self.trace.L)",
        "narration = 'z is {z[L][0]:+.2f}, a is {a[L][0]:.2f} and the slope {2*(a[3][0]-y[0]):.1e}.'",
        "narration = f'z is {{{name}:.2f}} and changes by {{2*({name}-{z(layer, 0)}):+.3f}}.'",
        "_SHRINK, _TIMES = 10, 3",
        "name = 'dC/dw[3][0][12]@2'",
        "name = 'dC@2'",
        "words = f'The weight {name} of {count} moves.'",
        "raise ValueError(f'at most 12 layers, got {count:3d}')",
        'def construct(self):\n    """The 3 steps."""',
        'class Parameters(BaseParameters):\n    by: float = Field(0.2, le=10, description="At most 10.")',
        "seen = True",
    ],
)
def test_layout_time_and_names_are_no_numbers(allowed: str) -> None:
    assert typed_numbers(f'"""Chapter 1: about 3.48."""\n{allowed}\n') == []


def test_an_offence_says_where_and_what() -> None:
    assert typed_numbers("start = 1\ncost = 3.48\nname = 'Step 3'") == [
        (2, "the number 3.48"),
        (3, "digits in the text 'Step 3'"),
    ]
