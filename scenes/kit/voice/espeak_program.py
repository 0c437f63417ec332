"""A program of its own: says a text by the library espeak-ng, with the time of each word.

It runs apart from everything else, for it hands a lesson's text to a library in C. Arguments are voice, words a minute
and pitch, the text is read from standard input. On standard output: a line of JSON, then 16-bit samples.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import sys
from collections.abc import Iterator
from typing import Any

#: Exit statuses: the library is not there; it has no such voice.
NO_LIBRARY, NO_VOICE = 3, 4
_NAMES = (
    "libespeak-ng.so.1",
    "libespeak-ng.1.dylib",
    "/opt/homebrew/lib/libespeak-ng.1.dylib",
    "/usr/local/lib/libespeak-ng.1.dylib",
)
#: From espeak-ng's speak_lib.h.
_SYNCHRONOUS, _UTF8, _CHARACTERS = 2, 1, 1
_RATE, _PITCH = 1, 3
_NOTHING_MORE, _WORD = 0, 1


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    )


def main(arguments: list[str]) -> int:
    """Say what standard input holds; without arguments only say which version speaks."""
    library = _library()
    if library is None:
        return NO_LIBRARY
    library.espeak_Info.restype = ctypes.c_char_p
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
    version = library.espeak_Info(None).decode()
    if not arguments:
        sys.stdout.write(f"{json.dumps({'version': version, 'rate': rate})}\n")
        return 0
    voice, speed, pitch = arguments
    wanted = _Voice(languages=voice.encode())
    if library.espeak_SetVoiceByName(voice.encode()) and library.espeak_SetVoiceByProperties(ctypes.byref(wanted)):
        return NO_VOICE
    library.espeak_SetParameter(_RATE, int(speed), 0)
    library.espeak_SetParameter(_PITCH, int(pitch), 0)
    words, samples = _spoken(library, sys.stdin.buffer.read())
    sys.stdout.write(f"{json.dumps({'version': version, 'rate': rate, 'words': words})}\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(samples)
    return 0


def _spoken(library: Any, text: bytes) -> tuple[list[tuple[int, int]], bytes]:
    """Places of words, counted in characters from 0, with their milliseconds; and the samples."""
    words: list[tuple[int, int]] = []
    samples = bytearray()

    def take(pcm: Any, count: int, events: Any) -> int:
        if pcm and count:
            samples.extend(ctypes.string_at(pcm, 2 * count))
        for event in _until_the_last(events):
            # a number comes as several words, each at the place of the first; what has no length is no word
            if event.type == _WORD and event.length and (not words or event.text_position - 1 > words[-1][0]):
                words.append((event.text_position - 1, event.audio_position))
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))
    taken = kind(take)
    library.espeak_SetSynthCallback(taken)
    library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, _CHARACTERS, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    return words, bytes(samples)


def _until_the_last(events: Any) -> Iterator[_Event]:
    number = 0
    while events[number].type != _NOTHING_MORE:
        yield events[number]
        number += 1


def _library() -> Any:
    for name in (*_NAMES, ctypes.util.find_library("espeak-ng")):
        try:
            return ctypes.CDLL(name) if name else None
        except OSError:
            continue
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
