"""The cost tree: the equations of the last layer break up into a tree, which grows back to the input."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from manim import (
    LEFT,
    PI,
    RIGHT,
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    ShowPassingFlash,
    VGroup,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.quantities import C, Variable
from bp_script.language import N_
from scenes.kit.calculus.definitions import Definition, definitions_beside, definitions_in, made_of
from scenes.kit.calculus.last_two import LastTwo, cost_in_numbers, cost_in_symbols
from scenes.kit.chapter import Chapter
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.moves import Morph, carried, standing_in
from scenes.kit.parameters import BaseParameters, ParameterName, Range, Whole
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.tree import CostTree as Tree
from scenes.kit.view import View

#: The most layers that can be read in one picture.
_MOST = 6
QUARTER_TURN = PI / 2
_FUNCTIONS = {
    "sigmoid": N_("Then the sigmoid turns z into the activation."),
    "tanh": N_("Then the hyperbolic tangent turns z into the activation."),
    "relu": N_("Then the ReLU lets z pass where it is positive, and that is the activation."),
    "leaky_relu": N_("Then the leaky ReLU makes z the activation."),
    "softplus": N_("Then softplus makes z the activation."),
    "linear": N_("Then z is passed on as it is, and that is the activation."),
    "softmax": N_("Then softmax turns the z of all outputs into their activations."),
}


class CostTree(Chapter):
    """The equations for z, a and the cost break up into a tree; the tree grows layer by layer, back to the input."""

    title = N_("What the cost is made of")

    class Parameters(BaseParameters):
        """Which way through the network, and how far back."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose neurons are followed.")
        depth: Annotated[Whole, Range(1, _MOST)] | None = Field(
            None, description="How many layers the tree shows in the end, if not the whole network."
        )

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        further = {
            "before": tr("But the activation before was made the same way, in a layer of its own."),
            "input": tr("And so on, back to the input.") if self.depth == self.L else tr("And so on, layer by layer."),
            "ways": tr("Every weight and every bias has its way to the cost."),
            "back": tr("We begin with the last layer."),
        }
        if self.depth == 2:
            del further["input"]
        return {
            "sum": tr("First comes a weighted sum, z: weight times activation, plus the bias.")
            if self.chain.sizes[-2] == 1
            else tr("First comes a weighted sum, z: each weight times its activation, plus the bias."),
            "function": tr(_FUNCTIONS[self.trace.network.activations[-1]]),
            "tree": tr(
                "Take these apart: weight, activation and bias make z, z makes the last activation, "
                "and this, with the target, the cost."
            ),
            "given": tr("In numbers: z is %(sum)s,", sum=as_drawn(self.chain.z(self.L), self.tree)),
            "activated": tr("which makes the activation %(value)s,", value=as_drawn(self.chain.a(self.L), self.tree)),
            "costed": tr("and the cost %(cost)s.", cost=as_drawn(C, self.tree)),
            **(further if self.depth > 1 else {}),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """The last layer's three."""
        chain = Chain.through(view.trace.network.sizes)
        return [Equation(variable, made) for variable, made in made_of(view, chain).items()]

    def construct(self) -> None:
        """From equations to a tree, and back through the network."""
        self.open_with(self.two, self.cost, self.cost_numbers)
        self.write_the_sum()
        self.apply_the_function()
        self.take_the_equations_apart()
        self.put_in_numbers()
        if self.depth > 1:
            self.go_back_a_layer()
            if self.depth > 2:
                self.go_back_to_the_input()
            self.show_the_ways()
            self.return_to_the_last_layer()

    def write_the_sum(self) -> None:
        """Weight and bias show themselves in the picture, and all of it goes into z."""
        two, z = self.two, self.of_z
        weight, bias = self.parameters_of_two
        sources = {
            self.chain.w(self.L): weight,
            self.chain.a(self.L - 1): two.names[0],
            self.chain.b(self.L): bias,
        }
        with self.beat("sum"):
            self.play(FadeOut(self.cost_numbers), run_time=0.5)
            self.play(self.making_room(), run_time=1)
            self.play(
                LaggedStart(FadeIn(weight, shift=0.15 * UP), FadeIn(bias, shift=0.15 * UP), lag_ratio=0.5), run_time=1.4
            )
            self.play(Morph(None, z.symbols, from_elsewhere=standing_in(z.symbols, sources), run_time=2))

    def making_room(self) -> Animation:
        """The cost's equation goes to its place below the other two, or away if that has no room for it."""
        below = [d for d in self.made if d.variable == C]
        return Morph(self.cost, below[0].symbols) if below else FadeOut(self.cost)

    def apply_the_function(self) -> None:
        """The z of the equation above goes into σ."""
        a = self.of_a
        sources = {a.variable: self.two.names[1], self.of_z.variable: self.of_z.symbols.leaf(self.of_z.variable)}
        with self.beat("function"):
            self.play(Morph(None, a.symbols, from_elsewhere=standing_in(a.symbols, sources), run_time=2))

    def take_the_equations_apart(self) -> None:
        """The equations stand aside, and their symbols go to their places in the tree."""
        chain, L = self.chain, self.L
        before = {d.variable: d.symbols for d in self.made}
        with self.beat("tree"):
            self.play(
                FadeOut(VGroup(self.two, *self.parameters_of_two), shift=0.5 * UP),
                *(Morph(before.get(d.variable), d.symbols) for d in self.aside),
                run_time=1.4,
            )
            z, a, cost = (d.symbols for d in self.aside)
            self.grow(z, chain.w(L), chain.a(L - 1), chain.b(L), chain.z(L))
            self.grow(a, chain.a(L))
            self.grow(cost, chain.y, C)

    def grow(self, formula: Formula, *variables: Variable) -> None:
        """These symbols leave the formula for the tree, and the edges that now have both ends are drawn."""
        arriving = [self.leaving(formula, variable) for variable in variables]
        edges = [e for (v, to), e in self.tree.edges.items() if to in variables]
        self.play(LaggedStart(*arriving, lag_ratio=0.2), run_time=1.3)
        self.play(LaggedStart(*(Create(edge) for edge in edges), lag_ratio=0.2), run_time=0.7)

    def leaving(self, formula: Formula, variable: Variable) -> Animation:
        """A symbol's way from a formula to its node."""
        symbol = self.tree.node(variable).symbol
        if variable in formula.sides[0].expression.walk() or variable in formula.sides[1].expression.walk():
            return carried(formula.leaf(variable), symbol)
        return FadeIn(symbol, shift=0.3 * LEFT)

    def put_in_numbers(self) -> None:
        """Value after value, as the forward pass computes them: into the formula, and its result into the tree."""
        chain, L, nodes = self.chain, self.L, self.tree.nodes
        given = [chain.w(L), chain.a(L - 1), chain.b(L)]
        for beat, d, known in (
            ("given", self.aside[0], given),
            ("activated", self.aside[1], []),
            ("costed", self.aside[2], [chain.y]),
        ):
            sources = {v: nodes[v].value for v in nodes if v != d.variable}
            with self.beat(beat, rest=0.2):
                if known:
                    values = [FadeIn(nodes[v].value, shift=0.15 * UP) for v in known]
                    self.play(LaggedStart(*values, lag_ratio=0.4), run_time=0.6 + 0.2 * len(known))
                self.play(Morph(d.symbols, d.numbers, from_elsewhere=standing_in(d.numbers, sources), run_time=1.3))
                self.play(carried(d.result, nodes[d.variable].value, run_time=0.8))
        self.settle(self.tree)

    def go_back_a_layer(self) -> None:
        """The equations go, the tree turns to run across, and the activation before opens."""
        with self.beat("before"):
            self.play(
                FadeOut(VGroup(*(d.numbers for d in self.aside)), shift=0.5 * RIGHT),
                Indicate(self.tree.node(self.chain.a(self.L - 1)), color=None, scale_factor=1.25),
                run_time=1.2,
            )
            self.extend(self.tree, self.deeper(2), run_time=1.6)

    def go_back_to_the_input(self) -> None:
        """Layer after layer."""
        with self.beat("input"):
            for depth in range(2, self.depth):
                self.extend(self.deeper(depth), self.deeper(depth + 1), run_time=1.0)

    def extend(self, old: Tree, new: Tree, *, run_time: float) -> None:
        """A tree moves into the places of another, then what is new grows."""
        fresh = [v for v in new.nodes if v not in old.nodes]
        turn = QUARTER_TURN if old is self.tree else 0.0
        self.play(*old.becoming(new, turn), run_time=run_time)
        self.play(new.growing(fresh), run_time=1)
        self.settle(new, old)

    def show_the_ways(self) -> None:
        """A light runs from every weight and bias down to the cost."""
        tree = self.deeper(self.depth)
        layers = range(self.L - self.depth + 1, self.L + 1)
        parameters = [p for layer in layers for p in (self.chain.w(layer), self.chain.b(layer))]
        runs = []
        for parameter in parameters:
            way = VGroup(*(edge.copy() for edge in tree.way(self.chain.way(parameter))))
            way.set_stroke(self.view.colour(parameter), width=6)
            runs.append(LaggedStart(*(ShowPassingFlash(e, time_width=1) for e in way), lag_ratio=0.35))
        with self.beat("ways"):
            self.play(LaggedStart(*runs, lag_ratio=0.5), run_time=4)

    def return_to_the_last_layer(self) -> None:
        """What lies before it goes, and the tree is where the next chapter needs it."""
        old, new = self.deeper(self.depth), self.last_layer()
        leaving = [node for v, node in old.nodes.items() if v not in new.nodes]
        leaving += [edge for ends, edge in old.edges.items() if ends not in new.edges]
        with self.beat("back"):
            self.play(*old.becoming(new, -QUARTER_TURN), *(FadeOut(part) for part in leaving), run_time=1.8)
            self.settle(new, old)

    def settle(self, tree: Tree, *others: Tree) -> None:
        """Put a tree in the place of the pieces that made it up."""
        self.remove(*(part for t in (tree, *others) for part in t.get_family()))
        self.add(tree)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def chain(self) -> Chain:
        """The neurons that are followed."""
        return Chain.through(self.trace.network.sizes, self.parameter(self.parameters.parameter))

    @property
    def L(self) -> int:  # noqa: N802 - the field's own name
        """The number of the last layer."""
        return self.trace.L

    @property
    def depth(self) -> int:
        """How many layers the tree shows in the end."""
        return min(self.parameters.depth or _MOST, self.L)

    @cached_property
    def two(self) -> LastTwo:
        """The last two neurons and the target, as the chapter before leaves them."""
        return LastTwo(self.view, self.chain, self.stage["body"].band(0.42, 1))

    @cached_property
    def parameters_of_two(self) -> tuple[Typeset, Typeset]:
        """The weight and the bias in that picture."""
        return self.two.parameters()

    @cached_property
    def cost(self) -> Formula:
        """The cost in symbols, as the chapter before leaves it."""
        return cost_in_symbols(self.view, self.stage)

    @cached_property
    def cost_numbers(self) -> Formula:
        """The cost in numbers, as the chapter before leaves it."""
        return cost_in_numbers(self.view, self.stage)

    @cached_property
    def made(self) -> tuple[Definition, ...]:
        """The equations of z, a and the cost, under the two neurons."""
        return definitions_in(self.view, self.chain, self.stage["body"].band(0.0, 0.42), em=0.52)

    @cached_property
    def aside(self) -> tuple[Definition, ...]:
        """The same beside the tree, each as high as what it makes; on a tall stage below it."""
        room = self.stage["right"]
        beside = room.top > self.stage["diagram"].bottom
        heights = {v: float(node.symbol.get_y()) for v, node in self.tree.nodes.items()} if beside else None
        return definitions_beside(self.view, self.chain, room, heights, em=0.6)

    @property
    def of_z(self) -> Definition:
        """The weighted sum."""
        return self.made[0]

    @property
    def of_a(self) -> Definition:
        """The activation."""
        return self.made[1]

    @cached_property
    def tree(self) -> Tree:
        """The last layer's tree, upright."""
        return self.last_layer()

    def last_layer(self) -> Tree:
        """A fresh one."""
        return Tree(self.view, self.chain, self.stage["diagram"])

    def deeper(self, depth: int) -> Tree:
        """The tree of so many layers, across the whole stage."""
        if depth not in self._deeper:
            self._deeper[depth] = Tree(self.view, self.chain, self.stage["body"], depth=depth, direction="across")
        return self._deeper[depth]

    @cached_property
    def _deeper(self) -> dict[int, Tree]:
        return {}
