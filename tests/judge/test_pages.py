"""The programs on the documentation's pages that need PyTorch: what they save is read by the lessons beside them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from bp_script.lesson import load
from docs.making.blocks import blocks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes" / "pytorch.md"


def test_what_pytorch_saves_is_the_lessons_network(tmp_path: Path) -> None:
    found = blocks(PAGE.read_text("utf-8"))
    (program,) = [block.body for block in found if "import torch" in block.body]
    (lesson,) = [block for block in found if block.name == "trained.yaml"]
    names: dict[str, object] = {}
    with contextlib.chdir(tmp_path):
        exec(compile(program, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    (tmp_path / "trained.yaml").write_text(lesson.body, "utf-8")
    trace = load(tmp_path / "trained.yaml").trace()
    outputs = names["model"](names["x"]).detach().numpy()  # type: ignore[operator]
    np.testing.assert_allclose([example.layer(trace.L).a for example in trace.examples], outputs, rtol=1e-10)
    np.testing.assert_allclose(outputs.round(), [example.y for example in trace.examples])
