"""1,001 values of one weight in one call, against tracing the network once."""

from __future__ import annotations

import numpy as np
import pairs

from bp_core import Cost, Example, Network, sweep, trace
from bp_core.quantities import C, w


def main() -> None:
    network = Network.initialised((3, 4, 2), "sigmoid", "xavier", seed=1)
    cost, examples = Cost("squared_error"), [Example([0.5, -0.2, 0.1], [0.0, 1.0])]
    lesson = trace(network, cost, examples)
    values = np.linspace(-2, 2, 1001)
    pairs.compare(
        "sweep of 1,001 values on 3-4-2",
        lambda: sweep(lesson, w(1, 2, 0), values, C),
        "one full trace",
        lambda: trace(network, cost, examples).examples[0],
        limit=20.0,
    )


if __name__ == "__main__":
    main()
