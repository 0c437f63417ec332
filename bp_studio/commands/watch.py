"""``bp watch``: what a save has changed is drawn again at once."""

from __future__ import annotations

import tempfile
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

from bp_script.language.caller import callers_language, tr
from bp_script.language.system import refusal
from bp_studio import options
from bp_studio.errors import UsageError
from bp_studio.watch.bench import Bench
from bp_studio.watch.server import served
from bp_studio.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from watchdog.events import FileSystemEvent

#: Editors write in several strokes: a save is over when so many seconds pass without another.
_STROKES = 0.1
#: What a lesson can depend on.
_ENDINGS = {
    ".yaml", ".yml", ".csv", ".py", ".npz", ".json", ".safetensors", ".pt",
    ".png", ".jpg", ".jpeg", ".svg", ".ttf", ".otf",
}  # fmt: skip


class _Saves(FileSystemEventHandler):
    """Notes that something in the lesson's folder was saved."""

    def __init__(self) -> None:
        self.saved = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Only what a lesson can depend on counts."""
        paths = {str(event.src_path), str(getattr(event, "dest_path", ""))}
        if event.event_type in {"created", "modified", "moved"} and any(Path(p).suffix in _ENDINGS for p in paths):
            self.saved.set()

    def wait(self) -> None:
        """Until a save is over."""
        while not self.saved.wait(timeout=0.5):  # in pieces, so that Ctrl-C is heard
            pass
        while True:
            self.saved.clear()
            time.sleep(_STROKES)
            if not self.saved.is_set():
                return


@click.command("watch")
@click.argument("lesson", metavar="LESSON")
@click.option(
    "-q", "--quality", type=click.Choice(["l", "m", "h"]), default="m", show_default=True, help="How large stills are."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The page's port; 0 takes a free one.")
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
@options.look()
@options.jobs
@options.allow_python
@options.limit
@options.verbose
def command(
    *,
    lesson: str,
    quality: str,
    port: int,
    open_page: bool,
    look: Mapping[str, str],
    jobs: int,
    allow_python: bool,
) -> None:
    """Draw a lesson's stills, and again whatever a save changes, on a page that refreshes itself.

    Mistakes are shown there and here. Ctrl-C ends the watch.
    """
    path = Path(lesson)
    if not path.is_file():
        told = tr("no file %(name)s: bp watch needs a lesson that can be saved (bp new NAME writes one)", name=lesson)
        raise UsageError(told)
    saves = _Saves()
    observer = Observer()
    observer.schedule(saves, str(path.resolve().parent), recursive=True)
    with tempfile.TemporaryDirectory() as scratch, Workers(jobs, Path(scratch)) as workers:
        bench = Bench(lesson, quality, workers, allow_python=allow_python, look=look)
        try:
            with served(bench, port) as address:
                click.echo(tr("watching %(lesson)s: %(address)s", lesson=lesson, address=address))
                if open_page:
                    webbrowser.open(address)
                observer.start()
                while True:
                    begin = time.monotonic()
                    bench.look(click.echo)
                    seconds = callers_language().numeral(f"{time.monotonic() - begin:.1f}")
                    click.echo(tr("up to date after %(seconds)s s", seconds=seconds))
                    saves.wait()
        except OSError as error:
            raise UsageError(tr("port %(port)s: %(refusal)s", port=port, refusal=refusal(error))) from None
        finally:
            if observer.is_alive():
                observer.stop()
                observer.join()
