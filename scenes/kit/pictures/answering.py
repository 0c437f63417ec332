"""A network with an example at its input: the picture it is, the neurons it lights, the targets of the outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from manim import VGroup

from bp_core.quantities import Variable, a
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.input_picture import InputPicture
from scenes.kit.pictures.targets import Targets
from scenes.kit.stage import Region
from scenes.kit.view import View

#: So many neighbouring inputs are drawn in any case: those with most in them.
_LIT = 3
#: The shares of the width: where the picture ends, where the network begins beside it, and where it ends.
_PICTURE, _BEGIN, _NAMED, _PLAIN = 0.23, 0.27, 0.74, 0.86
#: How far headings may hang over where there is room beside the region, where the network ends at least for them, and
#: what it gives them beyond their need.
_HANG, _NARROWEST, _SPARE = 0.3, 0.58, 0.01


class AnsweringNetwork(VGroup):
    """From left to right: the input as a picture of that ``shape`` if it is one, the network, targets and classes.

    ``keep`` are quantities whose neurons are drawn in any case; at the frame's ``margin`` no heading hangs over.
    """

    def __init__(
        self,
        view: View,
        region: Region,
        shape: tuple[int, int] | None,
        classes: Sequence[str] = (),
        *,
        keep: Iterable[Variable] = (),
        margin: bool = False,
    ) -> None:
        super().__init__()
        end = _NAMED if classes else _PLAIN
        x = np.abs(view.trace.data.x[view.trace.focus])
        lit = int(np.convolve(x, np.ones(_LIT), "valid").argmax()) if len(x) > _LIT else 0
        inputs = [a(0, k) for k in range(lit, min(lit + _LIT, len(x)))]
        keep = [*keep, *inputs]
        while True:
            room = region.column(_BEGIN if shape else 0.0, end)
            self.diagram = NetworkDiagram(view, room, keep=keep, room_for="values")
            self.targets = Targets(view, self.diagram, classes)
            beyond = self.targets.get_right()[0] - region.right - (0 if margin else _HANG)
            if beyond <= 0 or end <= _NARROWEST:
                break
            # Long headings, or names of classes: the network is narrower.
            end = max(_NARROWEST, end - beyond / region.width - _SPARE)
        #: The picture, if there is one; empty or a single.
        self.pictures: list[InputPicture] = []
        if shape is not None:
            room = region.column(0.0, _PICTURE)
            picture = InputPicture(view, shape, side=min(room.width, room.height))
            middle = VGroup(*self.diagram.neurons()).get_y()
            self.pictures.append(picture.move_to([room.centre[0], middle, 0.0]))
        self.add(*self.pictures, self.diagram, self.targets)
