"""What is on the bench: the lesson as it was last saved, its mistakes, and the stills of each chapter."""

from __future__ import annotations

import hashlib
import pickle
import re
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bp_script.chapters import PYTHON, own_names
from bp_script.errors import LessonErrors
from bp_script.language.caller import tr_n
from bp_studio.clips import ClipTask
from bp_studio.errors import UsageError, of_chapter, trouble
from bp_studio.lessons import load_for_pictures
from bp_studio.work import WORKSHOP
from bp_studio.workers import Done, Failed, Job, Started, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson


@dataclass(slots=True)
class Still:
    """One settled moment."""

    name: str
    at: float
    source: str


@dataclass(slots=True)
class Sheet:
    """A chapter's stills; ``version`` tells what they were drawn from, ``busy`` that newer ones are on their way."""

    name: str
    version: str = ""
    busy: bool = False
    stills: list[Still] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Bench:
    """Keeps the stills of a lesson's chapters up to date. Its state can be read from any thread."""

    def __init__(
        self,
        lesson: str,
        quality: str,
        workers: Workers,
        *,
        allow_python: bool,
        look: Mapping[str, str] | None = None,
    ) -> None:
        self._lesson, self._quality, self._workers = lesson, quality, workers
        self._allow_python, self._given = allow_python, look
        self._changed = threading.Condition()
        self._turn = 0
        self._title, self._errors = lesson, list[str]()
        self._sheets: dict[str, Sheet] = {}
        self.folder = workers.scratch / "stills"

    def state(self, since: int = -1, seconds: float = 0.0) -> dict[str, Any]:
        """Everything there is to see; waits up to ``seconds`` for something newer than turn ``since``."""
        with self._changed:
            self._changed.wait_for(lambda: self._turn > since, timeout=seconds)
            sheets = [asdict(sheet) for sheet in self._sheets.values()]
            return {"turn": self._turn, "title": self._title, "errors": self._errors, "chapters": sheets}

    def look(self, tell: Callable[[str], None]) -> None:
        """Read the lesson anew and draw what has changed; ``tell`` gets a line for each chapter and mistake."""
        try:
            (lesson,) = load_for_pictures([self._lesson], allow_python=self._allow_python, look=self._given)
        except (LessonErrors, UsageError) as error:
            lines = list(trouble(error).lines)
            with self._news():
                self._errors = lines
            for line in lines:
                tell(line)
            return
        jobs = self._put_on(lesson)
        self._workers.add(jobs)
        for event in self._workers.events():
            name = str(event.key)
            sheet = self._sheets[name]
            match event:
                case Started():
                    continue
                case Done(result=stills):
                    with self._news():
                        sheet.stills = [
                            Still(moment.name, round(moment.at, 1), f"{sheet.version}/{path.name}")
                            for moment, path in stills
                        ]
                        sheet.errors, sheet.busy = [], False
                    tell(tr_n("%(name)s: %(n)s still", "%(name)s: %(n)s stills", len(stills), name=name))
                case Failed(trouble=found):
                    lines = list(of_chapter(str(lesson.path), name, found).lines)
                    with self._news():
                        sheet.errors, sheet.busy, sheet.version = lines, False, ""
                    for line in lines:
                        tell(line)

    def _put_on(self, lesson: Lesson) -> list[Job]:
        """The jobs for the chapters that are not as they were."""
        jobs, sheets = [], {}
        for call, name in zip(lesson.chapters, own_names(lesson.chapters), strict=True):
            sheet, version = self._sheets.get(name, Sheet(name)), _version(lesson, call)
            sheets[name] = sheet
            if sheet.version != version:
                sheet.version, sheet.busy = version, True
                task = ClipTask(lesson, call, self._quality)
                jobs.append(Job(name, f"{WORKSHOP}:take_stills", (task, self.folder / version)))
        with self._news():
            self._title, self._errors, self._sheets = lesson.title, [], sheets
        return jobs

    def _news(self) -> _News:
        return _News(self)


class _News:
    """While the block runs, the state is being changed; then everyone who waits is told."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __enter__(self) -> None:
        self._bench._changed.acquire()  # noqa: SLF001 - the bench's own

    def __exit__(self, *_: object) -> None:
        self._bench._turn += 1  # noqa: SLF001
        self._bench._changed.notify_all()  # noqa: SLF001
        self._bench._changed.release()  # noqa: SLF001


def _version(lesson: Lesson, call: ChapterCall) -> str:
    """What a chapter's stills depend on, as a short name."""
    parts = (lesson.network, lesson.cost, lesson.examples, lesson.training, lesson.focus, lesson.look)
    written = re.fullmatch(PYTHON, call.name)
    changed = _time_of(lesson, written["file"]) if written else 0
    content = pickle.dumps((*parts, call.name, dict(call.parameters), lesson.input_names, lesson.class_names, changed))
    return hashlib.sha256(content).hexdigest()[:16]


def _time_of(lesson: Lesson, file: str) -> int:
    path = (lesson.path.parent if lesson.path is not None else Path()) / file
    return path.stat().st_mtime_ns if path.exists() else 0
