import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.quantities import C, a, z
from bp_script.errors import TextError
from bp_script.names import Scope
from bp_script.narration import Format, Narration, Spoken, Words
from tests.random_lessons import lesson


def test_words_and_quantities() -> None:
    narration = Narration.parse("z is {z[L][0]:.2f}, so a is {a[L][0]}.", L=3)
    assert narration.pieces == (
        Words("z is "),
        Spoken(z(3, 0), Format(2)),
        Words(", so a is "),
        Spoken(a(3, 0), Format()),
        Words("."),
    )
    assert narration.expressions == (z(3, 0), a(3, 0))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("", Format()),
        (":.0f", Format(0)),
        (":.12f", Format(12)),
        (":+.3f", Format(3, signed=True)),
        (":.1e", Format(1, power=True)),
        (":+.1e", Format(1, signed=True, power=True)),
        (":d", Format(0)),
        (":+d", Format(0, signed=True)),
    ],
)
def test_formats(form: str, expected: Format) -> None:
    assert Narration.parse(f"{{C{form}}}").pieces == (Spoken(C, expected),)


def test_numbers_are_written_as_everywhere() -> None:
    trace = lesson((1, 2, 1), m=4, seed=1)
    value = trace.value(C)
    assert value > 0.5
    said = Narration.parse("{C}|{C:.4f}|{C:+.1f}|{C:.1e}|{C - C}|{m:d}|{C * 1e-9}|{{C}}").render(trace, decimals=3)
    parts = said.split("|")
    assert parts[0] == f"{value:.3f}"
    assert parts[1] == f"{value:.4f}"
    assert parts[2] == f"{value:+.1f}"
    assert parts[3] == f"{value:.1e}".replace("e+0", "e").replace("e-0", "e-")
    assert parts[4:6] == ["0.000", "4"]
    assert parts[6].endswith("e-9") or parts[6].endswith("e-10")
    assert parts[7] == "{C}"


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("{", 1, 1, "expected '}' after '{'; a brace itself is written '{{'"),
        ("a } b", 1, 3, "expected '{' before '}'; a brace itself is written '}}'"),
        ("{C and {C}", 1, 1, "expected '}' after '{'"),
        ("so {} is", 1, 5, "expected a quantity between the braces; got nothing"),
        ("{C:}", 1, 4, "expected a format such as .2f, +.2f, .1e or d; got ''"),
        ("{C:.2g}", 1, 4, "expected a format such as .2f, +.2f, .1e or d; got '.2g'"),
        ("{C:.999999999f}", 1, 4, "expected at most 12 decimals; got 999999999"),
        ("{C:.9999999999f}", 1, 4, "expected a format such as"),
        ("{C:>99999999}", 1, 4, "expected a format such as"),
        ("{C:{m}}", 1, 1, "expected '}' after '{'"),
        ("{C.__class__}", 1, 3, "got '.'"),
        ("{C!r}", 1, 3, "got '!'"),
        ("{0}{C[0]}", 1, 5, "expected C; got C with 1 index"),
        ("{a[j][0]}", 1, 4, "expected numbers or L as indices; got 'j'"),
        ("{a[4][0]}", 1, 2, "expected a layer from 0 to 3; got 4 in a[4][0]"),
        ("one\ntwo {q}", 2, 6, "got 'q'"),
    ],
)
def test_mistakes_have_their_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(TextError) as caught:
        Narration.parse(text, L=3)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_scope_holds_indices_to_their_ranges() -> None:
    Narration.parse("{y[0]@1}", scope=Scope.of((2, 1), 2))
    with pytest.raises(TextError, match="column 7: expected a target, from 0 to 0; got 1"):
        Narration.parse("here {y[1]}", scope=Scope.of((2, 1), 2))


@given(st.text(max_size=40))
def test_text_without_braces_is_said_as_it_is(text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert Narration.parse(plain).pieces == ((Words(plain),) if plain else ())


@given(st.text(alphabet="{}C:.2fe+d a[0]L", max_size=30))
def test_any_text_is_a_narration_or_a_mistake_inside_it(text: str) -> None:
    mistake = None
    try:
        Narration.parse(text, L=3)
    except TextError as error:
        mistake = error
    assert mistake is None or 0 <= mistake.offset <= len(text)
