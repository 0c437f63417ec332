"""GIFs end to end, byte for byte: every picture keeps its pixels, colours and delay.

The format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt. A file is a header with an optional table of colours for
all its pictures, then blocks. Clips that share a table share it in the film; else each picture gets its clip's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from scenes.kit.door.gif_format import LOOP, TRAILER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEADER_SIZE = 13
_EXTENSION = 0x21
_GRAPHIC_CONTROL = 0xF9
_HAS_TABLE = 0x80
_TABLE_SIZE = 0x07


def join(clips: Sequence[Path], film: BinaryIO) -> list[int]:
    """Write the clips' pictures to ``film``, in order; returns how long each lasts, in hundredths of a second.

    Raises:
        ValueError: a file that is no GIF.
    """
    lengths: list[int] = []
    shared = _shared_table(clips)
    for clip in clips:
        data = _read(clip)
        if not lengths:
            flags = data[10] if shared else 0x70
            film.write(b"GIF89a" + data[6:10] + bytes([flags]) + data[11:13] + shared + LOOP)
        lengths.append(_copy_pictures(data, film, is_shared=bool(shared)))
    film.write(TRAILER)
    return lengths


def _read(clip: Path) -> bytes:
    data = clip.read_bytes()
    if data[:4] != b"GIF8":
        raise ValueError(f"{clip.name} is no GIF")
    return data


def _shared_table(clips: Sequence[Path]) -> bytes:
    """The table that all clips have; empty if they have different ones, or none."""
    tables = set()
    for clip in clips:
        with clip.open("rb") as file:
            head = file.read(_HEADER_SIZE + 768)
        tables.add(head[_HEADER_SIZE : _HEADER_SIZE + _table_bytes(head[10])] if len(head) > _HEADER_SIZE else b"")
    return tables.pop() if len(tables) == 1 else b""


def _copy_pictures(data: bytes, film: BinaryIO, *, is_shared: bool) -> int:
    flags = data[10]
    at = _HEADER_SIZE + _table_bytes(flags)
    table = data[_HEADER_SIZE:at]
    length = 0
    while data[at] != TRAILER[0]:
        if data[at] == _EXTENSION:
            end = _after_blocks(data, at + 2)
            if data[at + 1] == _GRAPHIC_CONTROL:
                film.write(data[at:end])
                length += int.from_bytes(data[at + 4 : at + 6], "little")
        elif is_shared:
            end = _after_blocks(data, at + 10 + _table_bytes(data[at + 9]) + 1)
            film.write(data[at:end])
        else:
            end = _write_image(data, at, flags, table, film)
        at = end
    return length


def _write_image(data: bytes, at: int, flags: int, table: bytes, film: BinaryIO) -> int:
    """Copy the image at ``at``; one without colours of its own gets the clip's. Returns where it ends."""
    place, own = data[at : at + 9], data[at + 9]
    pixels = at + 10 + _table_bytes(own)
    end = _after_blocks(data, pixels + 1)
    if own & _HAS_TABLE:
        film.write(data[at:end])
    else:
        film.write(place + bytes([own & ~_TABLE_SIZE | _HAS_TABLE | flags & _TABLE_SIZE]) + table + data[pixels:end])
    return end


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & _TABLE_SIZE) + 1) if flags & _HAS_TABLE else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Where a chain of data blocks ends: each begins with its length, the last has none."""
    while data[at]:
        at += data[at] + 1
    return at + 1
