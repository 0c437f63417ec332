"""Worker processes: jobs side by side, failures told, nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bp_studio.workers import Done, Failed, Job, Reported, Started, Workers

TASKS = '''
"""Stand-ins for chapters."""
import os, sys, time, warnings
from bp_studio.errors import StudioError

def double(number, report):
    print("noise from", number)
    warnings.warn("more noise")
    report(number)
    return 2 * number, os.getpid()

def meet(mine, other, report):
    """Returns only when another worker is at its job at the same time."""
    open(mine, "w").close()
    while not os.path.exists(other):
        time.sleep(0.01)
    return os.getpid()

def fail(report):
    raise StudioError("the clip went\\nwrong")

def die(report):
    os.kill(os.getpid(), 9)

def unspeakable(report):
    return lambda: None

def hang(ready, report):
    import tempfile
    tempfile.mkstemp()
    open(ready, "w").write(str(os.getpid()))
    time.sleep(600)

def mask(report):
    import signal
    return sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), os.environ["OMP_NUM_THREADS"], sys.path
'''


@pytest.fixture(autouse=True)
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "tasks_of_a_test.py").write_text(TASKS)
    monkeypatch.syspath_prepend(tmp_path / "path")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def job(key: object, function: str, *arguments: object) -> Job:
    return Job(key, f"tasks_of_a_test:{function}", arguments)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: object, what: str) -> None:
    end = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_every_job_is_done_and_tells_its_story(scratch: Path) -> None:
    with Workers(2, scratch) as workers:
        workers.add(job(number, "double", number) for number in range(5))
        events = list(workers.events())
    for number in range(5):
        story = [event for event in events if event.key == number]
        assert [type(event) for event in story] == [Started, Reported, Done]
        assert story[1].value == number
        assert story[2].result[0] == 2 * number
    pids = {event.result[1] for event in events if isinstance(event, Done)}
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids


def test_jobs_run_at_the_same_time(scratch: Path, tmp_path: Path) -> None:
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    with Workers(2, scratch) as workers:
        workers.add([job(1, "meet", one, other), job(2, "meet", other, one)])
        assert {event.key for event in workers.events() if isinstance(event, Done)} == {1, 2}


def test_who_has_done_a_job_goes_on_with_the_next_of_its_kind(scratch: Path, tmp_path: Path) -> None:
    def step(chapter: str, number: int) -> Job:
        mine, other = (str(tmp_path / f"{name}{number}") for name in (chapter, {"a": "b", "b": "a"}[chapter]))
        return replace(job((chapter, number), "meet", mine, other), after=(chapter, number - 1) if number else None)

    with Workers(2, scratch) as workers:
        workers.add([step("a", 0), step("b", 0), *(step(chapter, n) for n in (1, 2, 3) for chapter in "ba")])
        done = {event.key: event.result for event in workers.events() if isinstance(event, Done)}
    assert len(set(done.values())) == 2
    for chapter in "ab":
        assert len({done[chapter, n] for n in range(4)}) == 1


def test_who_is_free_takes_what_nobody_goes_on_to(scratch: Path, tmp_path: Path) -> None:
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    with Workers(2, scratch) as workers:
        workers.add([job(("a", 0), "meet", one, other)])
        workers.add(replace(job(("a", n), "meet", other, one), after=("a", n - 1)) for n in (1, 2))
        started = [event.key for event in workers.events() if isinstance(event, Started)]
    assert set(started[:2]) == {("a", 0), ("a", 2)}


def test_what_workers_print_goes_to_the_log(scratch: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(1, scratch) as workers:
        workers.add([job(0, "double", 7)])
        list(workers.events())
        log = workers.log.read_text()
    assert "noise from 7" in log
    assert "more noise" in log
    assert capfd.readouterr() == ("", "")


def test_a_failing_job_says_why_and_the_others_go_on(scratch: Path) -> None:
    with Workers(1, scratch) as workers:
        workers.add([job("bad", "fail"), job("good", "double", 4), job("missing", "nothing_of_that_name")])
        events = {event.key: event for event in workers.events() if isinstance(event, Done | Failed)}
    assert events["bad"].trouble.lines == ("the clip went wrong",)
    assert "Traceback" in events["bad"].trouble.details
    assert events["good"].result[0] == 8
    assert "nothing_of_that_name" in events["missing"].trouble.lines[0]


def test_a_dying_worker_is_told_and_replaced(scratch: Path) -> None:
    with Workers(1, scratch) as workers:
        workers.add([job("dies", "die"), job("good", "double", 4), job("mute", "unspeakable")])
        events = {event.key: event for event in workers.events() if isinstance(event, Done | Failed)}
    assert events["dies"].trouble.lines == ("its worker process was killed by SIGKILL (is there enough memory?)",)
    assert events["good"].result[0] == 8
    assert "pickle" in events["mute"].trouble.lines[0]


def test_dropped_jobs_are_neither_begun_nor_ended(scratch: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    seen = []
    with Workers(2, scratch) as workers:
        workers.add([job("a1", "hang", str(ready)), job("b1", "fail"), job("a2", "double", 1), job("b2", "double", 2)])
        for event in workers.events():
            seen.append((type(event), event.key))
            if isinstance(event, Failed):
                wait_until(lambda: ready.exists() and ready.read_text(), "the hanging job never began")
                workers.drop(lambda key: str(key).startswith("a"))
    assert (Done, "b2") in seen
    assert {kind for kind, key in seen if key in {"a1", "a2"}} == {Started}
    assert not alive(int(ready.read_text()))


def test_a_worker_has_one_thread_the_parents_path_and_no_ctrl_c(scratch: Path) -> None:
    with Workers(1, scratch) as workers:
        workers.add([job(0, "mask")])
        held, threads, path = next(event.result for event in workers.events() if isinstance(event, Done))
    assert held == [signal.SIGINT]
    assert threads == "1"
    assert path == sys.path
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


PARENT = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it
sys.path[:0] = [{path!r}]
from bp_studio.workers import Job, Workers
scratch = Path({scratch!r})
with Workers(2, scratch) as workers:
    workers.add(Job(n, "tasks_of_a_test:hang", (ready,)) for n, ready in enumerate({ready!r}))
    list(workers.events())
"""


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(scratch: Path, tmp_path: Path, kill: signal.Signals) -> None:
    ready = [tmp_path / "one", tmp_path / "two"]
    code = PARENT.format(path=str(tmp_path / "path"), scratch=str(scratch), ready=[str(path) for path in ready])
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    wait_until(lambda: all(path.exists() and path.read_text() for path in ready), "the workers never began")
    pids = [int(path.read_text()) for path in ready]
    assert all(alive(pid) for pid in pids)
    parent.send_signal(kill)
    with parent:
        parent.wait(20)
    wait_until(lambda: not any(alive(pid) for pid in pids), "a worker lives on")
    if kill == signal.SIGKILL:  # nobody else is left to tidy up
        wait_until(lambda: not scratch.exists(), "the scratch folder is still there")
