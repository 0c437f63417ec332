"""What a voice says for what is written."""

from __future__ import annotations

import pytest

from bp_script.language import language_of
from scenes.kit.voice.saying import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("The output is 0.66.", "The output is 0.66."),
        ("z is −0.06, or +0.20", "z is minus 0.06, or plus 0.20"),
        ("∂C/∂w ≈ −1.5", "the derivative of C with respect to w about minus 1.5"),
        ("dC/da", "the derivative of C with respect to a"),
        ("∂C₀/∂w⁽³⁾:", "the derivative of C 0 with respect to w 3:"),
        ("σ′(z)", "sigma prime (z)"),
        ("Δw and δ", "delta w and delta"),
        ("−η∇C", "minus eta the gradient of C"),
        ("a₁₂ · x²", "a 1 2 times x squared"),
        ("a=0.5", "a equals 0.5"),
        ("(−0.5)", "(minus 0.5)"),
        ("wᵀ", "w transposed"),
        ("1/2", "1 over 2"),
        ("input/output", "input/output"),
        ("a mini-batch of a 2-3-2 network", "a mini-batch of a 2-3-2 network"),
        ("5% of 1,000", "5% of 1,000"),
        ("a neuron's a is large", "a neuron's ay is large"),
        ("it moves a, and", "it moves ay, and"),
        ("that is a times one minus a.", "that is ay times one minus ay."),
    ],
)
def test_symbols_become_words(written: str, spoken: str) -> None:
    assert " ".join(said(written.split())) == spoken


def test_a_power_of_ten_is_said_as_one() -> None:
    assert said(["−1.2 × 10⁻⁴."]) == ["minus 1.2 times ten to the power of minus 4."]


def test_each_word_stays_a_word() -> None:
    words = "So ∂C/∂w is −0.06; dC/da ≈ 1.2 and a → b".split()
    assert len(said(words)) == len(words)


def test_german() -> None:
    written = ["∂C/∂w", "≈", "−0,06,", "a", "ist", "1,2 × 10⁻⁴,", "w⁽³⁾", "wird", "um", "+0,2", "größer"]
    assert " ".join(said(written, language_of("de"))) == (
        "die Ableitung von C nach w ungefähr minus 0,06, a ist 1,2 mal zehn hoch minus 4, w 3 wird um plus 0,2 größer"
    )
