"""Editors: the YAML language server completes, explains and flags lessons by the schema that ``bp schema`` prints."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent / "editor"
GOOD = """\
title: Mine
network: {sizes: [1, 1], activations: sigmoid, init: {scheme: xavier}}
cost: squared_error
examples: [{x: [1], y: [1]}]
chapters:
  - nudge: {by: 0.3}
  - custom: {name: mine, steps: [{show: network}, {wait: 1.5}]}
"""
BLOCK = (
    GOOD.partition("  - custom")[0]
    + """\
  - custom:
      name: mine
      steps:
        - show: network
"""
)
#: What bp check flags in a lesson's form, and the line; the language server has to flag that line as well.
FAULTS = {
    "an unknown key": (GOOD.replace("cost:", "csot:"), 3),
    "a name that is near one": (GOOD.replace("sigmoid", "sigmod"), 2),
    "a number out of its range": (GOOD + "training: {learning_rate: -1}\n", 8),
    "a chapter that is none": (GOOD.replace("nudge:", "nugde:"), 6),
    "a parameter that is none": (GOOD.replace("by: 0.3", "bye: 0.3"), 6),
    "a step that is none": (GOOD.replace("wait: 1.5", "wiat: 1.5"), 7),
    "a step out of its range": (GOOD.replace("wait: 1.5", "wait: 0"), 7),
    "a missing key": (GOOD.replace("title: Mine\n", ""), 1),
}


class Server:
    """A language server on the other end of a pipe."""

    def __init__(self, folder: Path, schema: Path) -> None:
        binary = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
        self._process = subprocess.Popen(
            ["node", str(binary), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self._number = 0
        self._notes: list[dict[str, Any]] = []
        self.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self.tell("initialized", {})
        settings = {
            "yaml": {"schemas": {schema.as_uri(): "*.yaml"}, "validate": True, "completion": True, "hover": True}
        }
        self.tell("workspace/didChangeConfiguration", {"settings": settings})
        self._settings = settings

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def tell(self, method: str, parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def ask(self, method: str, parameters: Any) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message.get("result")
            self._take(message)

    def opened(self, uri: str, text: str) -> list[dict[str, Any]]:
        """The diagnostics of a document."""
        self.tell(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}
        )
        while True:
            note = next((n for n in self._notes if n.get("params", {}).get("uri") == uri), None)
            if note is not None:
                return list(note["params"]["diagnostics"])
            self._take(self._read())

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "workspace/configuration":
            items = message["params"]["items"]
            result = [self._settings.get(item.get("section"), {}) for item in items]
            self._send({"id": message["id"], "result": result})
        elif "id" in message and "method" in message:
            self._send({"id": message["id"], "result": None})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self._notes.append(message)

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("editor")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True)
    schema = folder / "schema.json"
    command = [sys.executable, "-c", "from bp_studio.cli import main; main()", "schema"]
    schema.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    running = Server(folder, schema)
    try:
        yield running
    finally:
        running.close()


def place(text: str, mark: str) -> tuple[str, dict[str, int]]:
    """The text without its mark, and where that was."""
    before, _, after = text.partition(mark)
    return before + after, {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


@pytest.mark.long
def test_a_good_lesson_has_no_diagnostics(server: Server) -> None:
    assert server.opened("file:///good.yaml", GOOD) == []


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_what_bp_check_flags_is_flagged(server: Server, fault: str) -> None:
    text, line = FAULTS[fault]
    found = server.opened(f"file:///{fault.replace(' ', '_')}.yaml", text)
    assert line - 1 in {diagnostic["range"]["start"]["line"] for diagnostic in found}, found


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (GOOD.replace("sigmoid", "¦"), {"sigmoid", "tanh", "relu", "softmax"}),
        (GOOD.replace("nudge: {by: 0.3}", "nudge:\n      ¦"), {"by", "parameter", "shrinks", "say"}),
        (GOOD.replace("  - nudge: {by: 0.3}\n", "  - ¦\n"), {"cost_tree", "nudge", "custom"}),
        (BLOCK + "        - ¦\n", {"show", "hide", "say", "focus", "nudge", "update"}),
        (GOOD + "training:\n  learning_rate: 0.5\n  ¦\n", {"epochs", "batch_size", "optimizer"}),
    ],
)
def test_it_completes(server: Server, text: str, wanted: set[str]) -> None:
    text, at = place(text, "¦")
    uri = f"file:///complete_{abs(hash(text))}.yaml"
    server.opened(uri, text)
    answer = server.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": at})
    assert wanted <= {item["label"] for item in answer["items"]}


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "words"), [("activations", "one activation"), ("nudge", "number line"), ("steps", "what happens")]
)
def test_it_explains(server: Server, key: str, words: str) -> None:
    uri = f"file:///hover_{key}.yaml"
    server.opened(uri, GOOD)
    at = place(GOOD.replace(f"{key}:", f"¦{key}:", 1), "¦")[1]
    answer = server.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": at})
    assert words in json.dumps(answer)
