"""The same lesson with something else in it: its numbers are those of that lesson, and the record says so."""

from __future__ import annotations

import pytest

from bp_core.costs import Cost
from bp_core.equations import Equation
from bp_core.errors import EquationError
from bp_core.nodes import Apply
from bp_core.quantities import C, Index, J, a, w, z
from bp_core.training import Training
from bp_studio.film_record import FilmRecord
from bp_studio.transcript import in_words
from scenes.kit.film.record import ClipRecord, ShownNumber
from scenes.kit.film.recorder import Recorder, Screen
from scenes.kit.letters.number import Value
from scenes.kit.otherwise import EquationThere, otherwise
from tests.kit_lessons import view, wide_trace
from tests.random_lessons import lesson


def test_other_activations_change_what_follows_them() -> None:
    own = view(wide_trace())
    relu = otherwise(own, activations=("relu", "sigmoid"))
    assert relu.value(z(1, 0)) == own.value(z(1, 0))
    assert relu.value(a(1, 0)) == max(0.0, own.value(z(1, 0)))
    assert relu.value(C) != own.value(C)
    assert relu.instead == (("activations", "relu, sigmoid"),)


def test_what_stays_the_same_is_not_told() -> None:
    own = view(wide_trace())
    assert otherwise(own, activations=("tanh", "sigmoid"), cost=Cost("squared_error")).instead == ()


def test_another_cost_and_another_training() -> None:
    own = view(wide_trace())
    there = otherwise(own, cost=Cost("half_squared_error", l2=0.5), training=Training(0.25, 4, batch_size=1))
    assert there.value(C) == pytest.approx(own.value(C) / 2)
    assert there.value(
        J,
    ) == pytest.approx(there.trace.J)
    assert len(there.trace.steps) == 5
    assert dict(there.instead) == {
        "cost": "half_squared_error, l2 0.5",
        "training": "learning_rate 0.25, epochs 4, batch_size 1",
    }


def test_changes_add_up_and_survive_nudges() -> None:
    both = otherwise(otherwise(view(wide_trace()), activations=("relu", "sigmoid")), cost=Cost("half_squared_error"))
    assert dict(both.instead) == {"activations": "relu, sigmoid", "cost": "half_squared_error"}
    nudged = both.with_nudge({w(1, 0, 0): 0.5})
    assert nudged.shown(C).instead == both.instead
    assert nudged.shown(C).nudged == (("w[1][0][0]", 1.0),)


def test_the_record_and_the_transcript_say_so() -> None:
    there = otherwise(view(wide_trace()), activations=("relu", "sigmoid"))
    recorder = Recorder(Screen(14.0, 8.0, 135.0))
    recorder.settled([Value(there, a(2, 0))], 0.0, 0.0)
    recorder.finish(1.0)
    (number,) = recorder.numbers()
    assert number.instead == {"activations": "relu, sigmoid"}
    assert in_words(number).endswith("with activations relu, sigmoid")
    clip = ClipRecord("c", "C", 854, 480, 15, 1.0, (), (number,), (), ())
    assert ClipRecord.from_dict(clip.to_dict()) == clip
    (entry,) = FilmRecord("mine", (clip,)).to_dict()["shown"]
    assert entry["instead"] == {"activations": "relu, sigmoid"}
    assert "nudged" not in entry
    assert "source" not in entry


def test_a_number_that_another_program_computed() -> None:
    number = ShownNumber(0.0, 1.0, (0, 0, 9, 9), "C", 0, 0, 0.5, "0.50", source="a library 1.2")
    assert in_words(number) == "the cost of the example C is 0.50 as a library 1.2 has it"


def test_an_equation_about_another_lesson() -> None:
    own = view(wide_trace())
    relu = otherwise(own, activations=("relu", "sigmoid"))
    claim = EquationThere(a(1, 1), z(1, 1), relu.trace)
    if relu.value(z(1, 1)) <= 0:
        claim = EquationThere(a(1, 1), 0 * z(1, 1), relu.trace)
    claim.check(own.trace)
    assert claim.sides(own.trace) == Equation(claim.left, claim.right).sides(relu.trace)
    with pytest.raises(EquationError):
        EquationThere(a(1, 0), Apply("tanh", z(1, 0)), relu.trace).check(own.trace)


def test_cases_of_an_equation_there_are_there() -> None:
    here, there = lesson((2, 3, 2)), lesson((2, 3, 2), seed=5)
    general = Equation(a(1, Index("j")), Apply("sigma", z(1, Index("j")), 1))
    cases = list(EquationThere(general.left, general.right, there).cases(here))
    assert [case.sides(here)[0] for case in cases] == there.examples[there.focus].layer(1).a.tolist()
