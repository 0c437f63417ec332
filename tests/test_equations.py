"""Expressions evaluated against a trace, and equations that are refused unless they hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings

from bp_core.activations import ACTIVATIONS
from bp_core.costs import Cost
from bp_core.equations import MOST_CASES, Equation, evaluate, magnitude, nearby
from bp_core.errors import EquationError, NumberError, QuantityError
from bp_core.network import Example, Network
from bp_core.nodes import Apply, Constant, Expression, LayerSize, Mean, New, Number, ProductOver, SumOver, Symbol
from bp_core.quantities import C, Index, J, a, b, d, delta, w, x, y, z
from bp_core.trace import Trace, trace
from bp_core.training import Training
from tests.random_lessons import HIDDEN, lesson, lessons

L, e, i, j, k, l = (Index(name) for name in "Leijkl")
LESSON = lesson((3, 4, 2), ("tanh", "sigmoid"), l2=0.3, training=Training(0.5, epochs=3, batch_size=2))
WEIGHTED_SUM = Equation(z(l, j), SumOver("k", w(l, j, k) * a(l - 1, k)) + b(l, j))


def sigma(argument: Expression, layer: int | Index | None = None) -> Expression:
    return Apply("sigma", argument, layer)


def ln(argument: Expression) -> Expression:
    return Apply("ln", argument)


class TestEvaluate:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            (Number(2) + 3 - 4, 1.0),
            (Number(2) * 3 / 4, 1.5),
            (Number(2) ** (Number(3) ** 1), 8.0),
            (-(Number(2) ** 2), -4.0),
            (Number(2) ** -1, 0.5),
            (Apply("ln", Apply("exp", Number(1.5))), 1.5),
            (Apply("tanh", Number(0.5)), math.tanh(0.5)),
            (Apply("max", Number(-2)) + Apply("max", Number(3)), 3.0),
            (Apply("step", Number(0)) + Apply("step", Number(0.1)), 1.0),
        ],
    )
    def test_formulas_of_numbers_alone_need_no_network(self, expression: Expression, value: float) -> None:
        assert evaluate(expression, None) == pytest.approx(value, rel=1e-15)

    def test_a_symbol_has_the_value_it_is_given(self) -> None:
        assert evaluate(Symbol("u") ** 2, None, bindings={"u": -1.5}) == 2.25
        with pytest.raises(QuantityError, match="nothing gives the symbol u a value"):
            evaluate(Symbol("u"), None)

    def test_quantities_are_those_of_the_trace(self) -> None:
        example = LESSON.examples[1]
        assert evaluate(a(1, 2).at_example(1), LESSON) == example.layer(1).a[2]
        assert evaluate(d(C, w(2, 1, 3)).at_example(1), LESSON) == example.layer(2).dC_dw[1, 3]
        assert evaluate(C, LESSON) == LESSON.examples[2].C
        assert evaluate(a(L - 1, 0), LESSON) == LESSON.examples[2].layer(1).a[0]
        assert evaluate(a(0, 1), LESSON) == evaluate(x(1), LESSON)

    def test_a_step_is_the_network_after_as_many_updates(self) -> None:
        for step in range(5):
            network = LESSON.steps[step].network
            assert evaluate(w(1, 0, 0), LESSON, step) == network.parameter(w(1, 0, 0))
            assert evaluate(New(b(2, 1)), LESSON, step) == LESSON.steps[step + 1].network.parameter(b(2, 1))

    def test_the_update_after_the_last_is_the_one_that_would_follow(self) -> None:
        longer = lesson((3, 4, 2), ("tanh", "sigmoid"), l2=0.3, training=Training(0.5, epochs=4, batch_size=2))
        assert evaluate(New(w(1, 0, 0)), LESSON, 6) == evaluate(w(1, 0, 0), longer, 7)

    def test_constants_of_the_lesson(self) -> None:
        assert evaluate(Constant("m"), LESSON) == 3
        assert evaluate(Constant("l2"), LESSON) == 0.3
        assert evaluate(Constant("eta"), LESSON) == 0.5
        assert [evaluate(LayerSize(layer), LESSON) for layer in (0, 1, L)] == [3, 4, 2]

    @pytest.mark.parametrize("name", HIDDEN)
    def test_sigma_is_the_activation_of_its_layer(self, name: str) -> None:
        two = lesson((2, 2, 2), (name, "sigmoid"))
        for u in (-1.5, 0.0, 2.0):
            activation = ACTIVATIONS[name]
            assert evaluate(sigma(Number(u), 1), two) == activation.value(np.array(u))
            assert evaluate(Apply("sigma'", Number(u), 1), two) == activation.derivative(np.array(u))
            assert evaluate(sigma(Number(u)), two) == ACTIVATIONS["sigmoid"].value(np.array(u))

    def test_free_indices_have_the_values_they_are_given(self) -> None:
        assert evaluate(w(l, j, k + 1), LESSON, bindings={"l": 2, "j": 1, "k": 2}) == evaluate(w(2, 1, 3), LESSON)

    def test_zero_times_the_logarithm_of_zero_is_zero(self) -> None:
        dead = trace(Network([[[0.0]]], [[-2000.0]], "sigmoid"), Cost("binary_cross_entropy"), [Example([1.0], [0.0])])
        assert evaluate(y(0) * ln(a(1, 0)), dead) == 0.0
        assert evaluate(y(0) / a(1, 0), dead) == 0.0
        with pytest.raises(NumberError, match=r"^ln\(a\[1\]\[0\]\) is not a finite number$"):
            evaluate((1 - y(0)) * ln(a(1, 0)), dead)
        with pytest.raises(NumberError, match=r"^ln\(-1\) is not a real number$"):
            evaluate(y(0) * ln(Number(-1)), dead)
        with pytest.raises(NumberError, match=r"^0 / 0 is not a finite number$"):
            evaluate(Number(0) / Number(0), dead)


class TestRanges:
    @pytest.mark.parametrize(
        ("expression", "indices"),
        [
            (SumOver("j", a(1, j)), [{"j": n} for n in range(4)]),
            (SumOver("j", w(2, j, 0)), [{"j": n} for n in range(2)]),
            (SumOver("k", w(2, 0, k)), [{"k": n} for n in range(4)]),
            (SumOver("k", w(L - 1, 0, k)), [{"k": n} for n in range(3)]),
            (SumOver("j", y(j)), [{"j": n} for n in range(2)]),
            (SumOver("j", x(j)), [{"j": n} for n in range(3)]),
            (SumOver("j", b(2, j) + z(2, j) + delta(2, j)), [{"j": n} for n in range(2)]),
            (SumOver("l", a(l, 0)), [{"l": n} for n in range(3)]),
            (SumOver("l", b(l, 0)), [{"l": n} for n in (1, 2)]),
            (SumOver("l", b(l, 0) * a(l - 1, 0)), [{"l": n} for n in (1, 2)]),
            (SumOver("l", a(l, 0) * b(l + 1, 0)), [{"l": n} for n in (0, 1)]),
            (SumOver("l", b(l, 0) * b(l + 1, 0)), [{"l": 1}]),
            (SumOver("j", a(1, j) * a(1, j + 1)), [{"j": n} for n in range(3)]),
            (SumOver("j", a(1, j - 1)), [{"j": n} for n in range(1, 4)]),
            (SumOver("e", C.at_example(e)), [{"e": n} for n in range(3)]),
            (SumOver("e", C.at_example(e) * C.at_example(e - 1)), [{"e": n} for n in (1, 2)]),
            (SumOver("k", d(z(2, 0), a(1, k))), [{"k": n} for n in range(4)]),
            (SumOver("i", d(a(L, 0), z(L, i))), [{"i": n} for n in range(2)]),
        ],
    )
    def test_a_sum_runs_over_what_its_index_counts(self, expression: SumOver, indices: list[dict[str, int]]) -> None:
        expected = sum(evaluate(expression.body, LESSON, bindings=values) for values in indices)
        assert evaluate(expression, LESSON) == pytest.approx(expected, rel=1e-14)

    def test_sums_nest_and_inner_ranges_follow_the_layer(self) -> None:
        squares = SumOver("l", SumOver("j", SumOver("k", w(l, j, k) ** 2)))
        assert evaluate(squares, LESSON) == pytest.approx(sum(np.square(W).sum() for W in LESSON.network.weights))
        assert evaluate(SumOver("l", LayerSize(l)), LESSON) == 9

    def test_an_inner_index_hides_an_outer_one_of_the_same_name(self) -> None:
        both = SumOver("j", a(1, j) * SumOver("j", a(2, j)))
        outputs, hidden = LESSON.examples[2].layer(2).a, LESSON.examples[2].layer(1).a
        assert evaluate(both, LESSON) == pytest.approx(hidden.sum() * outputs.sum())

    def test_products_and_means(self) -> None:
        product = ProductOver("j", a(2, j))
        assert evaluate(product, LESSON) == pytest.approx(LESSON.examples[2].layer(2).a.prod())
        mean = Mean("e", C.at_example(e))
        assert evaluate(mean, LESSON) == pytest.approx(np.mean([example.C for example in LESSON.examples]))

    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            (SumOver("j", a(1, j) * y(j)), "j counts the 4 neurons of layer 1 in a[1][j] but the 2 neurons of layer 2"),
            (SumOver("j", a(1, j) * b(j, 0)), "j counts the 4 neurons of layer 1 in a[1][j] but the layers in b[j][0]"),
            (SumOver("j", C.at_example(j) * y(j)), "j counts the examples in C@j but the 2 neurons of layer 2 in y[j]"),
            (SumOver("j", C), "nothing says what j runs over in C"),
            (Mean("e", C), "nothing says what e runs over in C"),
            (SumOver("j", SumOver("l", b(l, j))), "nothing says what j runs over in b[l][j]"),
            (a(1, j), "nothing gives the index j a value"),
            (SumOver("j", a(3, j)), "there is no a[3][j] in layer 3: the layers are 0 to 2"),
        ],
    )
    def test_an_index_that_runs_over_nothing_or_two_things_is_refused(
        self, expression: Expression, message: str
    ) -> None:
        with pytest.raises(QuantityError) as refused:
            evaluate(expression, LESSON)
        assert message in str(refused.value)


class TestErrors:
    UNTRAINED = lesson((3, 4, 2), "tanh")

    @pytest.mark.parametrize(
        ("expression", "name"),
        [
            (a(2, 7), "a[2][7]"),
            (a(j, 0), "a[5][0]"),
            (w(1, 0, 3), "w[1][0][3]"),
            (z(0, 0), "z[0][0]"),
            (C.at_example(3), "C@3"),
            (d(C, w(9, 0, 0)), "w[9][0][0]"),
            (d(C, y(0)), "dC/dy[0]"),
            (LayerSize(4), "n[4]"),
            (New(w(1, 0, 5)), "w[1][0][5]"),
            (sigma(z(1, 0), 0), "sigma[0]"),
            (Constant("tau"), "tau"),
            (Apply("sin", Number(1)), "sin"),
        ],
    )
    def test_what_is_not_there_is_named(self, expression: Expression, name: str) -> None:
        with pytest.raises(QuantityError) as refused:
            evaluate(expression, LESSON, bindings={"j": 5})
        assert name in str(refused.value)

    @pytest.mark.parametrize("expression", [Constant("eta"), New(w(1, 0, 0))])
    def test_without_training_there_is_no_update(self, expression: Expression) -> None:
        with pytest.raises(QuantityError, match=r"(eta|new\(w\[1\]\[0\]\[0\]\)) .*this lesson has no training"):
            evaluate(expression, self.UNTRAINED)

    @pytest.mark.parametrize(
        "expression", [a(1, 0), Constant("m"), sigma(Number(1)), SumOver("j", a(1, j)), LayerSize(1)]
    )
    def test_without_a_network_only_formulas_have_values(self, expression: Expression) -> None:
        with pytest.raises(QuantityError, match="has no value without a network"):
            evaluate(expression, None)

    def test_softmax_is_no_function_of_one_number(self) -> None:
        classifier = lesson((3, 2), "softmax", "cross_entropy")
        for function in ("sigma", "sigma'"):
            with pytest.raises(QuantityError, match=r"softmax, which is not a function of one number"):
                evaluate(Apply(function, z(1, 0)), classifier)

    @pytest.mark.parametrize(
        "expression",
        [
            Apply("exp", Number(1000)),
            Number(1e300) * 1e300,
            Number(1e308) + 1e308,
            Number(1) / 0,
            Number(10) ** 400,
            Number(0) ** -1,
            Apply("ln", Number(0)),
        ],
    )
    def test_what_overflows_is_named(self, expression: Expression) -> None:
        with pytest.raises(NumberError) as refused:
            evaluate(1 - expression, None)
        assert str(refused.value) == f"{expression} is not a finite number"

    def test_a_root_of_a_negative_number_is_refused(self) -> None:
        with pytest.raises(NumberError, match="not a real number"):
            evaluate(Number(-2) ** 0.5, None)

    def test_the_step_is_named(self) -> None:
        with pytest.raises(
            NumberError, match=r"^1 / \(w\[1\]\[0\]\[0\] - .*\) after step 2 \(epoch 1\) is not a finite"
        ):
            evaluate(1 / (w(1, 0, 0) - evaluate(w(1, 0, 0), LESSON, 2)), LESSON, 2)


def test_the_size_of_terms_is_what_they_come_to_without_cancelling() -> None:
    u = Symbol("u")
    assert magnitude(u - u + 1, None, bindings={"u": -3.0}) == 7.0
    assert magnitude(2 * (u - u), None, bindings={"u": -3.0}) == 0.0
    errors = [evaluate(a(2, n) - y(n), LESSON) for n in range(2)]
    assert magnitude(SumOver("j", a(2, j) - y(j)), LESSON) == pytest.approx(
        sum(abs(error + 2 * evaluate(y(n), LESSON)) for n, error in enumerate(errors))
    )


class TestCheck:
    def test_an_equation_that_holds_passes_at_every_step(self) -> None:
        for step in range(7):
            WEIGHTED_SUM.check(LESSON, step)

    def test_both_sides_are_told(self) -> None:
        wrong = Equation(d(C, w(2, 0, 0)), delta(2, 0) * a(1, 1))
        left, right = wrong.sides(LESSON)
        with pytest.raises(EquationError) as refused:
            wrong.check(LESSON)
        assert str(refused.value) == f"dC/dw[2][0][0] is {left:.3g} but the right side is {right:.3g}"

    def test_as_many_digits_are_told_as_show_the_difference(self) -> None:
        wrong = Equation(Number(1), Number(1) + 1e-6)
        with pytest.raises(EquationError, match=r"^1 is 1 but the right side is 1\.000001$"):
            wrong.check(LESSON)

    def test_a_general_equation_is_tried_at_every_value_of_its_indices(self) -> None:
        holds_in_layer_2_alone = Equation(a(l, j), sigma(z(l, j)))
        with pytest.raises(EquationError, match=r"^a\[1\]\[0\] is "):
            holds_in_layer_2_alone.check(LESSON)
        Equation(a(2, j), sigma(z(2, j))).check(LESSON)
        assert [str(case.left) for case in WEIGHTED_SUM.cases(LESSON)] == [
            *(f"z[1][{neuron}]" for neuron in range(4)),
            *(f"z[2][{neuron}]" for neuron in range(2)),
        ]

    def test_on_a_wide_layer_a_general_equation_is_tried_at_many_values(self) -> None:
        wide = lesson((2, 2 * MOST_CASES), "linear")
        WEIGHTED_SUM.check(wide)
        with pytest.raises(EquationError):
            Equation(z(l, j), SumOver("k", w(l, j, k) * a(l - 1, k)) - b(l, j)).check(wide)

    def test_a_coincidence_at_the_lessons_parameters_is_refused(self) -> None:
        coincidence = Equation(C, Number(LESSON.value(C)))
        assert len(set(coincidence.sides(LESSON))) == 1
        with pytest.raises(EquationError, match=r"at slightly different parameters$"):
            coincidence.check(LESSON)

    def test_a_sign_that_a_zero_hides_is_refused(self) -> None:
        fresh = trace(Network.initialised([2, 2], "tanh", "xavier"), Cost("squared_error"), [Example([1, 2], [0, 1])])
        wrong = Equation(z(1, j), SumOver("k", w(1, j, k) * x(k)) - b(1, j))
        with pytest.raises(EquationError, match=r"at slightly different parameters$"):
            wrong.check(fresh)

    def test_the_step_of_a_difference_is_told(self) -> None:
        with pytest.raises(EquationError, match=r" after step 3 \(epoch 2\)$"):
            Equation(C, J).check(LESSON, 3)

    def test_one_part_in_ten_to_the_eighth_is_too_much(self) -> None:
        Equation(C, C * (1 + 1e-10)).check(LESSON)
        with pytest.raises(EquationError):
            Equation(C, C * (1 + 1e-8)).check(LESSON)

    def test_terms_that_cancel_leave_room_for_their_rounding(self) -> None:
        Equation(C * 1e6 + 1 - C * 1e6, Number(1)).check(LESSON)
        Equation((C + 1e6) - 1e6 - C, Number(0)).check(LESSON)

    def test_a_small_value_is_not_taken_for_none(self) -> None:
        with pytest.raises(EquationError):
            Equation(C * 1e-30, Number(0)).check(LESSON)
        with pytest.raises(EquationError):
            Equation(C * 1e-30, 2 * C * 1e-30).check(LESSON)

    def test_saturated_neurons_pass_although_one_minus_a_has_lost_its_digits(self) -> None:
        for bias in (10.0, 20.0, 30.0):
            saturated = trace(
                Network([[[1.0]]], [[bias]], "sigmoid"), Cost("binary_cross_entropy"), [Example([1.0], [1.0])]
            )
            Equation(d(a(1, 0), z(1, 0)), a(1, 0) * (1 - a(1, 0))).check(saturated)
            Equation(delta(1, 0), a(1, 0) - y(0)).check(saturated)
            Equation(C, -ln(a(1, 0))).check(saturated)
            with pytest.raises(EquationError):
                Equation(d(a(1, 0), z(1, 0)), 1 - a(1, 0) + 1e-3).check(saturated)

    def test_a_kink_between_the_parameter_sets_does_no_harm(self) -> None:
        at_the_kink = trace(Network([[[0.0]]], [[0.0]], "relu"), Cost("squared_error"), [Example([1.0], [1.0])])
        slopes = {place.value(d(a(1, 0), z(1, 0))) for place in (at_the_kink, *nearby(at_the_kink))}
        assert slopes == {0.0, 1.0}
        Equation(d(C, w(1, 0, 0)), x(0) * Apply("sigma'", z(1, 0)) * 2 * (a(1, 0) - y(0))).check(at_the_kink)

    def test_the_update_rule_holds_at_every_step_of_full_batches(self) -> None:
        full = lesson((3, 4, 2), l2=0.3, training=Training(0.5, epochs=3))
        rule = Equation(New(w(l, j, k)), w(l, j, k) - Constant("eta") * d(J, w(l, j, k)))
        for step in range(3):
            rule.check(full, step)
        with pytest.raises(EquationError):
            rule.check(LESSON)

    def test_what_an_equation_names_has_to_be_there(self) -> None:
        with pytest.raises(QuantityError, match=r"w\[1\]\[0\]\[9\]"):
            Equation(C, w(1, 0, 9)).check(LESSON)

    def test_an_equation_about_nothing_in_this_network_is_refused(self) -> None:
        with pytest.raises(QuantityError, match="in this network there are no such indices"):
            Equation(b(l, 0), b(l + 2, 0)).check(LESSON)

    def test_sides_and_words(self) -> None:
        equation = Equation(a(l, j), sigma(z(l, j), l))
        assert str(equation) == "a[l][j] = sigma[l](z[l][j])"
        assert str(equation.bound({"l": 1, "j": 2})) == "a[1][2] = sigma[1](z[1][2])"
        assert str(Equation(C, a(L - 1, 0)).bound({}, last_layer=2)) == "C = a[1][0]"
        left, right = equation.sides(LESSON, bindings={"l": 1, "j": 2})
        assert left == LESSON.value(a(1, 2))
        assert right == pytest.approx(left, rel=1e-15)


def test_the_other_parameters_are_close_and_always_the_same() -> None:
    here, there = LESSON.network.vector, [place.network.vector for place in nearby(LESSON)]
    assert all(0 < np.abs(vector - here).max() < 0.05 for vector in there)
    assert all((vector != here).all() for vector in there)
    again = lesson((3, 4, 2), ("tanh", "sigmoid"), l2=0.3)
    assert all((one == other.network.vector).all() for one, other in zip(there, nearby(again), strict=True))


@given(lessons())
@settings(max_examples=40)
def test_the_forward_pass_holds_on_any_network(any_lesson: Trace) -> None:
    WEIGHTED_SUM.check(any_lesson)
