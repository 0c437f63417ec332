"""Recordings of one's own: a file for each beat, in a folder, and what they were recorded for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bp_script.errors import one_of, shown
from bp_script.files import FileRefused, path_beside, read_limited
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.voice import Voice
from scenes.kit.voice.sound import NoSound, decode
from scenes.kit.voice.speech import LONGEST, Said, Utterance

#: Kinds of sound files that people record; others are left alone.
ENDINGS = (".wav", ".mp3", ".m4a", ".flac", ".ogg", ".opus")
#: What was to be said when each was recorded, as `bp voice` keeps it beside them.
TEXTS = "texts.json"
_EXPECTED = N_("expected a recording of %(words)s; got %(found)s in %(file)s")


@dataclass(frozen=True, slots=True)
class Take:
    """What a recording was made for: the text, and a digest of the file, empty if none was there yet."""

    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Recordings:
    """Says words by their recordings."""

    voice: Voice
    folder: Path

    def speak(self, words: Utterance) -> Said | None:
        """The recording of these words; None where there is none and silence shall stand for it.

        Raises:
            LessonErrors: there is none, it is none, or it was recorded for other words.
        """
        try:
            name = found(self.folder, words.name)
            content = b"" if name is None else _content(self.folder, name)
            samples = None if name is None else decode(content, LONGEST)
        except FileRefused as error:
            raise self._error(str(error)) from None
        except NoSound as error:
            told = tr(_EXPECTED, words=shown(words.written), found=error, file=shown(name))
            raise self._error(told) from None
        if name is None or samples is None:
            if self.voice.missing == "silence":
                return None
            told = tr(
                "expected a recording of %(words)s; got no %(name)s (%(endings)s) in %(folder)s "
                "(`bp voice` lists what to record)",
                words=shown(words.written),
                name=words.name,
                endings=one_of(ENDINGS),
                folder=shown(self.folder.name),
            )
            raise self._error(told)
        take = takes(self.folder).get(words.name)
        if take is not None and is_stale(take, words.written, content):
            told = tr(
                "expected a recording of %(words)s; got %(file)s, recorded for %(other)s "
                "(`bp voice --accept` takes it as it is)",
                words=shown(words.written),
                file=shown(name),
                other=shown(take.text),
            )
            raise self._error(told)
        return Said(samples, source=name)

    def _error(self, message: str) -> Exception:
        return self.voice.error("recordings", message)


def found(folder: Path, name: str) -> str | None:
    """The recording of this name in a folder; a number in front, to sort by, does not matter.

    Raises:
        FileRefused: there are several.
    """
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    mine = [
        file
        for file in there
        if file.lower().endswith(ENDINGS) and re.sub(r"^\d+[ _-]+", "", Path(file).stem).lower() == name.lower()
    ]
    if len(mine) > 1:
        raise FileRefused(
            tr("expected one recording %(name)s; got %(files)s", name=name, files=one_of(map(shown, mine)))
        )
    return mine[0] if mine else None


def takes(folder: Path) -> Mapping[str, Take]:
    """What each recording was made for, as far as `bp voice` has noted it."""
    path = folder / TEXTS
    if not path.is_file():
        return {}
    try:
        data = json.loads(read_limited(path, TEXTS))
        return {str(name): Take(str(take["text"]), str(take["digest"])) for name, take in data.items()}
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):  # somebody else's file
        return {}


def is_stale(take: Take, text: str, content: bytes) -> bool:
    """Whether a recording was made for other words than these."""
    return take.text != text and take.digest in {"", digest_of(content)}


def digest_of(content: bytes) -> str:
    """Tells one recording from another."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _content(folder: Path, name: str) -> bytes:
    return read_limited(path_beside(folder, name, ENDINGS), name)
