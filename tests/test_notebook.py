"""Lessons in notebooks: what is shown plays by itself, and the example notebook runs from end to end."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import nbformat
import pytest
from nbclient import NotebookClient

from bp_script.errors import LessonErrors
from bp_studio import PlayedClip, show
from bp_studio.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent
LESSON = {
    "title": "Mine",
    "network": {"sizes": [1, 1], "activations": "sigmoid", "init": {"scheme": "xavier", "seed": 1}},
    "cost": "squared_error",
    "examples": [{"x": [0.6], "y": [1.0]}],
    "chapters": [{"custom": {"name": "first", "steps": [{"say": "Look."}, {"show": "network"}]}}],
}


def frames(content: bytes) -> int:
    with av.open(io.BytesIO(content)) as film:
        return sum(1 for _ in film.decode(video=0))


def test_a_mapping_is_shown_with_its_captions() -> None:
    clip = show(LESSON, chapter="first")
    page = clip._repr_html_()
    film = re.search(r"data:video/mp4;base64,([^\"]+)", page)
    words = re.search(r"data:text/vtt;base64,([^\"]+)", page)
    assert film
    assert words
    assert frames(base64.b64decode(film[1])) == round(clip.record.duration * clip.record.fps)
    assert "Look." in base64.b64decode(words[1]).decode()
    assert repr(clip).startswith("<lesson: first, ")
    assert 'srclang="en" label="Captions"' in page
    assert 'srclang="de" label="Untertitel"' in replace(clip, language="de")._repr_html_()


def test_what_cannot_be_shown_is_told() -> None:
    with pytest.raises(UsageError, match="no chapter 'frist'"):
        show(LESSON, chapter="frist")
    with pytest.raises(LessonErrors, match="expected"):
        show({**LESSON, "cost": "none"})
    with pytest.raises(UsageError, match="no file"):
        show("no_such_lesson")


def test_the_command_does_not_load_the_notebook() -> None:
    code = "import sys, bp_studio.cli; print('bp_studio.notebook' in sys.modules, 'IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == [
        "False",
        "False",
    ]
    assert PlayedClip.__module__ == "bp_studio.notebook"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_example_notebook_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [
        output["data"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]
    assert sum("data:video/mp4" in data.get("text/html", "") for data in shown) == 2
    assert any("image/png" in data or "text/html" in data for data in shown[-1:])
