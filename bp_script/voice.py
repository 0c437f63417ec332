"""Who says the words of a film: a synthetic voice, or recordings of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bp_script.errors import LessonError, LessonErrors, Mistake, did_you_mean, mismatch, one_of, shown
from bp_script.files import FileRefused, folder_beside
from bp_script.language.caller import tr

if TYPE_CHECKING:
    from bp_script.reading import Findings
    from bp_script.yaml_marks import Document

#: What speaks on this machine alone: the only service that a lesson can choose.
OFFLINE = "espeak-ng"
#: The services of manim-voiceover, which only whoever makes the film can choose: most send the words elsewhere.
SERVICES = ("azure", "elevenlabs", "gemini", "gtts", "openai", "pyttsx3")
#: Words a minute, and the pitch.
SPEED, PITCH = (80, 450), (0, 99)
#: The keys that belong to a synthetic voice, and to recordings.
_SYNTHETIC, _RECORDED = ("service", "voice", "speed", "pitch"), ("recordings", "missing")


class NoVoice(Exception):  # noqa: N818 - what there is not
    """Whoever shall speak cannot speak here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: ``service`` with its settings, or ``recordings`` in a folder.

    A service is ``espeak-ng``, one of :data:`SERVICES`, or ``package.module:Class``, a class of that kind.

    ``mark`` is where the lesson says so; None for a voice that was asked for elsewhere.
    """

    service: str = OFFLINE
    voice: str | None = None
    speed: int = 150
    pitch: int = 50
    recordings: Path | None = None
    missing: Literal["error", "silence"] = "error"
    mark: Document | None = field(default=None, repr=False, compare=False)

    @classmethod
    def asked(cls, said: str) -> Voice | None:
        """A voice as the command line names it: ``none``, a folder of recordings, or ``SERVICE`` or ``SERVICE:VOICE``.

        Raises:
            ValueError: it is none of these; the message says what was expected.
        """
        if said == "none":
            return None
        if "/" in said or Path(said).is_dir():
            if not Path(said).is_dir():
                raise ValueError(
                    tr("expected a folder of recordings; got %(got)s, which is not there", got=shown(said))
                )
            return cls(recordings=Path(said))
        service, _, voice = said.partition(":")
        if "." in service:
            return cls(said)
        if service not in (OFFLINE, *SERVICES):
            known = (OFFLINE, *SERVICES)
            expected = tr("none, a folder of recordings, or a service (%(names)s)", names=one_of(known))
            raise ValueError(mismatch(expected, shown(said) + did_you_mean(service, known)))
        return cls(service, voice or None)

    def error(self, key: str, message: str) -> LessonErrors:
        """The error to raise for a mistake that shows when somebody shall speak."""
        if self.mark is None:
            return LessonErrors([LessonError("--voice", message)])
        written = isinstance(self.mark.data, dict) and key in self.mark.data
        return LessonErrors([self.mark.error(Mistake((key,) if written else (), message))])


def check_voice(raw: Any, folder: Path | None, found: Findings) -> None:
    """Whether the keys of a lesson's ``voice`` go together, and name a folder beside it."""
    if not isinstance(raw, dict):
        return
    recorded = "recordings" in raw
    if not recorded and "service" not in raw:
        found.add(
            ("voice",),
            tr("expected who speaks: service: %(service)s, or recordings: a folder; got neither", service=OFFLINE),
        )
        return
    for key in raw:
        if key in (_SYNTHETIC if recorded else _RECORDED):
            message = (
                tr("expected %(key)s without %(other)s; got both", key="recordings", other=key)
                if recorded
                else tr("expected %(key)s only with recordings", key=key)
            )
            found.add(("voice", key), message, at_key=True)
    if recorded and isinstance(raw["recordings"], str):
        try:
            _folder(raw["recordings"], folder)
        except FileRefused as error:
            found.add(("voice", "recordings"), str(error))


def voice_from(said: Any, folder: Path | None, lesson: Document) -> Voice | None:
    """The voice of a lesson's ``voice``; nothing may be wrong with it."""
    if said is None:
        return None
    written = {"service": said} if isinstance(said, str) else said
    keys: dict[str, Any] = {key: value for key, value in written.items() if value is not None}
    if "recordings" in keys:
        keys["recordings"] = _folder(keys["recordings"], folder)
        keys.pop("service", None)
    return Voice(**keys, mark=lesson.part(("voice",)))


def _folder(name: str, folder: Path | None) -> Path:
    if folder is None:
        raise FileRefused(tr("expected a lesson in a file, with the folder beside it"))
    return folder_beside(folder, name)
