"""The layout audit, on planted faults: each is reported, and a clean picture is not."""

from __future__ import annotations

import pytest
from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, ArcBetweenPoints, Circle, Line, Mobject, VGroup
from manim.utils.color import ManimColor

from bp_core.quantities import C, a, d, w, y
from scenes.kit.film.audit import LEAST_CONTRAST_DIMMED, Audit, name_of
from scenes.kit.film.record import Caption
from scenes.kit.film.recorder import Screen
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.tree import CostTree
from scenes.kit.sight import LEAST_CONTRAST, rgb_contrast
from scenes.kit.stage import Stage
from scenes.kit.theme import ROLE_OF_SYMBOL, THEMES
from tests.kit_lessons import view, wide_trace

FRAME = (128 / 9, 8.0)
DARK = THEMES["dark"]


def found(*mobjects: Mobject) -> list[str]:
    audit = Audit("a_chapter", Screen(*FRAME, 135.0), DARK.ground)
    audit.look(mobjects, 1.5)
    return [str(finding) for finding in audit.findings()]


def words(text: str = "plain words", em: float = 0.4, colour: str = DARK.ink) -> Words:
    return Words(text, em=em, colour=colour).move_to(ORIGIN)


def test_a_formula_is_called_without_the_marks_of_its_parts() -> None:
    source = "$display(part(#0, frac(part(#1, Delta C_(0)), part(#12, Delta w_(0 1)^((L-1))))))$"
    assert "frac(Delta C_(0), Delta w_(0 1)^((L-1)))" in name_of(Typeset(source, em=0.5, colour="#ffffff"))
    assert "$C_(0)$" in name_of(Typeset("$C_(0)$", em=0.5, colour="#ffffff"))


def test_a_clean_picture_has_no_findings() -> None:
    stage = Stage(*FRAME)
    tree = CostTree(view(), Chain.through((1, 1, 1, 1)), stage["diagram"])
    formula = stage.place(Formula(view(), d(C, w(3, 0, 0)), Side.value(d(C, w(3, 0, 0)))), "right")
    assert found(tree, formula) == []
    assert found(NetworkDiagram(view(wide_trace()), stage["diagram"])) == []


def test_words_out_of_the_frame() -> None:
    (finding,) = found(words().shift(RIGHT * 7))
    assert finding == "a_chapter at 1.5 s: the words 'plain words' is out of the frame"


def test_a_drawing_out_of_the_frame() -> None:
    assert found(Line(LEFT, RIGHT * 8)) == ["a_chapter at 1.5 s: a Line is out of the frame"]


def test_a_label_over_a_label() -> None:
    (finding,) = found(words("one"), Value(view(), a(3, 0)))
    assert "the words 'one' lies over the value of a[3][0] (0.57)" in finding
    assert found(words("one"), words("other").shift(UP)) == []


def test_a_formula_that_a_scene_holds_in_pieces() -> None:
    """As manim does once a part of it has been animated."""
    formula = Formula(view(), d(C, w(3, 0, 0)), Side.value(d(C, w(3, 0, 0)))).move_to(ORIGIN)
    pieces = [VGroup(*formula.side(side).get_family()[1:]) for side in (0, 1)]
    assert found(*pieces, formula.relation(1)) == []
    assert any("lies over" in finding for finding in found(*pieces, words("one").move_to(pieces[0])))
    pieces[0].scale(0.3)
    assert any("too small to read" in finding for finding in found(*pieces))


def test_a_label_over_a_line() -> None:
    (finding,) = found(words(), Line(LEFT * 3, RIGHT * 3))
    assert "lies over a line that is not its own" in finding
    assert found(words(), Line(LEFT * 3, RIGHT * 3).shift(UP * 0.4)) == []


def test_a_ring_or_a_curve_through_a_label() -> None:
    ring, label = Circle(radius=1), words()
    (finding,) = found(ring.shift(RIGHT * 0.7), label)
    assert "lies over a line that is not its own" in finding
    assert found(Circle(radius=1, stroke_width=0, fill_opacity=0.1).shift(RIGHT * 0.7), label) == []
    assert found(Circle(radius=label.width), label) == []
    assert any("not its own" in finding for finding in found(ArcBetweenPoints(LEFT + UP, RIGHT + UP), label.shift(UP)))


def test_rows_that_all_but_touch() -> None:
    above, below = words("one"), words("none")
    assert found(above, below.next_to(above, DOWN, buff=0.05)) == []
    (finding,) = found(above, below.next_to(above, DOWN, buff=0.01))
    assert "the words 'one' all but touches the words 'none'" in finding
    assert found(above, below.shift(RIGHT * above.width * 2)) == []


def test_what_lies_farther_back_is_hidden_even_if_it_came_later() -> None:
    line, label = Line(LEFT * 3, RIGHT * 3), words()
    disc = Circle(radius=label.width, fill_color=DARK.ground, fill_opacity=1)
    assert found(disc, label, line.set_z_index(-1)) == []


def test_a_line_that_passes_behind_what_letters_stand_on() -> None:
    line, label = Line(LEFT * 3, RIGHT * 3), words()
    disc = Circle(radius=label.width, fill_color=DARK.ground, fill_opacity=1)
    assert found(line, disc, label) == []
    assert any("not its own" in finding for finding in found(disc, line, label))
    assert any("not its own" in finding for finding in found(line, disc.set_fill(opacity=0.5), label))


def test_letters_too_small_even_where_a_group_was_scaled() -> None:
    (finding,) = found(VGroup(words()).scale(0.5))
    assert "has letters too small to read (an x-height of 11.6 pixels at 1080p, under 16)" in finding


def test_scripts_count_as_letters() -> None:
    small = Formula(view(), a(3, 0), em=0.35)
    assert any("too small" in finding for finding in found(small))
    assert found(Formula(view(), a(3, 0), em=0.42)) == []


def test_too_little_contrast() -> None:
    (finding,) = found(words(colour="#555555"))
    assert "has too little contrast (2.6:1, under 4.5:1)" in finding
    assert found(words(colour="#777777").set_opacity(0.6)) == []
    (dimmed,) = found(words(colour="#777777").set_opacity(0.3))
    assert "under 2:1" in dimmed


def test_contrast_is_held_against_what_lies_behind() -> None:
    disc = Circle(radius=2).set_fill("#ece6d9", opacity=1).set_stroke(width=0)
    assert any("contrast" in finding for finding in found(disc, words()))
    assert found(disc, words(colour="#000000")) == []


def test_a_number_that_no_quantity_answers_for() -> None:
    (finding,) = found(words("the cost is 0.57"))
    assert "shows a number that no quantity answers for" in finding
    assert any("no quantity" in f for f in found(Typeset("$x = 3$", em=0.5, colour=DARK.ink)))
    derivative = 2 * (a(3, 0) - y(0))
    clean = Formula(view(), d(C, a(3, 0)), derivative, Side.numbers(derivative)).move_to(ORIGIN)
    assert found(clean, Typeset("$w_10^((2))$", em=0.5, colour=DARK.ink).shift(UP * 2)) == []


@pytest.mark.parametrize(
    ("caption", "complaint"),
    [
        (Caption(0, 0.5, "Short."), "is shown for 0.5 s, less than 1 s"),
        (Caption(0, 2, "Forty-two characters run through in a moment"), "runs at 22 characters a second, over 17"),
        (Caption(0, 9, "One\ntwo\nthree"), "has 3 lines, over 2"),
        (Caption(0, 9, "A line that is a little longer than forty-two"), "has a line of 45 characters, over 42"),
    ],
)
def test_captions_that_cannot_be_read(caption: Caption, complaint: str) -> None:
    audit = Audit("a_chapter", Screen(*FRAME, 135.0), DARK.ground)
    audit.captions([caption])
    assert complaint in str(audit.findings()[0])


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_can_be_read(name: str) -> None:
    theme = THEMES[name]
    ground = ManimColor(theme.ground)
    for role in {*ROLE_OF_SYMBOL.values(), "ink", "quiet"}:
        colour = ManimColor(theme.role(role))
        assert rgb_contrast(colour.to_rgb(), ground.to_rgb()) >= LEAST_CONTRAST, role
        dimmed = ManimColor(
            tuple(theme.dim * c + (1 - theme.dim) * g for c, g in zip(colour.to_rgb(), ground.to_rgb(), strict=True))
        )
        assert rgb_contrast(dimmed.to_rgb(), ground.to_rgb()) >= LEAST_CONTRAST_DIMMED, role
