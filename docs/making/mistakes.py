"""The page of mistakes: what is told about each kind, by making it."""

from __future__ import annotations

import tempfile
from contextlib import chdir
from pathlib import Path

from bp_script.errors import LessonErrors
from bp_studio.chapter_mistakes import mistakes_in

LESSON = """\
title: Two layers
network:
  sizes: [2, 2, 1]
  activations: sigmoid
  weights:
    - [[0.4, -0.7], [0.9, 0.2]]
    - [[1.5, -1.1]]
  biases: [[0.1, 0.0], [-0.3]]
cost: squared_error
examples:
  - {x: [0.6, -0.2], y: [1.0]}
  - {x: [-0.3, 0.8], y: [0.0]}
training: {learning_rate: 0.5, epochs: 3, batch_size: 1}
chapters:
  - nudge: {by: 0.1}
  - chain_rule
"""
_FILE = LESSON[LESSON.index("  sizes") : LESSON.index("\ncost:")]
_EXAMPLES = LESSON[LESSON.index("examples:") : LESSON.index("\ntraining:")]


_HEAD = f"""# Mistakes, and what is told about them

Each mistake of a lesson gets one line: file, line and column, the place in the lesson, what was expected and what was
found. All mistakes of a file come in one go, sorted by line, and a name that is nearly right gets a hint. This page is
made by making the mistakes when the site is built, each in this lesson; above the line stands what is written there
instead.

```yaml
{LESSON}```"""


def _own(steps: str) -> tuple[str, str]:
    return "- chain_rule", f"- custom:\n      name: mine\n      steps:\n        - {steps}"


#: By heading: what is in the lesson, and what is written in its place.
MISTAKES: dict[str, list[tuple[str, str]]] = {
    "The file": [
        ("title: Two layers", "title: Two: layers"),
        ("title: Two layers", "title: 'Two layers"),
        ("[2, 2, 1]", "[2, 2, 1"),
        ("network:\n  sizes", "network:\n\tsizes"),
        ("cost: squared_error", "cost: squared_error\ncost: cross_entropy"),
        ("title: Two layers", "title: !!python/object:os.system ls"),
        ("title: Two layers", "title: *name"),
        ("title: Two layers", "title: @mine"),
        ("cost: squared_error", "---\ncost: squared_error"),
    ],
    "Keys and texts": [
        ("title:", "titel:"),
        ("title: Two layers", "title: 2017"),
        ("title: Two layers", "title:"),
        ("cost: squared_error\n", ""),
    ],
    "The network": [
        ("sizes: [2, 2, 1]", "sizes: [2, 0, 1]"),
        ("sizes: [2, 2, 1]", "sizes: [2, 2.0, 1]"),
        ("sizes: [2, 2, 1]", "sizes: 3"),
        ("sigmoid", "sigmiod"),
        ("sigmoid", "[sigmoid, softmax, tanh]"),
        ("sigmoid", "softmax"),
        ("[[0.4, -0.7], [0.9, 0.2]]", "[[0.4, -0.7], [0.9]]"),
        ("[[0.4, -0.7], [0.9, 0.2]]", "[[0.4, -0.7]]"),
        ("[[1.5, -1.1]]", "[[1.5, one]]"),
        ("[[1.5, -1.1]]", "[[1.5, 1e999]]"),
        ("[[1.5, -1.1]]", "[1.5, -1.1]"),
        ("  biases: [[0.1, 0.0], [-0.3]]\n", ""),
        ("  biases:", "  init: {scheme: he}\n  biases:"),
    ],
    "The cost": [
        ("squared_error", "sqared_error"),
        ("squared_error", "cross_entropy"),
        ("squared_error", "{function: squared_error, l2: -1}"),
    ],
    "The examples": [
        ("x: [0.6, -0.2]", "x: [0.6]"),
        ("y: [1.0]", "y: 1.0"),
        ("y: [0.0]", "target: [0.0]"),
        (_EXAMPLES, "examples: []"),
        ("cost:", "focus: 2\ncost:"),
    ],
    "Files beside the lesson": [
        (_FILE, "  activations: sigmoid\n  file: ../model.npz"),
        (_FILE, "  activations: sigmoid\n  file: model.npz"),
        (_FILE, "  activations: sigmoid\n  file: model.pkl"),
        (_EXAMPLES, "examples: {csv: points.csv, inputs: [x1, x2], targets: [z]}"),
        (_EXAMPLES, "examples: {csv: holes.csv, inputs: [x1, x2], targets: [y]}"),
        (_EXAMPLES, "examples: {csv: words.csv, inputs: [x1, x2], targets: [y]}"),
    ],
    "Training": [
        ("learning_rate: 0.5", "learning_rate: 0"),
        ("learning_rate: 0.5, ", ""),
        ("epochs: 3", "epochs: 2.5"),
        ("epochs: 3", "epochs: 1000000"),
        ("batch_size: 1", "batch_size: 3"),
        ("batch_size: 1", "optimizer: Adam"),
        ("batch_size: 1", "momentum: 0.9"),
        ("batch_size: 1", "shuffle: yes"),
        ("batch_size: 1", "seed: -1"),
    ],
    "Look": [
        ("chapters:", "look: {theme: drak}\nchapters:"),
        ("chapters:", "look: {aspect: 4:3}\nchapters:"),
        ("chapters:", "look: {decimals: 20}\nchapters:"),
        ("chapters:", "look: {language: German}\nchapters:"),
        ("chapters:", "look: {style: house.yaml}\nchapters:"),
        ("chapters:", "look: {font: ../sans.ttf}\nchapters:"),
        ("chapters:", "look: {logo: {file: logo.png, where: top}}\nchapters:"),
    ],
    "Voice": [
        ("chapters:", "voice: espeek\nchapters:"),
        ("chapters:", "voice: gtts\nchapters:"),
        ("chapters:", "voice: {speed: 150}\nchapters:"),
        ("chapters:", "voice: {service: espeak-ng, speed: 900}\nchapters:"),
        ("chapters:", "voice: {recordings: ../elsewhere}\nchapters:"),
        ("chapters:", "voice: {recordings: mine, pitch: 40}\nchapters:"),
    ],
    "Chapters": [
        ("chain_rule", "chian_rule"),
        ("- nudge: {by: 0.1}", "- nudge:\n    by: 0.1"),
        ("{by: 0.1}", "0.1"),
        ("{by: 0.1}", "{bye: 0.1}"),
        ("{by: 0.1}", "{by: far}"),
        ("{by: 0.1}", "{parameter: 'w[3][0][0]'}"),
        ("{by: 0.1}", "{parameter: 'a[1][0]'}"),
        ("chain_rule", "mine.py:MyChapter"),
    ],
    "Narration": [
        ("{by: 0.1}", "{say: 'z is {z[L][0].'}"),
        ("{by: 0.1}", "{say: 'z is {z[L][0]:2f}.'}"),
        ("{by: 0.1}", "{say: 'z is {z[L][7]:.2f}.'}"),
        ("{by: 0.1}", "{say: 'C is {c:.2f}.'}"),
        ("{by: 0.1}", "{say: 'z grows, {@3rd} and so does a.'}"),
        ("{by: 0.1}", "\n      say: >\n        The output is {a[L][0]:.2f};\n        its weight is {w[L][0]:.2f}."),
    ],
    "Equations and scenes of one's own": [
        _own("show: {equation: 'C = (a[L][0] - y[0])'}"),
        _own("show: {equation: 'C = 2(a[L][0] - y[0])'}"),
        _own("show: {equation: 'C = (a[L][0] - y[0]^2'}"),
        _own("show: {equation: 'C = squar(a[L][0])'}"),
        _own("show: {equation: 'C = sum(j, a[L][0])'}"),
        _own("substitute: rule"),
        _own("show: network\n        - nudge: {'w[9][0][0]': 0.1}"),
        _own("show: network\n        - update: {steps: 99}"),
        _own("show: {image: picture.png}"),
        _own("jump: 3"),
        _own("wait: 1\n          say: Two things in one step."),
        _own("wait: 90"),
        _own("say: 'z grows, {@then} and so does a.'\n        - at: than"),
    ],
    "Too large": [
        ("sizes: [2, 2, 1]", "sizes: [4096, 4096]"),
    ],
}  # fmt: skip


def told(old: str, new: str, folder: Path) -> list[str]:
    """The lines that a lesson with this mistake gets."""
    if LESSON.count(old) != 1:
        raise ValueError(f"{old!r} is not in the lesson once")
    (folder / "points.csv").write_text("x1,x2,y\n1,2,3\n")
    (folder / "holes.csv").write_text("x1,x2,y\n1,2\n")
    (folder / "words.csv").write_text("x1,x2,y\n1,two,3\n")
    (folder / "mine.yaml").write_text(LESSON.replace(old, new))
    with chdir(folder):
        return str(LessonErrors(mistakes_in([Path("mine.yaml")]))).splitlines()


def mistakes_page() -> str:
    """The whole page."""
    parts = [_HEAD]
    with tempfile.TemporaryDirectory() as name:
        for heading, mistakes in MISTAKES.items():
            parts.append(f"## {heading}")
            for old, new in mistakes:
                lines = told(old, new, Path(name))
                if not lines:
                    raise ValueError(f"{new!r} is no mistake")
                written = new.strip("\n") or f"(nothing for {old.strip()!r})"
                parts += [f"```text\n{written}\n```", "\n".join(f"- {_quoted(line)}" for line in lines)]
    return "\n\n".join(parts) + "\n"


def _quoted(line: str) -> str:
    return f"`` {line} ``" if "`" in line else f"`{line}`"
