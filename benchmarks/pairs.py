"""Two ways to the same thing, timed by turns in one process: what else the machine does meets both alike."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

ROUNDS = 41
#: How long one turn lasts, in seconds.
TURN = 0.02


@dataclass(frozen=True)
class Result:
    """The medians over all rounds, in seconds; ``ratio`` is the median of each round's own, and at most ``limit``."""

    what: str
    ours: float
    against: str
    theirs: float
    ratio: float
    limit: float | None


def compare(
    what: str,
    ours: Callable[[], object],
    against: str,
    theirs: Callable[[], object],
    *,
    limit: float | None,
    rounds: int = ROUNDS,
) -> None:
    """Time both and print the :class:`Result` as a line of JSON."""
    counts = [_count(call) for call in (ours, theirs)]
    times = [[_time(call, count) for call, count in zip((ours, theirs), counts, strict=True)] for _ in range(rounds)]
    ratio = statistics.median(mine / other for mine, other in times)
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    print(json.dumps(asdict(Result(what, mine, against, other, ratio, limit))), flush=True)


def _count(call: Callable[[], object]) -> int:
    """How many calls make a turn; the first calls of all warm up."""
    call()
    return max(1, round(TURN / min(_time(call, 1) for _ in range(5))))


def _time(call: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count
