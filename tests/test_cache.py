"""The cache of clips: what is put in comes out, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bp_studio.cache import Cache, default_folder
from bp_studio.places import hold


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", limit=1000)


def test_what_is_kept_is_found_again(cache: Cache) -> None:
    assert cache.get("ab12") is None
    cache.put("ab12", b"a clip")
    cache.put_data("cd34", {"frames": [1, 2]})
    assert cache.get("ab12") == b"a clip"
    assert cache.get_data("cd34") == {"frames": [1, 2]}


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_entry_counts_as_absent_and_goes(cache: Cache, damage: bytes) -> None:
    cache.put("ab12", b"a clip")
    path = cache.folder / "ab" / "ab12"
    path.write_bytes(damage)
    assert cache.get("ab12") is None
    assert not path.exists()


def test_one_flipped_bit_is_noticed(cache: Cache) -> None:
    cache.put("ab12", bytes(300))
    path = cache.folder / "ab" / "ab12"
    data = bytearray(path.read_bytes())
    data[-7] ^= 1
    path.write_bytes(data)
    assert cache.get("ab12") is None


def test_what_has_not_been_used_for_longest_goes_first(cache: Cache) -> None:
    for number in range(4):
        cache.put(f"{number}0", bytes(300))
        os.utime(cache.folder / f"{number}0" / f"{number}0", (number, number))
    assert cache.get("00") is not None
    cache.trim()
    assert [path.name for path, _ in cache.entries()] == ["20", "30", "00"]
    assert sum(stat.st_size for _, stat in cache.entries()) <= 1000
    cache.clear()
    assert cache.entries() == []


def test_nothing_half_written_is_left(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache.put("ab12", b"a clip")
    assert list((cache.folder / "ab").iterdir()) == []
    assert cache.get("ab12") is None


def test_what_a_killed_process_began_goes_and_what_is_being_written_stays(cache: Cache) -> None:
    cache.put("ab12", b"a clip")
    left, now = cache.folder / "ab" / ".new-left", cache.folder / "ab" / ".new-now"
    left.write_bytes(b"hal")
    with now.open("wb") as file:
        hold(file)
        cache.trim()
        assert now.exists()
    assert not left.exists()
    cache.trim()
    assert [path.name for path, _ in cache.entries()] == ["ab12"]


def test_its_place_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BP_CACHE", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("BP_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert default_folder() == tmp_path / "x" / "backprop-films"
