"""The reference of the chapters and the gallery, from the chapters themselves and from their shots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bp_studio.lessons import chapter_schemas
from bp_studio.progress import clock
from bp_studio.schema_words import rows
from docs.making.suits import reasons
from docs.making.tables import escaped, key_table, table
from scenes.kit.parameters import BaseParameters
from scenes.registry import chapter_class, own_chapter_names

if TYPE_CHECKING:
    from bp_script.lesson import Lesson
    from docs.making.clips import Shot

#: The chapter whose parameters are steps; scripting.md tells them.
CUSTOM = "custom"
_FOLDER = "reference/chapters"
_OTHER_WORDS = "A step is said in [other words](../lesson.md#chapters) by its name."
#: What a telephone shows of a call, with the line above it.
_NARROW = 50
#: The lesson that the gallery begins with.
_FIRST = "backpropagation_calculus"


def chapter_pages(shots: Sequence[Shot]) -> dict[str, str]:
    """A page of each chapter, and one that lists them; by their path among the pages."""
    schemas = {name: schema for name, schema in chapter_schemas().items() if name in own_chapter_names()}
    pages = {f"{_FOLDER}/{name}.md": _page(name, schema, _of(name, shots)) for name, schema in schemas.items()}
    return {f"{_FOLDER}/index.md": _index(schemas), **pages}


def call_of(name: str) -> str:
    """The chapter in a lesson's list, with each parameter that has a value when it is left out."""
    model = chapter_class(name).Parameters
    own = {key: field.default for key, field in model.model_fields.items() if key not in BaseParameters.model_fields}
    given = {key: value for key, value in own.items() if value is not None}
    said = [f"{key}: {_yaml(value)}" for key, value in given.items()]
    if not said:
        return f"chapters:\n  - {name}\n"
    line = f"chapters:\n  - {name}: {{{', '.join(said)}}}\n"
    return line if len(line) <= _NARROW else "\n      ".join([f"chapters:\n  - {name}:", *said]) + "\n"


def _yaml(value: Any) -> str:
    plain = value.model_dump() if hasattr(value, "model_dump") else value
    return json.dumps(list(plain) if isinstance(plain, tuple) else plain, ensure_ascii=False)


def _of(name: str, shots: Iterable[Shot]) -> list[Shot]:
    return [shot for shot in shots if shot.call.name == name]


def _index(schemas: dict[str, Any]) -> str:
    listed = table(("chapter", "shows"), ([f"[`{name}`]({name}.md)", escaped(_shows(name))] for name in schemas))
    tree = "\n".join(schemas)
    return f"""# Chapters

What a lesson can call for, each with its parameters, a clip, and the networks it suits. A chapter stands in a lesson's
list by its name, alone or with parameters:

```yaml
chapters:
  - last_two_neurons
  - nudge: {{parameter: "w[1][0][0]", by: 0.1, pace: 0.9}}
```

`bp chapters` prints the same list. To add one, see [Writing a chapter](../../write_a_chapter.md).

## What every chapter takes

{key_table(rows(BaseParameters.model_json_schema()))}

## All chapters

{listed}

```{{toctree}}
:hidden:

{tree}
```
"""


def _shows(name: str) -> str:
    """What the viewer sees, without the chapter's own name before it."""
    summary = chapter_class(name).summary()
    return summary[:1].upper() + summary[1:]


def _page(name: str, schema: dict[str, Any], shots: Sequence[Shot]) -> str:
    chapter = chapter_class(name)
    own = [row for row in rows(schema) if row.key not in BaseParameters.model_fields]
    parts = [f"# {name}", escaped(_shows(name))]
    if shots:
        parts.append(clip(shots[0]))
    parts.append("## In a lesson")
    if name == CUSTOM:
        parts.append("A scene of your own, step by step: see [Scripting a scene](../../scripting.md).")
    else:
        parts.append(f"```yaml\n{call_of(name)}```")
    parts.append("## Parameters")
    if own:
        parts.append(key_table(own))
    others = ", ".join(f"`{key}`" for key in BaseParameters.model_fields)
    also = "also " if own else ""
    parts.append(f"It {also}takes what [every chapter takes](index.md#what-every-chapter-takes): {others}.")
    if name != CUSTOM:
        parts += ["## Networks", _networks(name)]
    if chapter.title and shots:
        parts += ["## What is said", *_said(shots[0])]
    if shots:
        parts += ["## In the shipped lessons", table(*_uses(shots))]
    return "\n\n".join(parts) + "\n"


def _networks(name: str) -> str:
    asked = reasons(name)
    refused = {kind: reason for kind, reason in asked.items() if reason is not None}
    if not refused:
        return "It suits any network, any cost and any number of examples."
    suited = [kind for kind, reason in asked.items() if reason is None]
    lead = f"It suits lessons with {_listed(suited)}." if suited else "It takes a lesson made for it."
    rest = table(("with", "it says"), ([kind, escaped(reason)] for kind, reason in refused.items()))
    return f"{lead} What it was asked on lessons of other kinds, as it is by itself:\n\n{rest}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _said(shot: Shot) -> Iterator[str]:
    yield f"In *{shot.lesson.title}*, word for word; the numbers are that lesson's. {_OTHER_WORDS}"
    steps = [(moment.name, " ".join(caption.text for caption in said)) for moment, said in shot.record.steps]
    yield table(("step", "says"), ([f"`{name}`", escaped(text)] for name, text in steps if text))


def _uses(shots: Sequence[Shot]) -> tuple[tuple[str, ...], list[list[str]]]:
    head = ("lesson", "as", "length:", "numbers shown:", "equations shown:")
    return head, [
        [
            shot.lesson.title,
            f"`{shot.name}`",
            clock(shot.record.duration),
            str(len(shot.record.shown)),
            str(len(shot.record.equations)),
        ]
        for shot in shots
    ]


def clip(shot: Shot) -> str:
    """The directive that shows a shot."""
    return f"```{{clip}} {shot.place}\n```"


def gallery_page(lessons: Sequence[Lesson], shots: Sequence[Shot], short: Sequence[str]) -> str:
    """All shots, lesson by lesson; ``short`` are the names of the lessons that show one thing each."""
    films = sorted((lesson for lesson in lessons if lesson.name not in short), key=lambda lesson: lesson.name != _FIRST)
    small = [shot for shot in shots if shot.lesson.name in short]
    parts = [_GALLERY, table(*_figures(films, shots))]
    for lesson in films:
        own = [shot for shot in shots if shot.lesson.name == lesson.name]
        parts += [f"## {lesson.title}", f"`bp render {lesson.name}`", _cards(own)]
    parts += ["## Short lessons", _SHORT, _cards(small)]
    return "\n\n".join(parts) + "\n"


def _figures(lessons: Sequence[Lesson], shots: Sequence[Shot]) -> tuple[tuple[str, ...], list[list[str]]]:
    found = []
    for lesson in lessons:
        records = [shot.record for shot in shots if shot.lesson.name == lesson.name]
        counts = (len(records), *(sum(len(getattr(r, part)) for r in records) for part in ("shown", "equations")))
        length = clock(sum(record.duration for record in records))
        found.append([f"[{lesson.title}](#{_anchor(lesson.title)})", length, *(f"{count:,}" for count in counts)])
    return ("lesson", "length:", "chapters:", "numbers shown:", "equations checked:"), found


def _anchor(title: str) -> str:
    """What a heading is called in an address, as GitHub has it."""
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _cards(shots: Sequence[Shot]) -> str:
    return "\n".join([":::{container} clips", *map(_card, shots), ":::"])


def _card(shot: Shot) -> str:
    options = {"link": f"{_FOLDER}/{shot.call.name}", "title": _label(shot), "lang": shot.lesson.look.language}
    lines = "\n".join(f":{key}: {value}" for key, value in options.items())
    return f"```{{clip}} {shot.place}\n{lines}\n```"


def _label(shot: Shot) -> str:
    return shot.lesson.title if shot.call.name == CUSTOM else chapter_class(shot.call.name).title


_GALLERY = """\
# Gallery

Some seconds of each chapter of the lessons that come with the program, drawn when this site was built, and what their
films hold. Each leads to the chapter's page. One button on any clip stops all of them."""
_SHORT = """\
In `lessons/examples/`, one thing each; `bp render examples/quiz` makes the film of one. Each is a
[scene of its own](scripting.md)."""
