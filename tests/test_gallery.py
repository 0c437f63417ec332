"""The gallery keeps the fullest still of each chapter."""

from pathlib import Path

from PIL import Image

from bp_studio.gallery import make_gallery


def still(path: Path, shade: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 36), (shade, shade, shade)).save(path)


def test_each_chapter_keeps_its_fullest_still(tmp_path: Path) -> None:
    for shade, name in ((10, "01-a"), (90, "02-b"), (40, "03-c")):
        still(tmp_path / "stills/lesson/nudge" / f"{name}.png", shade)
    still(tmp_path / "stills/lesson/update/01-a.png", 20)
    still(tmp_path / "stills/lesson/nudge.png", 200)
    kept = make_gallery(tmp_path / "stills", tmp_path / "gallery")
    assert [path.name for path in kept] == ["nudge.png", "update.png"]
    with Image.open(kept[0]) as picture:
        assert picture.convert("RGB").getpixel((5, 5)) == (90, 90, 90)
