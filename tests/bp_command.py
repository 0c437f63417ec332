"""The command as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGSHIP = ROOT / "lessons" / "backpropagation_calculus.yaml"
BP = Path(sys.executable).with_name("bp")

#: ``bp`` for a child that is to hear Ctrl-C: one of a shell that runs in the background begins with it ignored.
HEARING_BP = (
    sys.executable,
    "-u",
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from bp_studio.cli import main; main()",
)

SMALL = """\
title: Small
network:
  sizes: [1, 1, 1]
  activations: [tanh, linear]
  weights: [[[1.5]], [[-0.8]]]
  biases: [[0.2], [0.6]]
cost: squared_error
examples:
  - {x: [0.5], y: [1.0]}
  - {x: [-1.0], y: [0.0]}
training: {learning_rate: 0.5, epochs: 2, batch_size: 1}
chapters:
  - nudge
"""
#: A lesson in which something has no room.
CROWDED = """\
title: Crowded
network: {sizes: [2, 3, 1], activations: sigmoid, init: {scheme: normal, seed: 3}}
cost: squared_error
examples: [{x: [0.3, 1], y: [1]}, {x: [1, 0.2], y: [0]}]
chapters:
  - custom:
      name: crowded
      steps:
        - show: network
        - show: {table: gradient, as: slopes}
        - wait: 1
        - show: {cost_curve: "w[L][0][0]", in: formula, as: bowl}
        - wait: 1
"""


def bp(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``bp`` to its end."""
    return subprocess.run([str(BP), *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False)
