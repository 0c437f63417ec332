"""Contact sheets, and ``bp stills`` which makes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bp_studio.contact_sheet import contact_sheet
from tests.bp_command import SMALL, bp


@pytest.mark.parametrize(("count", "size"), [(1, (160, 90)), (7, (1920, 1080)), (4, (90, 160))])
def test_every_still_is_on_the_sheet(tmp_path: Path, count: int, size: tuple[int, int]) -> None:
    stills = []
    for number in range(count):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", size, (255, 20 * number, 0)).save(path)
        stills.append((f"moment {number}", path))
    contact_sheet("A chapter", stills, tmp_path / "sheet.png")
    pixels = np.asarray(Image.open(tmp_path / "sheet.png")).reshape(-1, 3)
    for number in range(count):
        found = (pixels == (255, 20 * number, 0)).all(axis=1).sum()
        assert found == pytest.approx(min(1, 640 / max(size)) ** 2 * size[0] * size[1], rel=0.02)


def test_stills_leaves_a_sheet_and_every_still_at_full_size(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("- nudge", "- nudge\n  - nudge: {by: 0.1}"))
    folder = tmp_path / "media" / "stills" / "small"
    for _ in range(2):  # the second time over the first
        result = bp("stills", "small.yaml", "-q", "l", cwd=tmp_path)
        assert (result.returncode, result.stderr) == (0, "")
        assert set(result.stdout.split()) == {"media/stills/small/nudge.png", "media/stills/small/nudge_2.png"}
        assert sorted(path.name for path in folder.iterdir()) == ["nudge", "nudge.png", "nudge_2", "nudge_2.png"]
    stills = sorted((folder / "nudge").iterdir())
    assert len(stills) >= 3
    for still in stills:
        with Image.open(still) as picture:
            assert picture.size == (854, 480)
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 20
