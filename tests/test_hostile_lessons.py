"""Lessons that mean harm: each attack is refused in one line with its place, or shown as the plain text that it is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import typst

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from, load
from bp_script.limits import raised
from bp_studio.captions import to_srt, to_vtt
from bp_studio.worksheet.sheet import sheet_source
from scenes.classification import Classification
from scenes.custom import Custom
from scenes.kit.cards import TitleCard
from scenes.kit.film.record import TITLE_CARD, ClipRecord
from scenes.kit.letters import compiler, typesetting
from scenes.kit.letters.compiler import escape
from scenes.kit.letters.text import Words
from scenes.kit.manim_door import dry_run, quality
from tests.hostile import LESSON, Refused, refusal

NINES = "9" * 40


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refused:
    monkeypatch.chdir(tmp_path)
    return refusal


# -- YAML ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch owned']",
        "!!python/name:os.system",
        "!!python/object/new:os.system [touch owned]",
        "!!python/module:os",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch owned']",
        "!!binary aGVsbG8=",
        "!!timestamp 2026-01-01",
        "!include /etc/passwd",
        "!ENV ${HOME}",
    ],
)
def test_no_tag_makes_anything(refused: Refused, tmp_path: Path, tag: str) -> None:
    (first, *_) = refused(("title: Two layers", f"title: {tag}"))
    assert first.startswith("m.yaml:1:8: title: expected no tag, a lesson is plain data; got '!")
    assert not (tmp_path / "owned").exists()


def test_a_directive_gives_a_tag_no_other_meaning(refused: Refused) -> None:
    head = "%TAG ! tag:yaml.org,2002:python/object/apply:\n---\n"
    assert refused(text=head + LESSON.replace("Two layers", "!os.system [x]")) == [
        "m.yaml:3:8: title: expected no tag, a lesson is plain data; got '!!python/object/apply:os.system'"
    ]


def test_a_merge_key_merges_nothing(refused: Refused) -> None:
    assert "['<<']: expected version, title" in refused(("title:", "<<: {focus: 9}\ntitle:"))[0]


def test_laughs_by_the_billion_are_refused(refused: Refused) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (line,) = refused(text="\n".join(lines))
    assert line.endswith(
        "expected at most 1,500,000 values, aliases included; got more (bp … --limit values=N allows more)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 1_000_000,
        "a: " + "{b: " * 300_000,
        "\n".join(" " * depth + "a:" for depth in range(2_000)),
        "- " * 1_000_000,
        "a: " + "[" * 500_000 + "]" * 500_000,
    ],
    ids=["lists", "mappings", "block mappings", "block lists", "closed lists"],
)
def test_what_is_nested_without_end_is_refused(refused: Refused, text: str) -> None:
    (line,) = refused(text=text)
    assert "expected at most 32 lists within each other; got more" in line


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 3_000_000,
        "- \n" * 200_000,
        '["a", ' * 3 + '"a",' * 100_000,
        "\n".join(f"k{n}: 1" for n in range(50_000)),
        "a: '" + "'" * 9_000_000,
        "? " * 2_000_000,
        "&a " * 1_000_000,
        "[]" * 2_000_000,
        "--- \n" * 1_000_000,
        "a: |\n" + " x\n" * 1_000_000,
        "\t" * 5_000_000,
        "#\n" * 2_000_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_large_files_of_nonsense_end_soon(refused: Refused, text: str) -> None:
    assert refused(text=text)


def test_a_file_without_end_is_not_read(refused: Refused, tmp_path: Path) -> None:
    assert refused(text=b"a" * 10_000_001)[0].startswith("m.yaml: expected a file of at most 10 MB; got 'm.yaml'")
    os.mkfifo(tmp_path / "pipe.yaml")
    for name in ("pipe.yaml", "/dev/zero", "/dev/stdin", "/proc/self/mem", "/dev/tty"):
        with pytest.raises(LessonErrors, match=r"expected a file(?: that can be read)?; got"):
            load(name)


# -- numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("epochs: 3", f"epochs: {'9' * 1_000_000}", "9:40: training.epochs: expected a whole number; got .inf"),
        ("epochs: 3", f"epochs: {'9' * 300}", "9:40: training.epochs: expected a whole number; got 1e+300"),
        ("epochs: 3", f"epochs: {NINES}", "9:40: training.epochs: expected a whole number from 0 to 100,000; got 999"),
        ("epochs: 3", "epochs: 1e999", "9:40: training.epochs: expected a whole number; got .inf"),
        ("0.5", "1e999", "9:27: training.learning_rate: expected a finite number; got .inf"),
        ("0.5", "-1e999", "9:27: training.learning_rate: expected a finite number; got -.inf"),
        ("0.5", ".nan", "9:27: training.learning_rate: expected a finite number; got .nan"),
        ("0.5", "1e-999", "9:27: training.learning_rate: expected a number above 0; got 0.0"),
        ("0.5", "0.0", "9:27: training.learning_rate: expected a number above 0; got 0.0"),
        ("[1, 1]", f"[1, {'9' * 400}]", "3:14: network.sizes[1]: expected a whole number; got .inf"),
        ("[1, 1]", "[1, 99999999999]", "3:14: network.sizes[1]: expected a whole number from 1 to 4,096; got 9999"),
        ("[1, 1]", "[4096, 4096]", "3:10: network.sizes: expected at most 1,000,000 weights and biases; got"),
        ("x: [1]", "x: [1e999]", "8:9: examples[0].x[0]: expected a finite number; got .inf"),
        ("x: [1]", f"x: [-{'9' * 4_000}]", "8:10: examples[0].x[0]: expected a finite number; got -.inf"),
        ("cost:", f"focus: {NINES}\ncost:", f"6:8: focus: expected the number of an example, from 0 to 0; got {NINES}"),
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_numbers_beyond_measure_are_refused(refused: Refused, old: str, new: str, expected: str) -> None:
    expected = expected.replace("8:9: examples[0].x[0]", "8:10: examples[0].x[0]")
    assert refused((old, new))[0].startswith(f"m.yaml:{expected}")


def test_a_lesson_from_python_takes_no_number_without_end() -> None:
    data = {"title": "T", "focus": 10**5000, "cost": "squared_error", "chapters": ["nudge"]}
    network = {"sizes": [1, 10**5000], "activations": "tanh", "init": {"scheme": "he", "seed": 10**5000}}
    with pytest.raises(LessonErrors) as caught:
        lesson_from({**data, "network": network, "examples": [{"x": [10**5000], "y": [1]}]})
    assert str(caught.value).count("a number of very many digits") >= 3


# -- formats and the equation language ------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "C:.999999999f", "C:.13f", "C:>99999999", "C:99999999d", "C:{C}", "C!r", "C!r:>99999999", "C.__class__",
        "0.__init__.__globals__", "C.real", "C[__class__]", "__import__('os')", "lambda: 0", "C:%n", "C:c",
        "().__class__",
        "9**9**9", "C if C else C", "C;C", "C\\x00", "C@999999999999", "w[999999999999][0][0]", "w[-1][0][0]",
    ],
)  # fmt: skip
def test_no_format_reaches_anything_but_a_number(refused: Refused, inside: str) -> None:
    (line,) = refused(("- nudge", f'- nudge: {{say: "z is {{{inside}}}."}}'))
    assert re.match(r"m\.yaml:11:\d+: chapters\[0\]\.nudge\.say: expected .+; got |.*a brace itself is written", line)


@pytest.mark.parametrize(
    "equation",
    [
        "(" * 900 + "C" + ")" * 900 + " = C",
        "-(" * 450 + "C" + ")" * 450 + " = C",
        "^".join("2" * 200) + " = C",
        "sigma(" * 300 + "C" + ")" * 300 + " = C",
        "sum(j, " * 200 + "a[L][j]" + ")" * 200 + " = C",
        "/".join("C" * 500) + " = C",
        "(" * 1990,
        "C = " + "9" * 1990,
        "C = 1e" + "9" * 1900,
        "C = " + "x[0]+" * 500,
    ],
    ids=lambda text: text[:12],
)
def test_equations_nested_without_end_are_refused(refused: Refused, equation: str) -> None:
    (line,) = refused(("- nudge", f'- custom: {{name: a, steps: [{{show: {{equation: "{equation}"}}}}]}}'))
    assert line.startswith("m.yaml:11:")


def test_equations_by_the_thousand_are_refused_before_one_is_read(refused: Refused) -> None:
    step = f'{{show: {{equation: "{"+".join("C" * 900)} = C"}}}}'
    chapter = f"  - custom: {{name: a, steps: [{', '.join([step] * 20)}]}}\n"
    (line,) = refused(text=LESSON.replace("  - nudge\n", chapter * 20))
    assert line.startswith(
        "m.yaml:11:3: chapters: expected at most 100,000 characters in the texts of all chapters; got "
    )
    assert line.endswith(" (bp … --limit words=N allows more)")


def test_powers_of_powers_are_no_hang(refused: Refused) -> None:
    (line,) = refused(("- nudge", "- custom: {name: a, steps: [{show: {equation: '9^9^9^9^9 = C'}}]}"))
    assert "not a finite number" in line or "expected" in line


# -- Playground ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    ["networkShape=9999,9999,9999", "networkShape=" + "9," * 20, "noise=1e99", "percTrainData=1e9", "seed=" + "9" * 99,
     "batchSize=99999999", "dataset=../../etc/passwd", "activation=__import__", "learningRate=1e999",
     "x=false&y=false"],
)  # fmt: skip
def test_a_playground_url_draws_nothing_too_large(refused: Refused, settings: str) -> None:
    url = f"playground: 'https://playground.tensorflow.org/#{settings}'\nchapters: [nudge]\ntitle: T\n"
    (line,) = refused(text=url)
    assert line.startswith("m.yaml:1:")
    assert " playground: expected " in line


@pytest.mark.parametrize("url", ["file:///etc/passwd#x=true", "https://evil.org/#x=true", "javascript:alert(1)"])
def test_no_other_url_is_taken(refused: Refused, url: str) -> None:
    assert (
        "playground: expected https://playground.tensorflow.org/"
        in refused(("title:", f"playground: '{url}'\ntitle:"))[0]
    )


# -- code ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["evil.py:Main", "../evil.py:Main", "/evil.py:Main", "os:system", "scenes.kit", "__init__"]
)
def test_no_chapter_runs_code_unless_it_is_allowed(refused: Refused, tmp_path: Path, name: str) -> None:
    (tmp_path / "evil.py").write_text("import os\nos.mkdir('owned')\n")
    (line,) = refused(("- nudge", f'- "{name}"'))
    assert "expected a chapter" in line
    assert not (tmp_path / "owned").exists()


# -- text ------------------------------------------------------------------------------

MARKUP = [
    '#read("/etc/passwd")', "#import \"@preview/cetz:0.3.4\"", "$ integral $", "`raw` ```typ #panic()```",
    "*b* _i_ <label> @ref",
    '"); #panic("', "\\u{41} \\", "\\", "/* comment", "// comment", "= Heading",
    "#{ while true {} }", "[#set page(width: 1pt)]",
    "\u202egnp.exe \u2066x\u2069", "אבגד الخط", "<b>x</b> {\\an8} --> &amp;", "%s %n ${HOME} $(id)", "x\ny",
]  # fmt: skip
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that Typst is given from now on."""
    typesetting._layout.cache_clear()
    found: list[str] = []
    compiled = typst.compile

    def watched(source: bytes, **more: Any) -> Any:
        found.append(source.decode().removeprefix(compiler.PREAMBLE))
        return compiled(source, **more)

    monkeypatch.setattr(typst, "compile", watched)
    return found


@pytest.mark.parametrize("text", MARKUP)
def test_words_are_glyph_for_glyph_what_they_say(text: str, sources: list[str]) -> None:
    drawn = Words(text, em=0.5, colour="#ffffff")
    seen = [letter for letter in text if letter.isprintable() and letter != " "]
    assert len(drawn) <= len(seen)  # a ligature is one glyph of two letters
    assert len(drawn) >= 0.5 * len(seen)
    assert all(text_outside(source, text) == "" for source in sources)


def text_outside(source: str, text: str) -> str:
    """What of a hostile text stands outside of every string of a source."""
    outside = _STRING.sub("", source)
    return "".join(word for word in text.split() if len(word) > 3 and word in outside)


@pytest.mark.parametrize("text", MARKUP)
def test_a_string_ends_where_it_should(text: str) -> None:
    assert re.fullmatch(_STRING, escape(text))


def hostile(folder: Path) -> Lesson:
    """A lesson with markup wherever a lesson has words."""
    everything = " ".join(MARKUP[:8])
    said = everything.replace("{", "{{").replace("}", "}}")
    (folder / "data.csv").write_text('"#read(1)","$x$","kind"\n1,2,"#panic()"\n3,4,"$oops$ \\"\n')
    return lesson_from(
        {
            "title": everything,
            "network": {"sizes": [2, 2], "activations": "softmax", "init": {"scheme": "normal"}},
            "cost": "cross_entropy",
            "examples": {"csv": "data.csv", "inputs": ["#read(1)", "$x$"], "targets": {"one_hot": "kind"}},
            "chapters": [
                {"custom": {"name": "mine", "title": everything[:60], "steps": [
                    {"show": {"text": everything}}, {"say": said}, {"show": "network"}, {"wait": 1}]}},
                {"classification": {"say": said}},
            ],
            "look": {"captions": "drawn"},
        },
        folder=folder,
    )  # fmt: skip


def test_all_words_of_a_lesson_are_shown_as_text(tmp_path: Path, sources: list[str]) -> None:
    lesson = hostile(tmp_path)
    records: list[ClipRecord] = []
    for chapter, call in (
        (TitleCard, lesson.plain_call(TITLE_CARD)),
        (Custom, lesson.chapters[0]),
        (Classification, lesson.chapters[1]),
    ):
        records.append(dry_run(chapter, lesson, call, quality("l", "16:9"), tmp_path))
    given = "\n".join(sources)
    for word in ('#read(\\"/etc/passwd\\")', "#import", "#panic()", "$oops$"):
        assert word in given, f"{word} was shown nowhere"
    outside = _STRING.sub("", given)
    assert not re.search(r"read\(|import|panic|passwd|oops", outside)
    captions = [caption for record in records for caption in record.captions]
    assert MARKUP[0] in " ".join(caption.text for caption in captions)
    assert "<label>" not in to_vtt(captions)
    assert to_srt(captions).count("-->") == len(captions)


@pytest.mark.parametrize("key", [False, True])
def test_words_on_paper_are_text(tmp_path: Path, key: bool) -> None:
    source = sheet_source(hostile(tmp_path), key=key)
    assert escape(" ".join(MARKUP[:8])) in source
    assert not re.search(r"read\(|import|panic|passwd", _STRING.sub("", source))
    assert compiler.compiled(source, "pdf")[0].startswith(b"%PDF")


def test_a_very_long_text_is_drawn_in_the_frame(tmp_path: Path) -> None:
    for text in ("W" * 2_000, "x\n" * 300):
        data = {
            "title": "T", "cost": "squared_error", "examples": [{"x": [1], "y": [1]}],
            "network": {"sizes": [1, 1], "activations": "tanh", "init": {"scheme": "he"}},
            "chapters": [{"custom": {"name": "mine", "steps": [{"show": {"text": text}}, {"wait": 1}]}}],
        }  # fmt: skip
        lesson = lesson_from(data, folder=tmp_path)
        assert dry_run(Custom, lesson, lesson.chapters[0], quality("l", "16:9"), tmp_path).duration < 30


# -- limits can be raised by whoever runs the program, not by the lesson ----------------------


def test_the_lesson_itself_raises_no_limit(refused: Refused) -> None:
    for key in ("limits: {parameters: 9}", "limit: parameters=9", "allow_python: true"):
        assert f"{key.split(':')[0]}: expected version, title" in refused(("title:", f"{key}\ntitle:"))[0]


def test_whoever_means_it_raises_a_limit(refused: Refused) -> None:
    large = ("[1, 1]", "[2000, 1000]"), ("x: [1]", "x: [1, 2]"), ("y: [1]", "y: [1, 2]")
    assert "sizes: expected at most 1,000,000 weights and biases; got 2,001,000 (bp … --limit" in refused(*large)[0]
    with raised(parameters=3_000_000):
        lines = refused(*large)
    assert all("weights and biases" not in line for line in lines)
