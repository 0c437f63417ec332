"""Tells x264 which parts of a frame are those of the frame before: these it need not look at.

FFmpeg hands such a hint on to x264 (its option ``mb_info``), as side data of a frame, and PyAV gives no way to put one
there: so FFmpeg's own functions are called, for a PyAV whose frames are known to keep theirs where we look for it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from functools import cache
from typing import Any

import av
from av import _core
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from scenes.kit.door.painter import Rect

#: PyAV's versions in which the pointer to FFmpeg's frame comes after two words of Python's and one of Cython's.
_KNOWN = range(14, 19)
_POINTER = 3 * ctypes.sizeof(ctypes.c_void_p)
#: What ``libavutil/video_hint.h`` calls AV_VIDEO_HINT_TYPE_CHANGED.
_CHANGED = 1
#: A hint has to name something: where nothing has changed, one pixel.
_NOTHING = [(0, 0, 1, 1)]


class _Hint(ctypes.Structure):
    """FFmpeg's AVVideoHint: rectangles of four numbers each, ``offset`` bytes after its beginning."""

    _fields_ = (
        ("count", ctypes.c_size_t),
        ("offset", ctypes.c_size_t),
        ("size", ctypes.c_size_t),
        ("kind", ctypes.c_int),
    )


def can_be_given() -> bool:
    """Whether the installed PyAV and FFmpeg take hints."""
    return _functions() is not None


def give(frame: VideoFrame, changed: Iterable[Rect]) -> None:
    """Say where a frame differs from the one before; the rest is to be as it was.

    Raises:
        RuntimeError: PyAV keeps its frames in another way than was known.
        ValueError: a place is not in the frame (FFmpeg would end the program).
    """
    functions = _functions()
    if functions is None:
        raise RuntimeError("the installed PyAV takes no hints")
    create, remove = functions
    address = _address(frame)
    rects = [(left, top, right - left, bottom - top) for left, top, right, bottom in changed] or _NOTHING
    if not all(x + width <= frame.width and y + height <= frame.height for x, y, width, height in rects):
        raise ValueError(f"expected places in {frame.width} × {frame.height}; got {rects}")
    remove(address, Type.VIDEO_HINT.value)
    place = create(address, len(rects))
    hint = _Hint.from_address(place)
    hint.kind = _CHANGED
    numbers: Any = [number for rect in rects for number in rect]
    (ctypes.c_uint32 * len(numbers)).from_address(place + hint.offset)[:] = numbers


@cache
def _functions() -> tuple[Any, Any] | None:
    if int(av.__version__.split(".")[0]) not in _KNOWN:
        return None
    try:
        library = ctypes.CDLL(_core.__file__)  # it brings libavutil along
        create, remove = library.av_video_hint_create_side_data, library.av_frame_remove_side_data
    except (OSError, AttributeError):
        return None
    create.restype, create.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_size_t)
    remove.restype, remove.argtypes = None, (ctypes.c_void_p, ctypes.c_int)
    return create, remove


def _address(frame: VideoFrame) -> int:
    """Of FFmpeg's own frame, which begins with where its planes are."""
    address = ctypes.c_void_p.from_address(id(frame) + _POINTER).value or 0
    planes = [plane.buffer_ptr for plane in frame.planes]
    found = (ctypes.c_void_p * len(planes)).from_address(address)[:] if address else []
    if found != planes:
        raise RuntimeError(f"PyAV {av.__version__} keeps its frames in another way than was known")
    return address
