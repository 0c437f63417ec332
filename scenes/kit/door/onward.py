"""A scene drawn stretch by stretch: at the end of one it may wait for the next, so that nobody has to skip there.

Manim plays a scene from its beginning to its end: it does so in a thread of its own, which waits while nothing is
asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from scenes.kit.film.stretch import Joint, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

#: As much as the main thread has, whatever the system gives to others.
_STACK = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Request:
    """A stretch to draw into a file (or without one to look at), and whether its end may lead on to another."""

    stretch: Stretch
    clip: Path | None = None
    on_frame: Callable[[int], None] | None = None
    leads_on: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What came of drawing a stretch: its frames, what they show, and whether it ends on what the next starts on."""

    frames: int
    fingerprint: str
    meets: bool


class Onward:
    """A scene on its way; ``play`` plays it from its beginning, drawing what is asked of it."""

    def __init__(self, play: Callable[[Onward, Request], Drawing]) -> None:
        self._play = play
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._answers: SimpleQueue[Drawing | BaseException] = SimpleQueue()
        self._thread: threading.Thread | None = None
        #: The play before which the scene waits; None if it does not.
        self.waits_at: int | None = None

    def draw(self, request: Request) -> Drawing:
        """The stretch asked for: the first request starts the scene, the next one begins where it waits.

        Raises:
            BaseException: what the scene raises.
        """
        self.waits_at = None
        if self._thread is None:
            before = threading.stack_size(_STACK)
            self._thread = threading.Thread(target=copy_context().run, args=(self._run, request), daemon=True)
            self._thread.start()
            threading.stack_size(before)
        else:
            self._requests.put(request)
        answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def end(self) -> None:
        """The scene waits no longer."""
        if self._thread is not None and self.waits_at is not None:
            self.waits_at = None
            self._requests.put(None)
            self._thread.join()

    def following(self, request: Request, drawing: Drawing, joints: Sequence[Joint]) -> Request | None:
        """For the scene at the end of a stretch: what to go on with, when it is known; None if there is no more.

        It may go on where it is as if it had been skipped to: to the last bit.
        """
        stretch = request.stretch
        if not (request.leads_on and any(j.play == stretch.end and j.exactly == stretch.exactly for j in joints)):
            return None
        self.waits_at = stretch.end
        self._answers.put(drawing)
        return self._requests.get()

    def _run(self, first: Request) -> None:
        try:
            self._answers.put(self._play(self, first))
        except BaseException as error:  # noqa: BLE001 -- it is raised where the drawing was asked for
            self._answers.put(error)
