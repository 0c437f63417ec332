"""A lesson's own words in other languages, and the characters that can be drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, load
from bp_script.own_words import words_path
from bp_script.shipped import lesson_names, lesson_path
from bp_studio.lessons import load_for_pictures, load_lessons
from scenes.kit.chapter import view_of
from scenes.kit.letters.coverage import lacking
from scenes.kit.parameters import BaseParameters

LESSON = """\
title: A small step
network:
  sizes: [1, 1]
  activations: sigmoid
  weights: [[[0.5]]]
  biases: [[0.1]]
cost: squared_error
examples: {csv: rain.csv, inputs: [rain], targets: [wet]}
chapters:
  - nudge:
      say: >
        We nudge the weight,
        and C is {C:.2f}.
  - custom:
      name: mine
      title: What it does
      steps:
        - show: {text: Look here}
        - say: "The output is {a[L][0]}."
"""
WORDS = """\
de:
  A small step: Ein kleiner Schritt
  rain: Regen
  "We nudge the weight, and C is {C:.2f}.": "Ein Stups am Gewicht, und C ist {C:.2f}."
  What it does: Was das bewirkt
  Look here: Hier
  "The output is {a[L][0]}.": "Die Ausgabe ist {a[L][0]}."
fr: {A small step: Un petit pas}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(LESSON, encoding="utf-8")
    (tmp_path / "rain.csv").write_text("rain,wet\n0.5,1\n", encoding="utf-8")
    (tmp_path / "mine.words.yaml").write_text(WORDS, encoding="utf-8")
    return tmp_path


def said(lesson: Lesson) -> list[str]:
    nudge, own = (call.parameters for call in lesson.chapters)
    shown, spoken = own["steps"]
    return [lesson.title, *lesson.input_names, nudge["say"].strip(), own["title"], shown["show"]["text"], spoken["say"]]


def test_every_text_is_said_in_the_films_language(folder: Path) -> None:
    (german,) = load_for_pictures([str(folder / "mine.yaml")], look={"language": "de-AT"})
    assert said(german) == [
        "Ein kleiner Schritt",
        "Regen",
        "Ein Stups am Gewicht, und C ist {C:.2f}.",
        "Was das bewirkt",
        "Hier",
        "Die Ausgabe ist {a[L][0]}.",
    ]


def test_what_is_left_out_stays_and_the_products_words_are_english_where_there_are_no_others(folder: Path) -> None:
    (french,) = load_for_pictures([str(folder / "mine.yaml")], look={"language": "fr"})
    assert said(french)[0] == "Un petit pas"
    assert said(french)[3] == "What it does"
    view = view_of(french, BaseParameters())
    assert view.tr("The whole calculation") == "The whole calculation"
    assert view.language.decimal == ","
    assert said(load(folder / "mine.yaml"))[0] == "A small step"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "What it does:",
            "What it did:",
            "5:3: expected a text of the lesson; got 'What it did'; did you",
        ),
        ("ist {C:.2f}.", "ist {C:.3f}.", "expected {C:.2f}, as in the lesson's text; got {C:.3f}"),
        ("ist {C:.2f}.", "ist {Q}.", "4:79: de['We nudge the weight, and C is {C:.2f}.']: expected a quantity"),
        ("Ausgabe ist {a[L][0]}.", "Ausgabe {a[L][0]} ist {C}.", "expected no more quantities; got {C}"),
        ("ist {C:.2f}.", "ist.", "expected {C:.2f}, as in the lesson's text; got none"),
        ("Hier\n", "3\n", "expected a text; got 3; a text that looks like a number needs quotes"),
        (
            "de:",
            "deutsch:",
            "1:1: deutsch: expected a language (en or de, or another tag such as pt-BR); got 'deutsch'",
        ),
        ("de:\n", "de: !!python/name:os.system\n", "expected"),
        ("{A small step: Un petit pas}", "5", "8:5: fr: expected the lesson's texts, each with its translation; got 5"),
    ],
)
def test_a_mistake_in_the_words_has_its_line(folder: Path, old: str, new: str, expected: str) -> None:
    text = WORDS.replace(old, new)
    assert text != WORDS
    (folder / "mine.words.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LessonErrors) as errors:
        load(folder / "mine.yaml", look={"language": "fr" if ": fr:" in expected else "de"})
    told = str(errors.value)
    assert all(line.startswith(str(folder / "mine.words.yaml")) for line in told.splitlines())
    assert expected in told


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ist {C:.2f}.", "ist {C:.3f}.", "4:45: de['We nudge the weight, and C is {C:.2f}.']: expected {C:.2f}, as in"),
        ("What it does:", "What it did:", "5:3: expected a text of the lesson; got 'What it did'; did you mean"),
        ("  rain: Regen\n", "  rain: Regen\n  rain: Sonne\n", "4:3: de.rain: expected each key once; got it again"),
        ("Hier\n", "!!int 3\n", "6:14: de['Look here']: expected no tag, a lesson is plain data; got '!!int'"),
    ],
)
def test_a_mistake_in_another_language_is_a_warning(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, expected: str
) -> None:
    lesson, words = (str(folder / name) for name in ("mine.yaml", "mine.words.yaml"))
    Path(words).write_text(WORDS.replace(old, new), encoding="utf-8")
    for language, title in (("en", "A small step"), ("fr", "Un petit pas")):
        (film,) = load_for_pictures([lesson], look={"language": language})
        assert film.title == title
        told = capsys.readouterr().err
        assert told.startswith(f"warning, for films in other languages alone: {words}:{expected}")
        assert told.count("\n") == 1
    for look, strict in (({"language": "de-AT"}, False), ({}, True)):
        with pytest.raises(LessonErrors, match=re.escape(f"{words}:{expected}")):
            load_for_pictures([lesson], look=look, strict=strict)
    assert capsys.readouterr().err == ""


def test_a_language_that_there_is_not_may_be_the_films(folder: Path) -> None:
    (folder / "mine.words.yaml").write_text(WORDS.replace("de:", "deutsch:"), encoding="utf-8")
    with pytest.raises(LessonErrors, match="expected a language"):
        load(folder / "mine.yaml")


def test_words_are_no_lesson_but_come_along_with_one(folder: Path) -> None:
    lesson, words = (str(folder / name) for name in ("mine.yaml", "mine.words.yaml"))
    assert len(load_lessons([words, lesson])) == 1
    with pytest.raises(
        LessonErrors, match=r"expected a lesson; got its words in other languages; did you mean 'mine\.yaml'"
    ):
        load(words)


def test_words_for_a_chapters_steps_are_words_of_the_lesson(folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text(path.read_text().replace("say: >\n        We", "say:\n        wiggle: >\n          We").replace(
        "        and C is", "          and C is"), "utf-8")  # fmt: skip
    (german,) = load_for_pictures([str(path)], look={"language": "de"})
    assert german.chapters[0].parameters["say"] == {"wiggle": "Ein Stups am Gewicht, und C ist {C:.2f}."}


def test_an_empty_file_says_nothing(folder: Path) -> None:
    for text in ("", "de:\n"):
        (folder / "mine.words.yaml").write_text(text, encoding="utf-8")
        assert said(load(folder / "mine.yaml", look={"language": "de"}))[0] == "A small step"


@pytest.mark.parametrize("name", lesson_names())
def test_a_shipped_lesson_has_a_german_title(name: str) -> None:
    assert words_path(lesson_path(name)).is_file()
    english, german = (load(lesson_path(name), look={"language": tag}) for tag in ("en", "de"))
    assert english.title != german.title


def test_characters_that_no_font_has_are_told(folder: Path) -> None:
    assert lacking("Größe „so“ – вес, βάρος, é, Ł, ≈") == []
    assert lacking("น้ำหนัก w")[:2] == ["น", "้"]
    (folder / "mine.words.yaml").unlink()
    path = folder / "mine.yaml"
    path.write_text(LESSON.replace("Look here", "見て").replace("What it does", "Что это"), encoding="utf-8")
    with pytest.raises(LessonErrors) as errors:
        load_for_pictures([str(path)])
    assert str(errors.value) == (
        f"{path}:18:24: chapters[1].custom.steps[0].show.text: expected characters that the film's fonts have; "
        "got 見 (CJK UNIFIED IDEOGRAPH-898B), て (HIRAGANA LETTER TE)"
    )


def test_what_is_only_heard_or_read_beside_the_film_may_have_any(folder: Path) -> None:
    (folder / "mine.words.yaml").unlink()
    path = folder / "mine.yaml"
    spoken = LESSON.replace("The output is", "出力は")
    path.write_text(spoken, encoding="utf-8")
    assert load_for_pictures([str(path)])
    path.write_text(f"{spoken}look: {{captions: drawn}}\n", encoding="utf-8")
    with pytest.raises(LessonErrors, match="CJK UNIFIED IDEOGRAPH-51FA"):
        load_for_pictures([str(path)])
