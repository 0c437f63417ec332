from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bp_script.errors import LessonErrors, Mistake
from bp_script.source import Source
from bp_script.yaml_marks import Document, read_document, scalar


def read(text: str) -> Document:
    return read_document(Source("m.yaml", text))


def where(document: Document, *path: str | int, offset: int | None = None, at_key: bool = False) -> tuple[Any, Any]:
    error = document.error(Mistake(path, "wrong", offset, at_key))
    return error.line, error.column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("1E3", 1000.0), ("-.5", -0.5), ("5.", 5.0), ("+7", 7), ("012", 12), ("0", 0), ("-0", 0),
        ("1_000", "1_000"), ("0o17", "0o17"), ("0x1F", "0x1F"), ("0b1", "0b1"), ("1:30", "1:30"), ("16:9", "16:9"),
        ("1.2.3", "1.2.3"), ("2026-01-01", "2026-01-01"), ("e3", "e3"), (".", "."), ("1e", "1e"), ("+", "+"),
        ("true", True), ("false", False), ("True", "True"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"),
        ("y", "y"), ("n", "n"), ("", None), ("~", None), ("null", None), ("none", "none"),
        (".inf", float("inf")), ("-.inf", float("-inf")), ("inf", "inf"), ("nan", "nan"), ("9" * 400, float("inf")),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_quotes_and_the_text_tag_make_texts() -> None:
    assert read("['1', \"true\", !!str 2, ! 3, |-\n 4\n]".replace("|-\n 4\n", "'4'")).data == [
        "1",
        "true",
        "2",
        "3",
        "4",
    ]


def test_every_value_has_its_place() -> None:
    document = read("a: 1\nbb:   {c: [10, 'é', x],\n  d: {}}\ne:\n  - f: 1\n    g: 2\n  -\n    - 3\n")
    assert where(document, "a") == (1, 4)
    assert where(document, "bb") == (2, 7)
    assert where(document, "bb", at_key=True) == (2, 1)
    assert where(document, "bb", "c", 0) == (2, 12)
    assert where(document, "bb", "c", 2) == (2, 21)
    assert where(document, "bb", "d", at_key=True) == (3, 3)
    assert where(document, "e", 0, "g") == (5 + 1, 8)
    assert where(document, "e", 1, 0) == (8, 7)


def test_what_is_not_there_has_the_place_of_what_is_around_it() -> None:
    document = read("a:\n  b: [1, 2]\n")
    assert where(document, "a", "missing") == (2, 3)
    assert where(document, "a", "b", 7) == (2, 6)
    assert where(document, "a", "b", 0, "deeper") == (2, 7)
    assert where(document, "missing", at_key=True) == (1, 1)


def test_an_alias_has_the_place_of_what_it_stands_for() -> None:
    document = read("a: &one [1, x]\nb: *one\n")
    assert document.data == {"a": [1, "x"], "b": [1, "x"]}
    assert where(document, "b", 1) == (1, 13)


def test_lines_end_as_they_like() -> None:
    document = read("a: 1\r\nb: 2\rc: 3\nd: 4")
    assert [where(document, key)[0] for key in "abcd"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("say: one two", (1, 10)),
        ("say: 'one two'", (1, 11)),
        ('say: "one two"', (1, 11)),
        ("say: 'it''s one two'", (1, 17)),
        ('say: "\\u00e9\\t\\x41 one two"', (1, 24)),
        ('say: "one \\\n   two"', (2, 4)),
        ('say: "one\\\\\\\n  \\ :two"', (2, 6)),
        ('say: "one\\\r\n  \\ two"', (2, 5)),
        ("say: >\n  one\n  two", (3, 3)),
        ("say: >-\n\n    one\n\n    two", (5, 5)),
        ("say: | # comment two\n  one\n    two", (3, 5)),
        ("say: |2-\n    one\n   two", (3, 4)),
        ("say: one\n  two", (2, 3)),
        ("say: &anchor 'one two'", (1, 19)),
        ("say: !!str one two", (1, 16)),
        ("say: [a, 'one\n\n  two']", (3, 3)),
    ],
)
def test_a_word_inside_a_text_has_its_place(text: str, place: tuple[int, int]) -> None:
    document = read(text)
    path: tuple[str | int, ...] = ("say", 1) if isinstance(document.data["say"], list) else ("say",)
    value = document.part(path).data
    assert where(document, *path, offset=value.index("two")) == place


@given(
    st.text(alphabet="ab cé'\"\n{}:#-\\", min_size=1, max_size=40),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([10, 80]),
)
def test_every_letter_of_a_text_is_found_in_the_file(value: str, style: str | None, width: int) -> None:
    text = "k:\n- x\n- " + yaml.dump(value, default_style=style, width=width, allow_unicode=True).replace("\n", "\n  ")
    try:
        document = read(text)
    except LessonErrors:
        return  # PyYAML's own writer and reader do not agree on every text
    lines = text.split("\n")
    if document.data["k"][1] != value:
        return
    for offset, letter in enumerate(value):
        if letter in "abcé{}:#-":
            line, column = where(document, "k", 1, offset=offset)
            assert lines[line - 1][column - 1] in {letter, "\\"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", "m.yaml:1:5: expected one 'key: value'; got another ': ' (a text that has one needs quotes)"),
        ("a:\n\t- b", "m.yaml:2:1: expected spaces; got a tab"),
        (
            "a: 'abc",
            "m.yaml:1:8: expected the closing quote of the text that begins in line 1; got the end of the file",
        ),
        ("a: [1, 2", "m.yaml:1:9: expected ',' or ']' in the list that begins in line 1; got something else"),
        ("a: {b: 1", "m.yaml:1:9: expected ',' or '}' in the mapping that begins in line 1; got something else"),
        ("a: 1\n b: 2", "m.yaml:2:3: expected one 'key: value'; got another ': ' (a text that has one needs quotes)"),
        ("- a\nb: 1", "m.yaml:2:1: expected '- ', indented as its neighbours; got something else"),
        ("a: 1\nb", "m.yaml:2:2: expected ':' after the key; got none"),
        ("a: @b", "m.yaml:1:4: expected a value; got a character that begins none (quote the text)"),
        ("a: \x07", "m.yaml:1:4: expected text; got the control character U+0007"),
        ("a: 1\na: 2", "m.yaml:2:1: a: expected each key once; got it again after line 1"),
        ("a: *b", "m.yaml:1:4: a: expected &b to stand before *b; got none"),
        ("a: &a [*a]", "m.yaml:1:8: a[0]: expected &a to stand before *a; got none"),
        ("a: !!python/object:os.system x", "m.yaml:1:4: a: expected no tag, a lesson is plain data; got '!!python/obj"),
        ("a: !own [1]", "m.yaml:1:4: a: expected no tag, a lesson is plain data; got '!own'"),
        ("? [1]\n: 2", "m.yaml:1:3: expected a plain name as key; got something else"),
        ("a: 1\n--- \nb: 1", "m.yaml:2:1: expected one document; got a second one after ---"),
        ("a: " + "[" * 10_000, "m.yaml:1:35: a[0][0][0][0][0][0][0][0][0][0][0] …: expected at most 32 lists"),
        ("a: " + "{b: " * 10_000, "m.yaml:1:128: a.b.b.b.b.b.b.b.b.b.b.b …: expected at most 32 lists"),
    ],
)
def test_mistakes_of_form(text: str, expected: str) -> None:
    mistakes: list[str] = []
    try:
        mistakes = [str(mistake) for mistake in read(text).mistakes]
    except LessonErrors as error:
        mistakes = str(error).splitlines()
    assert len(mistakes) == 1
    assert mistakes[0].startswith(expected)


def test_all_mistakes_of_form_are_told() -> None:
    assert [str(mistake) for mistake in read("a: !x 1\nb: *c\na: 2").mistakes] == [
        "m.yaml:1:4: a: expected no tag, a lesson is plain data; got '!x'",
        "m.yaml:2:4: b: expected &c to stand before *c; got none",
        "m.yaml:3:1: a: expected each key once; got it again after line 1",
    ]


def test_aliases_that_blow_up_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(LessonErrors, match="expected at most 1,500,000 values, aliases included; got more"):
        read("\n".join(lines))
