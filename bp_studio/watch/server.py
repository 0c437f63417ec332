"""The page of the bench, on this machine alone."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Template

from bp_script.language.caller import callers_language, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_studio.watch.bench import Bench

#: Nobody else can ask: the page and its pictures are for this machine.
HOST = "127.0.0.1"
#: Seconds that a question for news is kept waiting.
_PATIENCE = 20.0


@contextmanager
def served(bench: Bench, port: int) -> Iterator[str]:
    """While the block runs, the page is at the address that it gets.

    Raises:
        OSError: the port is taken.
    """

    class Handler(_Handler):
        """Knows the bench."""

        of = bench

    server = _Server((HOST, port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that is closed while its question waits is no trouble."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    of: Bench

    def do_GET(self) -> None:
        """The page, the state, or a still."""
        asked = urlsplit(self.path)
        if asked.path == "/":
            caller = callers_language()
            page = files("bp_studio.watch").joinpath("page.html").read_text(encoding="utf-8")
            said = Template(page, autoescape=True).render(tr=tr, language=caller.words, decimal=caller.decimal)
            self._answer(said.encode(), "text/html; charset=utf-8")
        elif asked.path == "/state":
            since = parse_qs(asked.query).get("since", ["-1"])[0]
            state = self.of.state(int(since) if since.lstrip("-").isdigit() else -1, _PATIENCE)
            self._answer(json.dumps(state).encode(), "application/json")
        elif asked.path.startswith("/stills/"):
            self._still(asked.path.removeprefix("/stills/"))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _still(self, name: str) -> None:
        folder = self.of.folder.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or path.suffix != ".png" or not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        # a still's address tells what it was drawn from, so that it never changes
        self._answer(path.read_bytes(), "image/png", "max-age=31536000, immutable")

    def _answer(self, content: bytes, kind: str, cache: str = "no-store") -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", cache)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: the terminal tells what is drawn."""
