"""``voice``: who says the words."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from bp_script.entries.base import Entry, Range, Text, Whole
from bp_script.errors import did_you_mean, shown
from bp_script.language.caller import tr
from bp_script.mistakes import EXPECTED
from bp_script.voice import OFFLINE, PITCH, SERVICES, SPEED

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_+/-]{0,59}$"


def _check_service(name: str) -> str:
    if name == OFFLINE:
        return name
    got = f"{shown(name)}{did_you_mean(name, [OFFLINE])}"
    if name in SERVICES:
        got = tr(
            "%(service)s, which is not for a lesson to choose (bp … --voice %(name)s is)",
            service=shown(name),
            name=name,
        )
    raise PydanticCustomError(EXPECTED, "{expected}", {"expected": OFFLINE, "got": got})


def _check_name(name: str) -> str:
    if not re.fullmatch(_NAME, name):
        expected = tr("the name of a voice, such as en-gb or de")
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected})
    return name


Service: TypeAlias = Annotated[
    str, Strict(), AfterValidator(_check_service), WithJsonSchema({"type": "string", "const": OFFLINE})
]
VoiceName: TypeAlias = Annotated[
    str, Strict(), AfterValidator(_check_name), WithJsonSchema({"type": "string", "pattern": _NAME})
]


class VoiceEntry(Entry):
    """A synthetic voice, or recordings of one's own."""

    service: Service | None = None
    """espeak-ng, which speaks without the network"""
    voice: VoiceName | None = None
    """which of the service's voices, such as en-gb; left out, one of the lesson's language"""
    speed: Annotated[Whole, Range(*SPEED)] = 150
    """words a minute"""
    pitch: Annotated[Whole, Range(*PITCH)] = 50
    """from low to high"""
    recordings: Text | None = None
    """a folder beside the lesson with a recording of each step, as `bp voice` lists them"""
    missing: Literal["error", "silence"] = "error"
    """where there is no recording yet: error, or silence while the words are read"""
