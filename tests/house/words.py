"""The message catalogues as the sources need them: ``scripts/words`` adds what is new and drops what is gone.

Each file of messages is one domain: a chapter has its own, the kit and how languages count share ``kit``, films and
what comes with them are ``studio``, what the command says is ``command``, and what the language of lessons says of
mistakes is ``mistakes``. What a chapter says of lessons that do not suit it stands with its other words.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import normalize, read_po
from jinja2 import Environment, nodes

from bp_script.language.catalogues import LANGUAGES, LOCALES, SOURCE
from bp_script.schema import lesson_schema
from bp_studio.lessons import chapter_schemas
from bp_studio.schema_words import descriptions

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("bp_script", "scenes", "bp_studio")
#: How messages are marked, and how many of the arguments they are.
KEYWORDS = {"tr": 1, "N_": 1, "tr_n": 2}
#: How the mathematics marks its own: it knows no catalogues.
_SAYERS = dict.fromkeys(("Phrase", "NumberError", "QuantityError", "EquationError", "PathCountError"), 1)
#: How click marks its own.
_CLICKS = {"_": 1, "ngettext": 2}
#: How a comment for translators begins, in the line above the message.
_TOLD = "# Translators:"
#: What the command alone says.
_SAYING = (
    "autograd.py", "cli.py", "cluster.py", "errors.py", "film.py", "lessons.py", "notebook.py", "options.py",
    "production.py", "progress.py", "reading_list.py", "rendering.py", "schema_words.py", "soundtrack.py", "tables.py",
    "words.py", "work.py", "workers.py", "commands/", "slides/cutting.py", "watch/",
)  # fmt: skip
_COMMAND = tuple(f"bp_studio/{name}" for name in _SAYING)
#: Where a language counts: films say it.
_COUNTING = "bp_script/language/languages.py"
_WIDTH = 120


@dataclass
class Message:
    """A message of the sources: its plural if it has one, the files it stands in, and what translators are told."""

    plural: str | None = None
    files: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def domain_of(file: str) -> str:
    """The domain of a source file.

    >>> domain_of("scenes/bias.py"), domain_of("scenes/kit/cards.py"), domain_of("bp_studio/commands/check.py")
    ('bias', 'kit', 'command')
    >>> domain_of("bp_script/parts.py")
    'mistakes'
    """
    if file.startswith("bp_script/") and file != _COUNTING:
        return "mistakes"
    if file.startswith("bp_studio/"):
        return "command" if file.startswith(_COMMAND) else "studio"
    own = file.startswith("scenes/") and not file.startswith("scenes/kit/")
    return Path(file).stem if own else "kit"


def messages() -> dict[str, dict[str, Message]]:
    """The messages of the sources by domain, in the order of the sources."""
    found: dict[str, dict[str, Message]] = {}

    def keep(domain: str, file: str, marked: Iterable[tuple[str, str | None, str]]) -> None:
        for single, plural, comment in marked:
            message = found.setdefault(domain, {}).setdefault(single, Message(plural))
            if file not in message.files:
                message.files.append(file)
            if comment and comment not in message.comments:
                message.comments.append(comment)

    for file in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in _READERS):
        name = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        keep(domain_of(name), name, _READERS[file.suffix](text))
        if domain_of(name) == "command" and file.suffix == ".py":
            keep("command", name, _helped(text))
    for file in sorted((ROOT / "bp_core").rglob("*.py")):
        keep("mathematics", f"bp_core/{file.name}", _marked(file.read_text(encoding="utf-8"), _SAYERS))
    for file in sorted(Path(click.__file__).parent.glob("*.py")):
        keep("click", f"click/{file.name}", _marked(file.read_text(encoding="utf-8"), _CLICKS))
    keep("schema", "bp_studio/schema_words.py", ((told, None, "") for told in _described()))
    return found


def _marked(source: str, keywords: Mapping[str, int] = KEYWORDS) -> Iterator[tuple[str, str | None, str]]:
    """The messages of a source, each with its plural and what the line above it tells translators."""
    lines = source.splitlines()
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = getattr(call.func, "attr", getattr(call.func, "id", None))
        said = [one.value for one in call.args[: keywords.get(name, 0)] if isinstance(one, ast.Constant)]
        if said and all(isinstance(one, str) for one in said):
            above = lines[call.lineno - 2].strip() if call.lineno > 1 else ""
            yield said[0], said[1] if len(said) > 1 else None, above[2:] if above.startswith(_TOLD) else ""


def _helped(source: str) -> Iterator[tuple[str, str | None, str]]:
    """What a command's help says: of the command itself, of its options, and what it calls their values."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            makers = [getattr(one.func, "attr", "") for one in node.decorator_list if isinstance(one, ast.Call)]
            if {"command", "group"} & set(makers) and (told := ast.get_docstring(node)):
                yield told, None, ""
        elif isinstance(node, ast.keyword) and node.arg in {"help", "metavar"} and isinstance(node.value, ast.Constant):
            yield str(node.value.value), None, ""


def _described() -> Iterator[str]:
    """What the schema of lessons says of keys and chapters."""
    schemas = chapter_schemas()
    yield from dict.fromkeys(descriptions(lesson_schema(schemas)))


def _asked(template: str) -> Iterator[tuple[str, str | None, str]]:
    """The messages of a page's template."""
    for call in Environment(autoescape=True).parse(template).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in KEYWORDS:
            said = [one.value for one in call.args[: KEYWORDS[call.node.name]] if isinstance(one, nodes.Const)]
            yield said[0], said[1] if len(said) > 1 else None, ""


_READERS = {".py": _marked, ".html": _asked}


def catalogues(language: str) -> dict[str, Catalog]:
    """The catalogues of a language by domain, as they stand in their files."""
    found = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language, abort_invalid=True)
    return found


def updated(language: str) -> Iterator[tuple[Path, str]]:
    """Each catalogue file of a language and what should stand in it; nothing where it should not be."""
    standing = catalogues(language)
    known = {}
    for catalogue in standing.values():
        for entry in catalogue:
            if entry.id and entry.string:
                known[entry.id] = entry
    needed = messages()
    for domain in sorted({*needed, *standing}):
        told = needed.get(domain, {})
        text = _header(language)
        for single, message in told.items():
            key = single if message.plural is None else (single, message.plural)
            there = standing[domain].get(single) if domain in standing else None
            entry = there if there is not None and there.string else known.get(key)
            text += _entry(single, message, "" if entry is None or entry.id != key else entry.string, entry)
        yield LOCALES / language / f"{domain}.po", text if told else ""


def _header(language: str) -> str:
    forms = Catalog(locale=language).plural_forms
    lines = (f"Language: {language}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8")
    rest = ("Content-Transfer-Encoding: 8bit", f"Plural-Forms: {forms}")
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in (*lines, *rest))


def _entry(single: str, message: Message, said: str | tuple[str, ...] | list[str], entry: object) -> str:
    text = "\n" + "".join(f"# {line}\n" for line in getattr(entry, "user_comments", ()) if line)
    text += "".join(f"#. {line}\n" for line in message.comments)
    text += f"#: {' '.join(message.files)}\n"
    if getattr(entry, "fuzzy", False):
        text += "#, fuzzy\n"
    text += f"msgid {normalize(single, width=_WIDTH)}\n"
    if message.plural is None:
        return text + f"msgstr {normalize(said if isinstance(said, str) else '', width=_WIDTH)}\n"
    forms = ("", "") if isinstance(said, str) else said
    text += f"msgid_plural {normalize(message.plural, width=_WIDTH)}\n"
    return text + "".join(f"msgstr[{n}] {normalize(form, width=_WIDTH)}\n" for n, form in enumerate(forms))


def main() -> None:
    """Write every catalogue that the sources have outgrown and say what is left to translate."""
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        for path, text in updated(language):
            if not text:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        for domain, catalogue in catalogues(language).items():
            missing = [entry.id for entry in catalogue if entry.id and not entry.string]
            if missing:
                sys.stdout.write(f"{language}/{domain}.po: {len(missing)} to translate\n")


if __name__ == "__main__":
    main()
