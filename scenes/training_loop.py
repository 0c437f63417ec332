"""Training loop: forward, loss, backward, update, again and again; the loss over the epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from manim import (
    Animation,
    AnimationGroup,
    FadeIn,
    Indicate,
    LaggedStart,
    Mobject,
    UpdateFromAlphaFunc,
    linear,
)

from bp_core.quantities import J, b
from bp_script.language import N_
from scenes.kit.calculus.stepping import Stepping
from scenes.kit.calculus.worked_chapter import WorkedChapter
from scenes.kit.pictures.cycle import Cycle
from scenes.kit.pictures.forward import edge_pulse, turned
from scenes.kit.pictures.lettered import LetteredNetwork
from scenes.kit.plots.axes import Axis
from scenes.kit.plots.curve import Growing, Series
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How many of the steps are shown one by one, and how many points a curve has at most.
_SHOWN, _POINTS = 9, 400
_FORWARD, _LOSS, _BACKWARD, _UPDATE = 0, 1, 2, 3
_STATIONS = (N_("forward"), N_("loss"), N_("backward"), N_("update"))


class TrainingLoop(WorkedChapter, Stepping):
    """Forward, loss, backward, update, around and around; the loss over real epochs, the network beside it."""

    title = N_("And again, and again")

    class Parameters(WorkedChapter.Parameters, Stepping.Parameters):
        """Which output is spoken of, and how far the network steps."""

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        words = {
            "loop": tr(
                "One step is made. Training repeats it: forward to the prediction, the loss, "
                "backward with its gradient, and an update."
            ),
            "plot": tr("Here is the loss at the start, and after that step.") + f" {{@epoch}} {self.epoch}",
        }
        if self.laps:
            words["go"] = tr("From there it goes on, lap after lap: new numbers, new gradients, another step.")
        words["end"] = f"{self.verdict} {{@near}} {self.closeness}" if self.closeness else self.verdict
        words["close"] = tr("That is how a network learns: the same few formulas, again and again.")
        return words

    @property
    def epoch(self) -> str:
        """What an epoch is, here."""
        if self.per_epoch == 1:
            return self.tr("One pass over all examples is called an epoch; here that is one step.")
        return self.tr("One pass over all examples is called an epoch; here that takes several steps.")

    @property
    def verdict(self) -> str:
        """What became of the loss."""
        tr, losses = self.tr, self.losses
        falls = np.diff(losses)
        if losses[-1] == losses[0]:
            return tr("The loss has stayed where it was.")
        if losses[-1] > losses[0]:
            return tr("The loss has risen: these steps are too long.")
        if (falls > 0).any():
            return tr("The loss has fallen, if not with every step.")
        if len(falls) > 2 and (np.diff(falls) > 0).all():
            return tr("The loss falls, and less each time: as it shrinks, so do its gradients.")
        return tr("The loss has fallen, step after step.")

    @property
    def closeness(self) -> str:
        """Where the prediction is now."""
        label = self.trace.examples[self.trace.focus].y[self.worked.output]
        now, then = (abs(view.value(self.worked.prediction) - label) for view in (self.view, self.last))
        if then >= now:
            return ""
        written = self.view.language.numeral(f"{label:.{self.view.decimals}f}")
        close = self.last.shown(self.worked.prediction).text == written
        if close:
            return self.tr("The prediction is at its label.")
        return self.tr("The prediction has come nearer to its label.")

    def construct(self) -> None:
        """A lap step by step, then many."""
        self.open_with(self.small)
        self.go_around_once()
        self.plot_the_loss()
        if self.laps:
            self.go_on()
        self.look_at_the_end()
        self.close()

    def go_around_once(self) -> None:
        """The four stations, each as the network does it."""
        diagram, cycle = self.network.diagram, self.cycle
        layers = range(1, self.trace.L + 1)
        theme = self.theme
        with self.beat("loop"):
            self.play(self.small.moved_into(self.network), run_time=1.4)
            self.add(self.network)
            there = LaggedStart(*(edge_pulse(diagram, layer, theme.activation) for layer in layers), lag_ratio=0.6)
            self.play(cycle.coming(_FORWARD), there, run_time=1.8)
            self.play(cycle.coming(_LOSS), Indicate(self.network.loss, color=None, scale_factor=1.3), run_time=1.2)
            pulses = [edge_pulse(diagram, layer, theme.cost, backward=True) for layer in reversed(layers)]
            self.play(
                cycle.coming(_BACKWARD),
                LaggedStart(self.network.back_along([b(self.trace.L, self.worked.output)]), *pulses, lag_ratio=0.6),
                run_time=2,
            )
            edges = diagram.edges.values()
            self.play(cycle.coming(_UPDATE), *(Indicate(edge, color=None, scale_factor=1.04) for edge in edges))

    def plot_the_loss(self) -> None:
        """Axes, the loss at the start and after the step that is made."""
        plot, dot = self.plot, self.dot
        with self.beat("plot"):
            self.play(plot.drawn(), run_time=1.4)
            self.play(FadeIn(dot, scale=2), run_time=0.8)
            self.wait(0.6)
            self.play(*self.along(0, 1), run_time=1.4)
            self.wait_until("epoch")
            self.play(Indicate(self.plot.axes.titles[0], color=None, scale_factor=1.2), run_time=1.4)

    def go_on(self) -> None:
        """Lap after lap: the first with its stations, then faster and faster."""
        with self.beat("go"):
            for lap, (now, then) in enumerate(pairwise([1, *self.laps])):
                view, run_time = self.view.at_step(then), max(0.7, 2.4 - 0.5 * lap)
                changes = [
                    self.network.diagram.strengthened(view),
                    *(turned(self.network.diagram, layer, view) for layer in range(1, self.trace.L + 1)),
                ]
                stations = LaggedStart(
                    *(Indicate(word, color=None, scale_factor=1.15) for word in self.cycle.words), lag_ratio=0.35
                )
                self.play(*self.along(now, then), stations, AnimationGroup(*changes), run_time=run_time)

    def look_at_the_end(self) -> None:
        """The last loss, the last prediction."""
        with self.beat("end"):
            self.play(Indicate(self.dot, color=None, scale_factor=1.3), run_time=1.2)
            if self.closeness:
                self.wait_until("near")
            output = self.network.drawn(self.worked.prediction)
            parts: list[Mobject] = [output, *([self.network.target] if len(self.network.target) else [])]
            self.play(*(Indicate(part, color=None, scale_factor=1.15) for part in parts), run_time=1.4)

    def close(self) -> None:
        """Once more around."""
        with self.beat("close"):
            words = [Indicate(word, color=None, scale_factor=1.2) for word in self.cycle.words]
            self.play(LaggedStart(*words, lag_ratio=0.5), run_time=3)

    def handover(self) -> Sequence[Mobject] | None:
        """All but the title line."""
        return None

    def along(self, now: int, then: int) -> list[Animation]:
        """The curve grows from one step to another, the dot at its tip; its number changes on arrival."""
        curve, last = self.plot.curves[0], self.laps[-1] if self.laps else 1
        after = self.view.at_step(then)

        def at(moving: Any, share: float) -> None:
            if share >= 1:
                moving.follow(after).value.set_opacity(1)
                return
            moving.value.set_opacity(0 if share else 1)
            step = now + share * (then - now)
            loss = float(np.interp(step, range(len(self.losses)), self.losses))
            moving.dot.move_to(self.plot.axes.point(step / self.per_epoch, loss))

        growing = Growing(curve, since=now / last, until=then / last)
        return [growing, UpdateFromAlphaFunc(self.dot, at, rate_func=linear)]

    # -- what it tells ---------------------------------------------------------------

    @property
    def per_epoch(self) -> int:
        """How many steps an epoch takes."""
        return sum(step.epoch == 1 for step in (self.trace.steps[i] for i in range(1, len(self.trace.steps))))

    @cached_property
    def losses(self) -> np.ndarray:
        """The loss of all examples before training and after each step."""
        return np.array([self.trace.steps[i].J for i in range(len(self.trace.steps))])

    @cached_property
    def laps(self) -> list[int]:
        """The steps after the first that are shown: all, or of many some, farther and farther apart."""
        last = len(self.trace.steps) - 1
        if last <= _SHOWN + 1:
            return list(range(2, last + 1))
        return sorted({int(step) for step in np.geomspace(2, last, _SHOWN).round()})

    @property
    def last(self) -> View:
        """The network at the end."""
        return self.view.at_step(self.laps[-1] if self.laps else 1)

    # -- what is shown ---------------------------------------------------------------

    @cached_property
    def small(self) -> LetteredNetwork:
        """The network after the first step."""
        return self.lettered(self.after, self.small_room)

    @cached_property
    def network(self) -> LetteredNetwork:
        """The same, as large as the stations below it allow."""
        return self.lettered(self.after, self.places["network"])

    @cached_property
    def places(self) -> Mapping[str, Region]:
        """Where the network, the stations and the plot stand."""
        body, left = self.stage["body"], self.rooms["network"]
        if not self.stage.stacked:
            plot = self.rooms["written"].band(0.03, 1.0)
            return {"network": left.band(0.22, 1.0), "cycle": left.band(0.0, 0.16), "plot": plot}
        if body.height > body.width:
            return {"network": body.band(0.66, 1.0), "cycle": body.band(0.5, 0.62), "plot": body.band(0.06, 0.46)}
        return {"network": body.band(0.58, 1.0), "cycle": body.band(0.44, 0.54), "plot": body.band(0.0, 0.4)}

    @cached_property
    def cycle(self) -> Cycle:
        """The four stations."""
        stations = [self.tr(word) for word in _STATIONS]
        return Cycle(self.view, stations, self.places["cycle"], em=self.letters)

    @cached_property
    def plot(self) -> Plot:
        """The loss over the epochs."""
        every = max(1, -(-len(self.losses) // _POINTS))
        steps = np.array(sorted({*range(0, len(self.losses), every), len(self.losses) - 1}))
        xs, ys = steps / self.per_epoch, self.losses[steps]
        x = Axis(Scale(0.0, float(xs[-1])), self.tr("epoch"))
        y = Axis(Scale.holding(ys, zero=True, log=False), J)
        return Plot(self.view, self.places["plot"], [Series(xs, ys, self.theme.cost)], x, y, em=self.letters)

    @cached_property
    def dot(self) -> PlotDot:
        """Where the network is, with its loss."""
        return PlotDot(
            self.view,
            self.plot.axes,
            lambda view: view.step / self.per_epoch,
            J,
            colour=self.theme.cost,
            reads=J,
            decimals=self.fine,
            em=self.letters * 0.85,
            curves=self.plot.curves,
        )
