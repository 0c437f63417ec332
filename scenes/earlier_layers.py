"""Earlier layers: the same idea again and again, back to the first weight and the first bias."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    UP,
    Animation,
    AnimationGroup,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    ReplacementTransform,
    Transform,
    VGroup,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Expression, Product
from bp_script.language import N_
from scenes.kit.calculus.earlier import Earlier
from scenes.kit.calculus.factors import COLUMNS_EM, FactorLabel, hung_at
from scenes.kit.calculus.leaves import LeafDerivatives
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Side
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.motion.moves import Morph
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.columns import Columns, Row
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.named_network import NamedNetwork
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The most layers that can be read in one picture, and the layers that are told one by one.
_MOST = 6
#: How much larger than the least letters are that have an index above alone.
_LETTERS_SCALE = 1.15
_TOLD = ("before", "further")
_WAY = {
    "before": N_(
        "A weight of the layer before moves its own z, and that moves the activation. "
        "How this one moves the cost, we know."
    ),
    "further": N_("One layer further back it is the same again, with a longer way to the cost."),
}


class EarlierLayers(Chapter):
    """The long way from an earlier weight to the cost: its factors multiply; every weight and bias has a derivative."""

    title = N_("And so on, back to the first layer")

    class Parameters(BaseParameters):
        """Which way."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose neurons are followed.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        words, tr = {}, self.tr
        for name, earlier in self.told.items():
            words[name] = tr(_WAY[name])
            words[f"{name}_opened"] = self.opening
            product = as_drawn(earlier.whole, VGroup(*self.rows[earlier]))
            words[f"{name}_value"] = tr("In numbers: %(product)s.", product=product)
        words["all"] = tr(
            "In this way every weight and every bias has its derivative, each from what the next layer knows."
        )
        words["home"] = tr(
            "Back in the network: one run forward, one run back, and all of them are known. That is backpropagation."
        )
        return words

    @property
    def opening(self) -> str:
        """What is said as the last factor opens."""
        if not self.chain.single:
            return self.tr("Written out, that is a sum: there is a way through every neuron of the next layer.")
        return self.tr("Written out, it is the whole way from the weight to the cost. All its factors multiply.")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """Each derivative by an earlier weight, short and written out."""
        chain = Chain.through(view.trace.network.sizes, parameter_of(view.trace, parameters.parameter))
        forms = [(way, form) for way in told(view, chain).values() for form in (way.short, way.opened, way.full)]
        return [Equation(way.whole, form) for way, form in forms if form is not None]

    def construct(self) -> None:
        """Back one layer, another, and then all of them."""
        self.open_with(self.tree, coming=list(self.known))
        for name, earlier in self.told.items():
            if name == _TOLD[1] and self.all_written_out:
                self.lengthen(name, earlier)
            else:
                self.take_its_steps(name, earlier)
                self.open_the_door(name, earlier)
            self.put_in_numbers(name, earlier)
        self.give_all_their_derivatives()
        self.return_to_the_network()

    def take_its_steps(self, name: str, earlier: Earlier) -> None:
        """The way lights up, and its first factors leave their edges; the last one is known."""
        short, way = self.short[earlier], self.chain.way(earlier.parameter)
        first = name == _TOLD[0]
        with self.beat(name):
            self.extend(self.depth_of(earlier), leaving=self.standing)
            start = self.tree.node(earlier.parameter).symbol
            self.play(Travel(start, short.side(0)), FadeIn(short.relation(1)), run_time=1.2)
            for position, edge in enumerate(self.tree.way(way[:3])):
                self.play(self.leaving_edge(edge, short.factor(position), earlier), run_time=1.2)
            door = short.factor(len(earlier.own))
            arriving = Travel(self.known[0].sign, door) if first else FadeIn(door, shift=UP * 0.2)
            self.play(arriving, self.tree.flash(way[2:]), run_time=2)
            self.add(short)

    def open_the_door(self, name: str, earlier: Earlier) -> None:
        """The last factor is written out, and the way is lit to its end."""
        with self.beat(f"{name}_opened"):
            leaving = [FadeOut(*self.known)] if name == _TOLD[0] else []
            self.play(self.tree.lit(self.chain.way(earlier.parameter)), *leaving, run_time=2)
            self.play(Morph(self.short[earlier], self.rows[earlier][0]), run_time=1.8)
            self.play(self.tree.flash(self.chain.way(earlier.parameter)), run_time=1.8)

    def lengthen(self, name: str, earlier: Earlier) -> None:
        """The product before makes room for two more factors at its beginning."""
        rule = self.rows[earlier][0]
        before, numbers = self.rows[self.told[_TOLD[0]]]
        way = self.chain.way(earlier.parameter)
        with self.beat(name):
            self.extend(self.depth_of(earlier), leaving=[numbers])
            self.play(self.tree.lit(way), run_time=2)
            kept = moved_along(before, rule, self.factors(self.told[_TOLD[0]])[1:])
            self.play(Morph(before, rule, from_elsewhere=kept), run_time=2.4)

    def put_in_numbers(self, name: str, earlier: Earlier) -> None:
        """The factors' values under them, and what they come to."""
        numbers = self.rows[earlier][1]
        with self.beat(f"{name}_value"):
            self.play(FadeIn(numbers.side(1), shift=DOWN * 0.15), FadeIn(numbers.relation(1)), run_time=1)
            self.play(FadeIn(numbers.side(0), shift=LEFT * 0.15), run_time=0.8)
            self.add(numbers)

    def give_all_their_derivatives(self) -> None:
        """The tree of the whole network, a derivative at every weight and bias, from the cost back."""
        depth = min(self.trace.L, _MOST)
        with self.beat("all"):
            self.extend(depth, room=self.rooms["all"], leaving=self.standing)
            for layer in range(self.trace.L, self.trace.L - depth, -1):
                both = self.chain.w(layer), self.chain.b(layer)
                coming = [FadeIn(self.leaves.of(p), scale=0.7) for p in both]
                self.play(*coming, run_time=max(0.7, 3 / depth))

    def return_to_the_network(self) -> None:
        """The tree folds back into the network that it was made of."""
        tree, diagram, labels = self.tree, self.network.diagram, self.network.labels
        moving: dict[str, list[Animation]] = {"a": [], "b": [], "w": []}
        staying: set[Any] = set()
        for variable, node in tree.nodes.items():
            symbol, value = labels.symbol(variable), labels.value(variable)
            if symbol is not None and value is not None:
                into = ReplacementTransform(node.symbol, symbol), ReplacementTransform(node.value, value)
                moving[variable.symbol] += into
                staying |= {node}
            elif variable.symbol == "a":
                moving["a"].append(node.animate.move_to(diagram.neuron(variable)).set_opacity(0))
                staying |= {node}
        leaving = [node for node in tree.nodes.values() if node not in staying]
        with self.beat("home"):
            self.play(FadeOut(self.leaves, *leaving, *tree.edges.values()), run_time=0.8)
            home = [AnimationGroup(*moving["a"], FadeIn(diagram)), *(AnimationGroup(*moving[p]) for p in "bw")]
            self.play(LaggedStart(*(group for group in home if group.animations), lag_ratio=0.5), run_time=3)
            self.remove(*tree.get_family())
            self.add(self.network)
            layers = range(1, self.trace.L + 1)
            forward = [edge_pulse(diagram, layer, self.theme.activation) for layer in layers]
            back = [edge_pulse(diagram, layer, self.theme.cost, backward=True) for layer in reversed(layers)]
            self.play(LaggedStart(*forward, lag_ratio=0.7), run_time=1.5)
            self.play(LaggedStart(*back, lag_ratio=0.7), run_time=1.5)

    # -- moves -----------------------------------------------------------------

    def extend(self, depth: int, *, room: Region | None = None, leaving: tuple[Any, ...] | list[Any] = ()) -> None:
        """The tree moves to where it has room for so many layers, and what is new grows."""
        old, new = self.tree, self.across(depth, room or self.rooms["tree"], em=self.letters)
        fresh = [v for v in new.nodes if v not in old.nodes]
        kept = [label for label in self.known if label in self.mobjects]
        moved = [Transform(label, self.hung(new, DOWN)) for label in kept]
        self.play(*old.becoming(new), *moved, *(FadeOut(part) for part in leaving), run_time=1.4)
        if fresh:
            self.play(new.growing(fresh), run_time=1)
        self.remove(*(part for tree in (old, new) for part in tree.get_family()))
        self.current = new
        self.add(new, *kept)

    def leaving_edge(self, edge: Line, factor: VGroup, earlier: Earlier) -> Animation:
        """An edge lights up, and its factor comes from it."""
        lit = edge.animate.set_stroke(self.view.colour(earlier.parameter), width=6)
        return AnimationGroup(lit, FadeIn(factor, target_position=edge.get_center(), scale=0.5))

    @property
    def letters(self) -> float:
        """The size of the tree's symbols above the equations, less where they have indices below, too."""
        return (_LETTERS_SCALE if self.chain.single else 1) * self.stage.least_em

    @property
    def standing(self) -> list[Row]:
        """The equations on screen."""
        return [row for rows in self.rows.values() for row in rows if row in self.mobjects]

    def depth_of(self, earlier: Earlier) -> int:
        """How many layers the tree needs for it."""
        return self.trace.L - earlier.layer + 1

    @staticmethod
    def factors(earlier: Earlier) -> tuple[Expression, ...]:
        """All factors on its way."""
        return earlier.full.factors if isinstance(earlier.full, Product) else ()

    @property
    def all_written_out(self) -> bool:
        """Whether each equation shows its whole way."""
        return all(rows[0].sides[1].expression == earlier.full for earlier, rows in self.rows.items())

    def across(self, depth: int, room: Region, **size: float) -> CostTree:
        """A tree of so many layers, running across."""
        return CostTree(self.view, self.chain, room, depth=depth, direction="across", **size)

    def hung(self, tree: CostTree, side: np.ndarray) -> FactorLabel:
        """The derivative that is known, at its activation in a tree."""
        before = self.chain.a(self.trace.L - 1)
        return hung_at(FactorLabel(self.view, self.told[_TOLD[0]].door, bare=self.stage.square), tree, before, side)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def chain(self) -> Chain:
        """The neurons that are followed."""
        return Chain.through(self.trace.network.sizes, self.parameter(self.parameters.parameter))

    @cached_property
    def told(self) -> dict[str, Earlier]:
        """The layers that are told one by one."""
        return told(self.view, self.chain)

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the tree, the equations and at last the whole tree stand."""
        body = self.stage["body"]
        share = 0.31 if self.stage.stacked else 0.33
        if self.chain.single:
            share = 0.28 if self.stage.stacked else 0.3
        share = 0.42 if self.stage.square else share
        return {"tree": body.band(share + 0.05, 1.0), "rows": body.band(0.0, share), "all": body.band(0.13, 0.87)}

    @property
    def tree(self) -> CostTree:
        """The tree as it stands."""
        return self.current

    @cached_property
    def current(self) -> CostTree:
        """The tree that the chapter before leaves: one layer further back than the last, the known way lit."""
        depth = min(2, self.trace.L)
        tree = self.across(depth, self.stage["body"])
        return tree.light(self.chain.way(self.chain.a(self.trace.L - 1)))

    @cached_property
    def known(self) -> list[FactorLabel]:
        """The derivative that the chapter before has found, at its activation."""
        return [self.hung(self.current, UP)] if self.told else []

    @cached_property
    def rows(self) -> dict[Earlier, list[Row]]:
        """For each earlier weight: its derivative written out as far as there is room, and its numbers."""
        return {earlier: columns.rows for earlier, (columns, _) in self.written.items()}

    @cached_property
    def short(self) -> dict[Earlier, Row]:
        """For each the short form, in the place of the one written out."""
        return {earlier: columns.row(0) for earlier, (_, columns) in self.written.items()}

    @cached_property
    def written(self) -> dict[Earlier, tuple[Columns, Columns]]:
        """The equations of each earlier weight, written out and short."""
        return {earlier: self.equations_of(earlier) for earlier in self.told.values()}

    def equations_of(self, earlier: Earlier) -> tuple[Columns, Columns]:
        """The same for one."""
        room, whole = self.rooms["rows"], earlier.whole
        forms = [form for form in (earlier.full, earlier.opened) if form is not None]
        value = Side.value(whole, self.view.decimals + 2)
        numbers = [Side.numbers(form if self.chain.single else earlier.short) for form in forms]
        choices: list[list[tuple[Side | Expression, Side | Expression]]]
        choices = [[(whole, form), (value, number)] for form, number in zip(forms, numbers, strict=True)]
        # What is very small has a power of ten to write.
        for result in (value, Side.value(whole, self.view.decimals)):
            choices.append([(whole, forms[-1]), (result, Side.numbers(earlier.short))])
        long = Columns.fitting(self.view, *choices, em=COLUMNS_EM, room=room)
        short = Columns(self.view, (whole, earlier.short), em=max(long.em, READABLE_EM), width=room.width)
        short.row(0).shift(long.row(0).relation(1).get_center() - short.row(0).relation(1).get_center())
        self.stage.place(VGroup(long, short), room, up=1.0)
        return long, short

    @cached_property
    def leaves(self) -> LeafDerivatives:
        """The derivative at every weight and bias."""
        return LeafDerivatives(self.view, self.tree, em=self.stage.least_em, decimals=self.view.decimals + 2)

    @cached_property
    def network(self) -> NamedNetwork:
        """The network, where the update begins with it."""
        return NamedNetwork(self.view, self.stage["whole"], em=0.6, keep=self.chain.activations())


def moved_along(old: Row, new: Row, factors: tuple[Expression, ...]) -> dict[Any, VGroup]:
    """Take the pieces of these factors out of an old product, by their places in a new one."""
    pieces = old.keyed()
    found: dict[Any, VGroup] = {}
    for factor in factors:
        was, becomes = old.place(factor, 1), new.place(factor, 1)
        for key in [key for key in pieces if key[: len(was)] == was]:
            found[*becomes, *key[len(was) :]] = pieces[key].copy()
            pieces[key].set_opacity(0)
    return found


def told(view: View, chain: Chain) -> dict[str, Earlier]:
    """The weights of the layers before the last that are told one by one."""
    layers = range(chain.L - 1, 0, -1)
    return {name: Earlier(view.trace, chain, chain.w(layer)) for name, layer in zip(_TOLD, layers, strict=False)}
