"""A short lesson for the tests of its page, with words that would do harm if they were markup."""

from __future__ import annotations

EVIL = "</script><script>alert(1)</script>"
LESSON = f"""\
title: "{EVIL}"
network: {{sizes: [2, 2, 1], activations: [tanh, sigmoid], init: {{scheme: xavier, seed: 3}}}}
cost: squared_error
examples: [{{x: [0.6, -0.2], y: [1.0]}}, {{x: [-0.3, 0.8], y: [0.0]}}]
look: {{notation: delta}}
chapters:
  - custom:
      name: forward
      title: "<b onclick=alert(2)>Forward</b> & on"
      steps:
        - say: "The output is {{a[L][0]:.2f}} & <i>no</i> more."
        - show: {{network: {{values: true}}}}
        - say: "We want {{y[0]:.1f}}, and this is the second idea."
        - focus: ["w[L][0][1]"]
  - custom:
      name: nudged
      title: A nudge
      steps:
        - show: {{number_lines: ["w[L][0][1]", "z[L][0]", "a[L][0]", "C"]}}
        - say: "Nudge it: the cost was {{C:.3f}}."
        - nudge: {{"w[L][0][1]": 0.2}}
        - say: "And everything below it follows."
"""
