"""What can go wrong while a film is made, caused for real: the film is complete or absent, and the next run goes on."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bp_studio.places import folder_of_ones_own
from tests.faults import CHAPTERS, Studio, is_alive, told, wait_for, workers_of

#: Signals, and the status and the words that they end in; nobody can answer a SIGKILL.
ENDS = {
    signal.SIGINT: (130, ["interrupted"]),
    signal.SIGTERM: (130, ["interrupted"]),
    signal.SIGKILL: (-signal.SIGKILL, []),
}


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def end_after(studio: Studio, number: signal.Signals, seconds: float) -> None:
    """Start a render, stop it so long after it can hear the signal, and see what is there."""
    with studio.start() as process:
        wait_for(lambda: hears(process.pid, signal.SIGTERM) or process.poll() is not None, "it never heard signals")
        time.sleep(seconds)
        workers = workers_of(process.pid)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    if process.returncode == 0:  # it was faster
        assert studio.is_whole()
    else:
        assert (process.returncode, told(said)) == ENDS[number]
    wait_for(lambda: not any(map(is_alive, workers)), "a worker outlives its parent")
    studio.is_whole()
    if number != signal.SIGKILL:
        assert studio.left() == []


def hears(pid: int, number: int) -> bool:
    """Whether a process has a handler of its own for a signal."""
    try:
        mask = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return False
    return mask is not None and bool(int(mask[1], 16) >> (number - 1) & 1)


def goes_on(studio: Studio) -> None:
    """The next render makes the film, and leaves nothing of the one before."""
    assert studio.render() == (0, [])
    assert studio.is_whole()
    assert studio.left() == []


@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGINT, 0.9), (signal.SIGTERM, 0.3), (signal.SIGKILL, 1.4)])
def test_a_render_can_be_stopped(studio: Studio, number: signal.Signals, seconds: float) -> None:
    studio.write(frames=20, pause=0.02)
    end_after(studio, number, seconds)
    goes_on(studio)


@pytest.mark.long
@pytest.mark.parametrize("number", ENDS)
def test_a_render_can_be_stopped_at_any_moment(studio: Studio, number: signal.Signals) -> None:
    chance = random.Random(int(number))  # noqa: S311 - it need not be secret
    studio.write(frames=10, pause=0.02)
    for _ in range(10):
        end_after(studio, number, chance.uniform(0, 4))
        shutil.rmtree(studio.folder / "film", ignore_errors=True)
        if chance.random() < 0.5:
            shutil.rmtree(studio.folder / "cache", ignore_errors=True)
    goes_on(studio)


def test_what_was_drawn_before_the_end_is_not_drawn_again(studio: Studio) -> None:
    studio.fault("bias", "import time; time.sleep(60)")
    with studio.start(jobs=1) as process:
        wait_for(lambda: studio.kept() >= len(CHAPTERS) + 2 + 3, "no clip was kept")  # what walks found, and a clip
        process.kill()
    studio.drawn()
    studio.fault("bias")
    goes_on(studio)
    again = studio.drawn()
    assert "bias" in again
    assert len(again) < len(CHAPTERS) + 2


def test_a_worker_that_is_killed_is_told_and_the_next_run_goes_on(studio: Studio) -> None:
    studio.fault("update", "import os; os.kill(os.getpid(), 9)")
    line = "m.yaml: update: its worker process was killed by SIGKILL (is there enough memory?)"
    assert studio.render(jobs=1) == (1, [line])
    assert not studio.is_whole()
    assert studio.left() == []
    studio.drawn()
    studio.fault("update")
    goes_on(studio)
    assert "nudge" not in studio.drawn()


def test_a_worker_without_memory_is_told(studio: Studio) -> None:
    code = """
import resource
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 50_000_000, resource.RLIM_INFINITY))
bytearray(10**9)
"""
    studio.fault("update", code)
    assert studio.render() == (1, ["m.yaml: update: not enough memory: fewer --jobs take less"])
    assert not studio.is_whole()
    studio.fault("update")
    goes_on(studio)


def test_a_clip_that_is_too_short_poisons_no_later_film(studio: Studio) -> None:
    studio.fault("update", "import workshop_of_a_test as w\nw.range = lambda n: list(__builtins__['range'](n - 1))\n")
    status, lines = studio.render(jobs=1)
    assert status == 1
    assert re.fullmatch(r"m\.yaml: the film: .*: the clip has \d+ frames, its record says \d+", lines[0])
    assert len(lines) == 1
    studio.fault("update")
    goes_on(studio)


# -- disks ---------------------------------------------------------------------


def on_a_disk(folder: Path, options: str) -> tuple[str, ...]:
    """What runs a command with a small disk of its own mounted on a folder, gone with the command."""
    folder.mkdir()
    mount = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"'
    own = () if os.geteuid() == 0 and can_mount() else ("--map-root-user",)
    return ("unshare", *own, "--mount", "sh", "-c", mount, "sh", options, str(folder))


def can_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("size", [40, *(pytest.param(size, marks=pytest.mark.long) for size in (4, 12, 28))])
def test_a_full_disk_is_told(studio: Studio, size: int) -> None:
    before = on_a_disk(studio.folder / "small", f"size={size}k")
    status, lines = studio.render(before=before, out="small", jobs=1)
    assert status == 1
    assert len(lines) == 1
    assert re.search(r"No space left on device: make room; --out writes to another place$", lines[0])
    goes_on(studio)


def test_a_full_cache_disk_is_no_reason_to_stop(studio: Studio) -> None:
    before = on_a_disk(studio.folder / "cache", "size=16k")
    assert studio.render(before=before) == (0, [])
    assert studio.is_whole()


def test_a_read_only_folder_is_told(studio: Studio) -> None:
    before = on_a_disk(studio.folder / "fixed", "ro")
    status, lines = studio.render(before=before, out="fixed/film")
    assert status == 1
    assert [line.removeprefix(f"{studio.folder}/") for line in lines] == [
        "fixed/film: Read-only file system; --out writes to another place"
    ]


def test_a_read_only_cache_is_no_reason_to_stop(studio: Studio) -> None:
    before = on_a_disk(studio.folder / "cache", "ro")
    assert studio.render(before=before) == (0, [])
    assert studio.is_whole()


def test_a_place_that_is_a_file_is_told(studio: Studio) -> None:
    (studio.folder / "taken").write_text("mine")
    status, lines = studio.render(out="taken/film")
    assert (status, lines) == (1, [f"{studio.folder}/taken/film: Not a directory"])
    assert (studio.folder / "taken").read_text() == "mine"


# -- the cache --------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    ["exchanged", pytest.param("flipped", marks=pytest.mark.long), pytest.param("a folder", marks=pytest.mark.long)],
)
def test_a_cache_that_is_damaged_is_drawn_anew(studio: Studio, damage: str) -> None:
    assert studio.render() == (0, [])
    entries = sorted(path for path in (studio.folder / "cache").glob("??/*") if path.is_file())
    contents = [path.read_bytes() for path in entries]
    for path, content, other in zip(entries, contents, contents[1:] + contents[:1], strict=True):
        if damage == "a folder":
            path.unlink()
            path.mkdir()
        else:
            flipped = content[:30] + bytes([content[30] ^ 1]) + content[31:] if len(content) > 30 else b"x"
            path.write_bytes(flipped if damage == "flipped" else other)
    shutil.rmtree(studio.folder / "film")
    goes_on(studio)


def test_a_clock_that_jumps_poisons_nothing(studio: Studio) -> None:
    assert studio.render() == (0, [])
    studio.drawn()
    entries = [path for path in (studio.folder / "cache").glob("??/*") if path.is_file()]
    for number, path in enumerate(entries):
        when = (0, 1, time.time() + 1e9, 4e9)[number % 4]
        os.utime(path, (when, when))
    os.utime(studio.folder / "m.yaml", (4e9, 4e9))
    os.utime(studio.folder / "film" / "m.mp4", (4e9, 4e9))
    goes_on(studio)
    assert studio.drawn() == []
    studio.write(frames=11)
    os.utime(studio.folder / "m.yaml", (0, 0))  # changed, and older than everything made from it
    goes_on(studio)
    assert set(studio.drawn()) >= set(CHAPTERS)


# -- several at once -----------------------------------------------------------------


def test_two_renders_of_one_lesson_at_once_make_one_film(studio: Studio) -> None:
    renders = [studio.start(jobs=1) for _ in range(2)]
    for render in renders:
        with render:
            _, said = render.communicate(timeout=120)
        assert (render.returncode, told(said)) == (0, [])
    assert studio.is_whole()
    assert studio.left() == []


def test_a_folder_in_use_is_not_swept_and_one_of_the_killed_is(tmp_path: Path) -> None:
    (tmp_path / ".making-left").mkdir()
    (tmp_path / ".making-left" / "half.mp4").write_text("half")
    (tmp_path / "mine").mkdir()
    with folder_of_ones_own(tmp_path, ".making-") as first:
        assert not (tmp_path / ".making-left").exists()
        with folder_of_ones_own(tmp_path, ".making-") as second:
            assert first.exists()
            assert first != second
        assert not second.exists()
        assert first.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
