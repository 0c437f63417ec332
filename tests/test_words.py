"""The languages: every message of the sources is translated, and says the same as the English one."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from manim import WHITE, VGroup

from bp_core.quantities import C
from bp_script.language import ENGLISH, LANGUAGES, language_of
from bp_script.language.caller import wanted
from bp_script.language.catalogues import SOURCE
from bp_script.lesson import load
from bp_script.narration import Narration
from bp_script.numerals import relation
from bp_studio import keys, words
from bp_studio.clips import ClipTask
from bp_studio.film_record import FilmRecord
from bp_studio.keys import chapter_key
from bp_studio.lessons import load_lessons
from bp_studio.page.pages import film_page
from bp_studio.transcript import to_transcript
from bp_studio.worksheet.sheet import sheet_source
from scenes.kit.chapter import view_of
from scenes.kit.film.captions import captions
from scenes.kit.film.record import ShownNumber
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.mathematics import numeral_source
from scenes.kit.letters.typesetting import Typeset, numeral_glyphs
from scenes.kit.parameters import BaseParameters
from tests.bp_command import BP
from tests.house.words import catalogues, messages, updated
from tests.rehearsals import rehearsed

_TEMPLATES = ("new_lesson.yaml", "new_lesson.de.yaml")
OTHERS = [language for language in LANGUAGES if language != SOURCE]
#: What a German sentence may say without the English one's part, by message: none so far.
_LEFT_OUT: dict[str, set[str]] = {}


def parts(message: str) -> Counter[str]:
    """The parts of a message that are filled in."""
    return Counter(re.findall(r"%\(\w+\)\w|%%", message))


def quantities(message: str) -> Counter[str]:
    """The quantities of a message, and how each is written."""
    return Counter(re.findall(r"(?<!\{)\{[^{}]*\}", message))


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogues_are_those_of_the_sources(language: str) -> None:
    stale = [path.name for path, text in updated(language) if not path.exists() or path.read_text("utf-8") != text]
    assert not stale, "run scripts/words"


@pytest.mark.parametrize("language", OTHERS)
def test_a_message_reads_alike_in_every_file_since_all_files_are_one(language: str) -> None:
    said: dict[str, dict[Any, list[str]]] = {}
    for domain, catalogue in catalogues(language).items():
        for entry in catalogue:
            message = entry.id if isinstance(entry.id, str) else entry.id[0]
            said.setdefault(message, {}).setdefault(entry.string, []).append(domain)
    del said[""]
    assert {message: found for message, found in said.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_with_its_parts_and_quantities(language: str) -> None:
    wrong = []
    for domain, catalogue in catalogues(language).items():
        for entry in catalogue:
            if not entry.id:
                continue
            ids = [entry.id] if isinstance(entry.id, str) else list(entry.id)
            said = [entry.string] if isinstance(entry.string, str) else list(entry.string)
            where = f"{domain}.po: {ids[0]!r}"
            if entry.fuzzy or not all(said):
                wrong.append(f"{where} is not translated")
                continue
            for one, english in zip(said, [ids[0]] + [ids[-1]] * (len(said) - 1), strict=True):
                lost = set(parts(english)) - set(parts(one)) - _LEFT_OUT.get(ids[0], set())
                if lost or set(parts(one)) - set(parts(ids[-1])) - {"%(n)s"}:
                    wrong.append(f"{where} has other parts")
                if quantities(english) != quantities(one):
                    wrong.append(f"{where} has other quantities")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHERS)
def test_a_message_is_translated_in_one_way(language: str) -> None:
    said: dict[str, set[str]] = {}
    for catalogue in catalogues(language).values():
        for entry in catalogue:
            if entry.id and entry.string:
                said.setdefault(str(entry.id), set()).add(str(entry.string))
    assert {message: ways for message, ways in said.items() if len(ways) > 1} == {}


def test_no_message_is_made_in_the_code() -> None:
    """A message with an f-string in it could not be found in a catalogue."""
    assert all(message.strip() for told in messages().values() for message in told)
    for path in sorted(Path(__file__).parents[1].glob("[bs]*/**/*.py")):
        assert not re.search(r"\b(tr|N_)\(\s*f\"", path.read_text("utf-8")), path


def test_parts_are_filled_in_and_percent_signs_without_parts_stay() -> None:
    assert ENGLISH.tr("%(a)s of %(b)s, 50%%", a=1, b="two") == "1 of two, 50%"
    assert ENGLISH.tr("50 % of it") == "50 % of it"
    assert ENGLISH.tr_n("%(n)s step to %(goal)s", "%(n)s steps to %(goal)s", 1, goal="it") == "1 step to it"
    assert ENGLISH.tr_n("%(n)s step", "%(n)s steps", 3) == "3 steps"


def test_counts_are_words_up_to_twelve() -> None:
    assert [ENGLISH.count(n) for n in (2, 12, 13)] == ["two", "twelve", "13"]
    assert [language_of("de").count(n) for n in (2, 12, 13)] == ["zwei", "zwölf", "13"]


@pytest.mark.parametrize(
    ("tag", "decimal", "words"),
    [("en", ".", "en"), ("de", ",", "de"), ("de-CH", ".", "de"), ("fr", ",", "en"), ("pt-BR", ",", "en")],
)
def test_a_tag_tells_the_decimal_mark_and_the_words(tag: str, decimal: str, words: str) -> None:
    language = language_of(tag)
    assert (language.code, language.decimal, language.words) == (tag, decimal, words)


@pytest.mark.parametrize("tag", ["xx", "german", "e", "", "de_DE.utf8" * 20])
def test_a_tag_that_is_none(tag: str) -> None:
    with pytest.raises(LookupError):
        language_of(tag)


def test_numbers_are_drawn_recorded_and_read_with_the_languages_mark() -> None:
    (lesson,) = load_lessons(["backpropagation_calculus"], look={"language": "de"})
    view = view_of(lesson, BaseParameters())
    cost, text = view.value(C), view.shown(C).text
    assert text == f"{cost:.2f}".replace(".", ",")
    assert relation(cost, text) == "≈"
    (caption,) = captions(Narration.parse("C is {C:.2f}, 100 times {C*0.01:.1e}."), view)
    small = f"{cost / 100:.1e}"[:3].replace(".", ",")
    assert caption.text == f"C is {text}, 100 times {small} × 10⁻³."
    formula = Formula(view, C, Side.value(C))
    assert [part.shown.text for part in formula.get_family() if hasattr(part, "shown")] == [text]
    assert formula.statements[0].text == f"C ≈ {cost:.2f}"


def test_a_decimal_comma_has_no_space_after_it() -> None:
    for point, comma in (("0.66", "0,66"), ("-1.2e-4", "-1,2e-4")):
        written = [Typeset(f"${numeral_source(text)}$", em=1.0, colour=WHITE) for text in (point, comma)]
        assert written[0].width == pytest.approx(written[1].width, abs=1e-3)
        drawn = [VGroup(*numeral_glyphs(text, 1.0, WHITE)) for text in (point, comma)]
        assert drawn[0].width == pytest.approx(drawn[1].width, abs=1e-3)


def test_a_clip_depends_on_the_language_and_on_its_messages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lessons = [load_lessons(["backpropagation_calculus"], look={"language": tag})[0] for tag in ("en", "de")]
    english, german = (ClipTask(lesson, lesson.chapters[0], "l") for lesson in lessons)
    before = chapter_key(english), chapter_key(german)
    assert before[0] != before[1]
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "kit.po").write_text("other words", encoding="utf-8")
    monkeypatch.setattr("bp_studio.keys.LOCALES", tmp_path)
    keys._words.cache_clear()
    assert chapter_key(english) == before[0]
    assert chapter_key(german) != before[1]
    keys._words.cache_clear()


def test_what_comes_with_a_film_is_in_its_language() -> None:
    (lesson,) = load_lessons(["backpropagation_calculus"], look={"language": "de"})
    clip = rehearsed("backpropagation_calculus", "nudge")
    record = FilmRecord(lesson.name, (replace(clip, shown=tuple(_german(number) for number in clip.shown)),))
    transcript = to_transcript(lesson.title, record, language_of("de"))
    assert "Im Bild: " in transcript
    assert re.search(r"das Gewicht w\[\d\]\[0\]\[0\] ist -?\d,\d", transcript)
    page = film_page(lesson, record, None)
    assert '<html lang="de" data-decimal=",">' in page
    assert "Neben dieser Seite liegen: <a href=" in page
    assert re.search(r"<b>[=≈] −?\d,\d+</b>", page)
    assert not re.search(r"<b>[=≈] −?\d\.\d", page)
    sheet = sheet_source(lesson, key=True)
    assert "Der Vorwärtsdurchlauf" in sheet
    assert re.search(r'part\(#\d+, -?\d+class\("normal", ","\)\d+\)', sheet)
    assert not re.search(r"part\(#\d+, -?\d+\.\d+\)", sheet)


def _german(number: ShownNumber) -> ShownNumber:
    return replace(number, text=number.text.replace(".", ","))


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({"LANG": "de_AT.UTF-8"}, "de-AT"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE"}, "en"),
        ({"LANGUAGE": "fr:de", "LANG": "en_GB"}, "de"),
        ({"LC_MESSAGES": "de@euro"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_nowhere!"}, "en"),
        ({}, "en"),
    ],
)
def test_the_command_takes_the_language_of_its_caller(environment: dict[str, str], tag: str) -> None:
    assert wanted(environment).code == tag


def german(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What the command says to Germans."""
    environment = {**os.environ, "LANGUAGE": "", "LC_ALL": "de_DE.UTF-8"}
    return subprocess.run([BP, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_command_helps_in_german() -> None:
    found = [german(*each).stdout for each in (["--help"], ["check", "--help"], ["cache", "--help"])]
    assert found[0].startswith("Aufruf: bp [OPTIONEN] BEFEHL [ARGUMENTE]…")
    assert "Befehle:" in found[0]
    assert "Den Film jeder Lektion machen." in found[0]
    assert "Auch durch jedes Kapitel gehen" in found[1]
    assert re.search(r"--jobs GANZZAHL .*\[Vorgabe: \(einer je Kern\); 1<=x<=256\]", found[1], re.DOTALL)
    assert "Alles wegwerfen." in found[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rendr"], "bp: Einen Befehl 'rendr' gibt es nicht.\n"),
        (["render"], "bp render: Es fehlt das Argument 'LEKTION…'.\n"),
        (
            ["trace", "x", "--stp", "1"],
            "bp trace: Eine Option '--stp' gibt es nicht. Gemeint ist vielleicht '--step'.\n",
        ),
        (["trace", "x", "--step", "-1"], "bp trace: Ungültiger Wert für '--step': -1 liegt nicht im Bereich x>=0.\n"),
    ],
)
def test_click_says_in_german_what_is_wrong(arguments: list[str], told: str) -> None:
    assert german(*arguments).stderr == told


def test_a_lesson_to_start_from_is_the_same_in_every_language() -> None:
    folder = Path(words.__file__).parent
    english, other = (yaml.safe_load((folder / name).read_text("utf-8")) for name in _TEMPLATES)
    assert other["look"].pop("language") == "de"
    assert _said(english) != _said(other)
    assert _wordless(english) == _wordless(other)
    for name in _TEMPLATES:
        assert load(folder / name).chapters


def _said(lesson: Any) -> list[str]:
    return [step["say"] for step in lesson["chapters"][-2]["custom"]["steps"] if "say" in step]


def _wordless(data: Any) -> Any:
    """A lesson without what is said and written in it."""
    if isinstance(data, dict):
        return {key: "" if key in {"title", "say"} else _wordless(value) for key, value in data.items()}
    return [_wordless(item) for item in data] if isinstance(data, list) else data
