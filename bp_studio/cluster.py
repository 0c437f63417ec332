"""Jobs done by the workers of a Dask cluster: their inputs travel with them, and clips come back as bytes.

A worker needs nothing but this package, and does one job at a time. Dask itself begins a job anew when its worker dies.
"""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from bp_script.language.caller import tr
from bp_studio.clips import Piece
from bp_studio.errors import Exit, StudioError, Trouble, trouble
from bp_studio.workers import Done, Event, Failed, Job, Reported, Started

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

#: Seconds to wait for the scheduler.
_PATIENCE = 10
#: Manim's settings are those of a whole process.
_ONE_AT_A_TIME = threading.Lock()


@dataclass
class Cluster:
    """A team of machines: those that have joined the scheduler at ``address``."""

    address: str
    scratch: Path
    _client: Any = field(default=None, init=False)
    _futures: dict[Hashable, Any] = field(default_factory=dict, init=False)
    _folders: dict[Hashable, Path] = field(default_factory=dict, init=False)
    _news: SimpleQueue[Event] = field(default_factory=SimpleQueue, init=False)

    def __enter__(self) -> Self:
        try:
            from distributed import Client  # noqa: PLC0415 -- an extra
        except ImportError:
            raise StudioError(
                tr("--cluster needs Dask: %(command)s", command="pip install 'backprop-films[cluster]'")
            ) from None
        try:
            self._client = Client(self.address, timeout=_PATIENCE, name="bp")
        except (OSError, TimeoutError, ValueError) as error:
            told = tr("no Dask scheduler answers at %(address)s: %(error)s", address=self.address, error=error)
            raise StudioError(told) from None
        self._topic = f"bp-{self._client.id}"
        self._client.subscribe_topic(self._topic, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.cancel(list(self._futures.values()), force=True)
        self._client.close()

    def add(self, jobs: Iterable[Job]) -> None:
        """More jobs, to be begun in this order."""
        for number, job in enumerate(jobs):
            *arguments, folder = job.arguments
            future = self._client.submit(
                work, job.function, arguments, job.key, self._topic, pure=False, priority=-number, retries=2
            )
            self._futures[job.key], self._folders[job.key] = future, folder
            future.add_done_callback(lambda done, key=job.key: self._news.put(_outcome(key, done)))

    def drop(self, unwanted: Callable[[Hashable], bool]) -> None:
        """Forget the jobs of every unwanted key."""
        for key in [key for key in self._futures if unwanted(key)]:
            self._client.cancel([self._futures.pop(key)], force=True)

    def events(self) -> Iterator[Event]:
        """Work until no job is left; yields what happens as it happens."""
        while self._futures:
            event = self._news.get()
            if event.key not in self._futures:
                continue
            if isinstance(event, Done | Failed):
                del self._futures[event.key]
            if isinstance(event, Done):
                result, content = event.result
                event = replace(event, result=self._land(event.key, result, content))
            yield event

    def _land(self, key: Hashable, result: Any, content: bytes | None) -> Any:
        if content is None:
            return result
        folder = self._folders[key]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / result.path.name
        path.write_bytes(content)
        return replace(result, path=path)

    def _hear(self, message: tuple[float, dict[str, Any]]) -> None:
        _, news = message
        key, frames = _key(news["key"]), news["frames"]
        self._news.put(Started(key) if frames is None else Reported(key, frames))


def work(function: str, arguments: list[Any], key: Hashable, topic: str) -> tuple[Any, bytes | None]:
    """Do a job, on a worker: its result, and a clip's bytes."""
    from distributed import get_worker  # noqa: PLC0415 -- an extra

    worker = get_worker()

    def tell(frames: int | None) -> None:
        worker.log_event(topic, {"key": key, "frames": frames})

    module, name = function.split(":")
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory() as folder:
        tell(None)
        try:
            result = getattr(import_module(module), name)(*arguments, Path(folder), tell)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
            return trouble(error), None
        if not isinstance(result, Piece) or result.path is None:
            return result, None
        if result.path.is_dir():
            return Trouble(Exit.FAILED, (tr("numbered pictures are made on this machine only"),)), None
        return result, result.path.read_bytes()


def _outcome(key: Hashable, future: Any) -> Event:
    try:
        result = future.result()
    except BaseException as error:  # noqa: BLE001 -- a cancelled job, a worker that died too often
        return Failed(key, trouble(error if isinstance(error, Exception) else StudioError(tr("was cancelled"))))
    return Failed(key, result[0]) if isinstance(result[0], Trouble) else Done(key, result)


def _key(key: Any) -> Hashable:
    """Messages carry lists for tuples."""
    return tuple(key) if isinstance(key, list | tuple) else key
