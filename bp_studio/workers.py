"""Processes that work side by side.

Each worker is a Python process of its own that imports what it needs once and then does one job after another.
What it prints goes to a log; what it has to say comes back as events. When the parent goes, for whatever reason,
its workers go too and take the scratch folder along.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from bp_script.language.caller import tr
from bp_studio.errors import Trouble, Troubles, trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

#: One thread of linear algebra a worker: the workers are the parallelism.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Job:
    """Call a function in a worker, as ``function(*arguments, report)``; what it gives to ``report`` is an event.

    The function is named, ``"module:function"``: the parent need not import what only its workers use.
    ``after`` is the job that this one goes on from: whoever has just done that one does this one at less cost.
    """

    key: Hashable
    function: str
    arguments: tuple[Any, ...] = ()
    after: Hashable = None


@dataclass(frozen=True, slots=True)
class Started:
    """A worker took up the job."""

    key: Hashable


@dataclass(frozen=True, slots=True)
class Reported:
    """The job says how far it is."""

    key: Hashable
    value: Any


@dataclass(frozen=True, slots=True)
class Done:
    """The job returned."""

    key: Hashable
    result: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """The job raised an error, or its worker died."""

    key: Hashable
    trouble: Trouble


Event = Started | Reported | Done | Failed


class Team(Protocol):
    """Whoever does jobs: processes here, or machines elsewhere."""

    scratch: Path

    def add(self, jobs: Iterable[Job], /) -> None:
        """More jobs, to be begun in this order."""

    def drop(self, unwanted: Callable[[Hashable], bool], /) -> None:
        """Forget the jobs of every unwanted key."""

    def events(self) -> Iterator[Event]:
        """Work until no job is left; yields what happens as it happens."""


def results(team: Team, told: Callable[[Any, Trouble], Trouble]) -> Iterator[tuple[Any, Any]]:
    """Work until no job is left; yields the key of each that is done, and what it returned.

    Raises:
        Troubles: in the end, if jobs failed: what ``told`` makes of the key and the trouble of each, by their keys.
    """
    troubles: dict[Any, Trouble] = {}
    for event in team.events():
        match event:
            case Done(key=key, result=result):
                yield key, result
            case Failed(key=key, trouble=found):
                troubles[key] = told(key, found)
    if troubles:
        raise Troubles([troubles[key] for key in sorted(troubles)])


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    connection: Connection[Any, Any]
    job: Job | None = None
    last: Hashable = None


@dataclass
class Workers:
    """Up to ``count`` workers, started as there are jobs for them; all are gone when the ``with`` block ends.

    ``scratch`` is a folder that exists, for the workers' temporary files; what they print goes to ``log``.
    """

    count: int
    scratch: Path
    log: Path | None = None
    _workers: list[_Worker] = field(default_factory=list, init=False)
    _waiting: deque[Job] = field(default_factory=deque, init=False)
    _started: deque[Started] = field(default_factory=deque, init=False)

    def __enter__(self) -> Self:
        self.log = self.log or self.scratch / "workers.log"
        self.log.write_bytes(b"")
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.clear()
        for worker in self._workers:
            self._end(worker)
        self._workers.clear()

    def add(self, jobs: Iterable[Job]) -> None:
        """Put jobs at the end of the queue, also while :meth:`events` runs."""
        self._waiting.extend(jobs)

    def drop(self, unwanted: Callable[[Hashable], bool]) -> None:
        """Forget the jobs with an unwanted key: the waiting ones are never begun, the running ones stopped."""
        self._waiting = deque(job for job in self._waiting if not unwanted(job.key))
        for worker in [worker for worker in self._workers if worker.job and unwanted(worker.job.key)]:
            self._end(worker)
            self._workers.remove(worker)

    def begin(self) -> None:
        """Give every free worker a job; they are at it while the parent does something else."""
        for worker in self._idle():
            worker.job = self._next(worker)
            self._waiting.remove(worker.job)
            worker.connection.send((worker.job.function, worker.job.arguments))
            self._started.append(Started(worker.job.key))

    def events(self) -> Iterator[Event]:
        """Work until no job is left; yields what happens as it happens."""
        while True:
            self.begin()
            while self._started:
                yield self._started.popleft()
            busy = [worker for worker in self._workers if worker.job]
            if not busy:
                return
            speaking = wait([worker.connection for worker in busy])
            for worker in busy:
                if worker.connection in speaking and worker in self._workers:  # not dropped meanwhile
                    yield self._receive(worker)

    def _next(self, worker: _Worker) -> Job:
        """What goes on from the worker's last job, or else the first that no other is about to go on to."""
        onward = (job for job in self._waiting if job.after is not None and job.after == worker.last)
        running = {other.job.key for other in self._workers if other.job}
        free = (job for job in self._waiting if job.after is None or job.after not in running)
        return next(onward, None) or next(free, self._waiting[-1])

    def _idle(self) -> Iterator[_Worker]:
        """Workers for the waiting jobs, one after the other; new ones as long as there may be more."""
        while self._waiting:
            free = next((worker for worker in self._workers if not worker.job), None)
            if free is None:
                if len(self._workers) == self.count:
                    return
                free = self._start()
            yield free

    def _start(self) -> _Worker:
        mine, theirs = Pipe()
        # The parent's import path as it is: no other `scenes` in the current folder can come before ours.
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; from bp_studio import workers; workers.serve({theirs.fileno()})"
        )
        with interrupts_held(), theirs, (self.log or Path(os.devnull)).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 -- our own code
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.PIPE,  # held open as long as the parent lives
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **_ONE_THREAD, "TMPDIR": str(self.scratch)},
            )
            worker = _Worker(process, mine)
            self._workers.append(worker)
        return worker

    def _receive(self, worker: _Worker) -> Event:
        job = worker.job
        if job is None:
            raise AssertionError("a worker without a job spoke")
        try:
            kind, content = worker.connection.recv()
        except (EOFError, ConnectionError):
            self._workers.remove(worker)
            return Failed(job.key, _death(self._end(worker)))
        if kind == "reported":
            return Reported(job.key, content)
        worker.job, worker.last = None, job.key
        return Done(job.key, content) if kind == "done" else Failed(job.key, content)

    @staticmethod
    def _end(worker: _Worker) -> int:
        """Stop a worker at once: what it was at is in the scratch folder. Returns its exit status."""
        worker.connection.close()
        worker.process.kill()
        if worker.process.stdin:
            worker.process.stdin.close()
        return worker.process.wait()


def _death(status: int) -> Trouble:
    if status >= 0:
        return Trouble(1, (tr("its worker process ended with status %(status)s", status=status),))
    told = tr("its worker process was killed by %(signal)s", signal=signal.Signals(-status).name)
    return Trouble(1, (told + tr(" (is there enough memory?)") if status == -signal.SIGKILL else told,))


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Interrupts wait outside the block, so that no process starts unnoticed.

    A child begins with the same mask and keeps it: Ctrl-C reaches the parent alone, who ends its workers.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def serve(descriptor: int) -> None:
    """A worker's life: take a job, do it, say how it went; end when the parent has gone."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGHUP})
    watch = threading.Thread(target=_leave_with_parent, args=(Path(os.environ["TMPDIR"]),), daemon=True)
    watch.start()
    connection: Connection[Any, Any] = Connection(descriptor)

    def report(value: Any) -> None:
        connection.send(("reported", value))

    while True:
        try:
            job = connection.recv_bytes()
        except EOFError:
            watch.join()  # ends this process
        try:
            name, arguments = pickle.loads(job)  # noqa: S301 -- from our own parent
            module, function = name.split(":")
            connection.send(("done", getattr(import_module(module), function)(*arguments, report)))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the parent says it
            connection.send(("failed", trouble(error)))


def _leave_with_parent(scratch: Path) -> None:
    """The parent holds the other end of this pipe; its end means the parent's, however that came."""
    os.read(sys.stdin.fileno(), 1)
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)
