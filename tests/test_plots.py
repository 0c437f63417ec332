"""Plots: round ticks, honest clipping, lines told apart without hue, dots and contours at real values."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import Mobject, VGroup

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.quantities import C, J, w
from bp_core.sweep import sweep
from bp_core.trace import Trace, trace
from bp_core.training import Training
from scenes.kit.film.audit import Audit, name_of
from scenes.kit.film.recorder import Recorder, Screen
from scenes.kit.letters.text import Words
from scenes.kit.manim_door import FRAMES
from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.contour import Contour, span_around
from scenes.kit.plots.curve import STYLES, Curve, Series, marks
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale, tick_sources
from scenes.kit.stage import Region, Stage
from scenes.kit.theme import THEMES
from tests.kit_lessons import view

ROOM = Region(-6.0, 0.0, -3.0, 2.5)
WEIGHT = w(3, 0, 0)
LONG, UNIT = Scale(0, 10), Scale(0, 1)


def axes(x: Scale = LONG, y: Scale = UNIT) -> PlotAxes:
    return PlotAxes(view(), ROOM, Axis(x, WEIGHT), Axis(y, C))


def two_weights() -> Trace:
    rng = np.random.default_rng(0)
    examples = [Example(x, [float(x[0] > 0)]) for x in rng.normal(size=(6, 2))]
    return trace(Network([[[-1.0, 0.5]]], [[0.0]], "sigmoid"), Cost("squared_error"), examples, Training(1.0, 4, 2))


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 8))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    span = max(span, 1e-5 * abs(low))
    scale = Scale(low, low + span)
    ticks = scale.ticks(most)
    assert len(ticks) <= most
    assert all(low - 1e-6 * span <= tick <= low + span + 1e-6 * span for tick in ticks)
    steps = np.diff(ticks)
    assert np.allclose(steps, steps[:1], rtol=1e-6) if len(ticks) > 1 else True


@given(st.floats(1e-12, 1e3), st.floats(1.5, 1e12), st.integers(3, 8))
def test_ticks_of_a_logarithmic_scale(low: float, times: float, most: int) -> None:
    scale = Scale(low, low * times, log=True)
    ticks = scale.ticks(most)
    assert 1 <= len(ticks) <= most
    assert all(-1e-6 <= share <= 1 + 1e-6 for share in scale.share(ticks))


def test_what_ticks_say() -> None:
    assert tick_sources([-0.5, 0.0, 0.5]) == ["-0.5", "0", "0.5"]
    assert tick_sources([0.001, 0.1, 10.0]) == ["0.001", "0.1", "10"]
    assert tick_sources([1e-5, 1e-3]) == ["10^(-5)", "10^(-3)"]
    assert tick_sources([0.0, 2e5, -1e6]) == ["0", "2 dot 10^(5)", "-10^(6)"]


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=9), st.booleans())
def test_a_scale_holds_its_values(values: list[float], zero: bool) -> None:
    shares = Scale.holding(values, zero=zero).share(values)
    assert ((shares >= 0) & (shares <= 1)).all()


def test_a_scale_over_decades_is_logarithmic() -> None:
    assert Scale.holding([1e-5, 1.0], log=None).log
    assert not Scale.holding([0.1, 1.0], log=None).log
    assert not Scale.holding([0.0, 1.0], log=None).log
    scale = Scale(1e-4, 1.0, log=True)
    assert scale.value(float(scale.share(0.03))) == pytest.approx(0.03)
    with pytest.raises(ValueError, match="no scale goes from -1 to 1 by logarithms"):
        Scale(-1, 1, log=True)


def test_every_tick_stands_at_its_value() -> None:
    plot = axes()
    across = [mark for mark in plot.marks if mark.get_start()[1] > mark.get_end()[1]]
    for value, mark in zip(Scale(0, 10).ticks(7), across, strict=True):
        assert mark.get_start() == pytest.approx(plot.point(value, 0.0))
    plot.shift([1.0, 0.5, 0.0]).scale(0.8)
    assert across[0].get_start() == pytest.approx(plot.point(Scale(0, 10).ticks(7)[0], 0.0))


def test_a_curve_passes_through_its_values() -> None:
    plot, xs = axes(Scale(-4, 4), Scale(0, 1)), np.linspace(-4, 4, 50)
    ys = sweep(view().trace, WEIGHT, xs, C)
    curve = Curve(plot, Series(xs, ys, "#ffffff"))
    corners = curve.points[::4]
    for x, y in zip(xs[:-1], ys[:-1], strict=True):
        assert np.abs(corners - plot.point(x, y)).sum(axis=1).min() < 1e-9


def test_a_curve_is_cut_where_it_leaves_the_frame() -> None:
    plot = axes(Scale(0, 10), Scale(0, 1))
    curve = Curve(plot, Series([0, 4, 6, 10], [0.5, 2.5, 2.5, 0.5], "#ffffff"))
    room = plot.room
    assert curve.points[:, 1].max() <= room.top + 1e-9
    # It goes out at 1 and comes back at 9, and nothing is drawn along the border.
    assert len(curve.get_subpaths()) == 2
    at_the_top = curve.points[curve.points[:, 1] > room.top - 1e-9]
    assert sorted({round(float(x), 6) for x in at_the_top[:, 0]}) == [
        round(float(plot.point(x, 1)[0]), 6) for x in (1, 9)
    ]


def test_a_curve_grows_along_its_axis_and_a_path_by_steps() -> None:
    plot = axes(Scale(0, 10), Scale(0, 1))
    curve = Curve(plot, Series([0, 1, 10], [0.0, 0.5, 1.0], "#ffffff")).upto(0.55)
    assert curve.points[-1] == pytest.approx(plot.point(5.5, 0.75))
    path = Curve(plot, Series([2, 8, 4], [0.0, 0.5, 1.0], "#ffffff", path=True)).upto(0.75)
    assert path.points[-1] == pytest.approx(plot.point(6, 0.75))
    assert not len(curve.upto(0.0).points)


def test_lines_differ_without_hue_and_dashes_stay_where_they_are() -> None:
    plot = axes()
    drawn = {style: Curve(plot, Series([0, 10], [0.2, 0.8], "#ffffff", style)) for style in STYLES}
    counts = {style: len(curve.get_subpaths()) for style, curve in drawn.items()}
    assert counts["solid"] == 1
    assert len(set(counts.values())) == len(STYLES)
    dashed = drawn["dashed"]
    whole = dashed.points.copy()
    dashed.upto(0.5)
    assert np.allclose(dashed.points[:-4], whole[: len(dashed.points) - 4])


def test_values_below_what_a_logarithm_has_are_out_of_the_frame() -> None:
    plot = axes(Scale(0, 2), Scale(1e-3, 1, log=True))
    curve = Curve(plot, Series([0, 1, 2], [0.5, 0.0, 0.5], "#ffffff"))
    assert curve.points[:, 1].min() >= plot.room.bottom - 1e-9
    assert set(marks(plot, Series([0, 1, 2], [0.5, 0.0, 0.5], "#ffffff"))) == {0, 2}


def test_names_at_the_ends_never_meet() -> None:
    names = [Words(text, em=0.36, colour="#ffffff") for text in ("one", "two", "three", "four")]
    series = [
        Series([0, 1], [0.5, end], "#ffffff", label=name)
        for end, name in zip((0.5, 0.51, 0.52, 0.95), names, strict=True)
    ]
    plot = Plot(view(), ROOM, series, Axis(Scale(0, 1), "steps"), Axis(Scale(0, 1), J))
    boxes = sorted((float(n.get_bottom()[1]), float(n.get_top()[1])) for n in names)
    assert all(above[0] > below[1] for below, above in pairwise(boxes))
    order = [n.get_y() for n in names]
    assert order == sorted(order)
    assert all(n.get_right()[0] <= ROOM.right + 1e-9 for n in names)
    assert names[3].get_y() == pytest.approx(plot.curves[3].end[1], abs=1e-6)


def test_a_dot_follows_and_its_reading_is_recorded() -> None:
    base = view()
    xs = np.linspace(-2, 6, 40)
    plot = axes(Scale(-2, 6), Scale(0, 1))
    dot = PlotDot(base, plot, WEIGHT, C, colour="#ffffff", reads=C)
    for change in (0.0, 2.0, -3.0):
        here = base.with_nudge({WEIGHT: change}) if change else base
        dot.follow(here)
        assert dot.dot.get_center() == pytest.approx(plot.point(1.4 + change, here.value(C)))
    assert xs[0] <= -1.6
    recorder = Recorder(Screen(*FRAMES["16:9"], 135.0))
    recorder.settled([dot], 0.0, 0.0)
    recorder.finish(1.0)
    (number,) = recorder.numbers()
    assert number.quantity == "C"
    assert number.value == here.value(C)
    assert number.nudged == {"w[3][0][0]": pytest.approx(-1.6)}


def test_a_dot_goes_along_with_training() -> None:
    trained = view(two_weights())
    plot = axes(Scale(0, 12), Scale(0, 1))
    dot = PlotDot(trained, plot, lambda v: v.step, J, colour="#ffffff")
    dot.follow(trained.at_step(7))
    assert dot.dot.get_center() == pytest.approx(plot.point(7, trained.trace.steps[7].J))


def test_level_lines_lie_where_the_cost_is_their_level() -> None:
    lesson = two_weights()
    spans = ((-3.0, 3.0), (-2.0, 2.0))
    contour = Contour(view(lesson), ROOM, J, (w(1, 0, 0), w(1, 0, 1)), spans)
    room = contour.axes.room
    assert len(contour.lines) == len(contour.levels) > 4
    for level, line in zip(contour.levels, contour.lines, strict=True):
        for point in line.points[:: max(4, len(line.points) // 5 // 4 * 4)]:
            across = spans[0][0] + (point[0] - room.left) / room.width * 6
            up = spans[1][0] + (point[1] - room.bottom) / room.height * 4
            here = lesson.with_parameters({w(1, 0, 0): across, w(1, 0, 1): up})
            assert pytest.approx(level, abs=2e-3) == here.J


def test_a_flat_ground_has_no_levels() -> None:
    flat = trace(Network([[[1.0, 1.0]]], [[0.0]], "relu"), Cost("squared_error"), [Example([-1, -1], [0])])
    contour = Contour(view(flat), ROOM, J, (w(1, 0, 0), w(1, 0, 1)), ((0.5, 1.0), (0.5, 1.0)))
    assert not len(contour.lines)


def test_a_path_over_the_ground_marks_each_step() -> None:
    lesson = two_weights()
    places = np.array([step.network.weights[0][0] for step in lesson.steps])
    spans = tuple(span_around(places[:, axis]) for axis in (0, 1))
    contour = Contour(view(lesson), ROOM, J, (w(1, 0, 0), w(1, 0, 1)), (spans[0], spans[1]))
    path = contour.path(places[:, 0], places[:, 1], "#ffffff")
    assert len(path.marks) == len(lesson.steps) == path.steps + 1
    assert path.marks[3].get_center() == pytest.approx(contour.axes.point(*places[3]))


def pictures(aspect: str, theme: str) -> list[Mobject]:
    stage = Stage(*FRAMES[aspect])
    here = replace(view(), theme=THEMES[theme])
    xs, cost = np.linspace(-6, 8, 60), here.theme.cost
    ys = sweep(here.trace, WEIGHT, xs, C)
    over = Plot(
        here,
        stage["diagram"],
        [Series(xs, ys, cost)],
        Axis(Scale.holding(xs, room=0), WEIGHT),
        Axis(Scale.holding(ys, zero=True), C),
        em=stage.least_em,
    )
    dot = PlotDot(here, over.axes, WEIGHT, C, colour=cost, reads=C, em=stage.least_em, curves=over.curves)
    steps = np.arange(200)
    names = [Words(text, em=0.8 * stage.least_em, colour=cost) for text in ("sigmoid", "tanh")]
    lines = [
        Series(steps, np.exp(-steps / slow), cost, style, label)
        for slow, style, label in zip((20, 40), ("solid", "dashed"), names, strict=True)
    ]
    falling = Plot(
        here,
        stage["diagram"],
        lines,
        Axis(Scale(0, 199), "steps of training"),
        Axis(Scale.holding(np.concatenate([line.ys for line in lines]), log=None), J),
        em=stage.least_em,
    )
    there = replace(view(two_weights()), theme=THEMES[theme])
    ground = Contour(
        there, stage["diagram"], J, (w(1, 0, 0), w(1, 0, 1)), ((-3.0, 3.0), (-2.0, 2.0)), em=stage.least_em
    )
    path = ground.path([-1.0, 0.0, 1.0], [0.5, 0.7, 0.2], here.theme.weight)
    return [VGroup(over, dot), falling, VGroup(ground, path)]


@pytest.mark.parametrize(
    ("aspect", "theme"), [*(("16:9", theme) for theme in THEMES), ("9:16", "dark"), ("1:1", "dark")]
)
def test_plots_pass_the_layout_audit(aspect: str, theme: str) -> None:
    width, height = FRAMES[aspect]
    for picture in pictures(aspect, theme):
        audit = Audit("plots", Screen(width, height, 1080 / min(width, height)), THEMES[theme].ground)
        audit.look([picture], 0.0)
        assert audit.findings() == []


def test_a_reading_is_no_axis_value() -> None:
    (plot, *_) = pictures("16:9", "dark")
    named = [name_of(m) for m in plot.get_family() if m in plot[1].get_family() and hasattr(m, "shown")]
    assert named == ["the value of C (0.19)"]
