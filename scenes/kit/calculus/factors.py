"""The chain rule of the last layer: which factors there are, what each comes from, and where each hangs on the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, VGroup

from bp_core.activations import ACTIVATIONS
from bp_core.costs import cost_derivative_formula, cost_formula
from bp_core.equations import Equation
from bp_core.errors import QuantityError
from bp_core.nodes import Apply, Expression, Number, Product, SumOver, Symbol, substitute
from bp_core.quantities import C, Derivative, Index, Variable, a, d, w, y, z
from bp_core.trace import Trace
from bp_script.language.caller import tr
from scenes.kit.letters.coming_out import coming_out, short_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.number import Value
from scenes.kit.pictures.chain import Chain, places
from scenes.kit.pictures.clearance import Obstacles, any_clear, first_clear, pushed
from scenes.kit.pictures.columns import Columns
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region, Stage
from scenes.kit.view import View

#: Letters of the product by itself, of the product computed, and of the equations that its factors come from.
_PRODUCT_EM, COLUMNS_EM, EQUATION_EM = 0.45, 0.43, 0.46
#: How many digits more than its factors a product has.
PRODUCT_DIGITS = 2
#: What long equations take beyond their region, as a share of its width.
_MORE = 1 / 16
#: Letters of a factor on the tree, of its value, and room to its edge, more where letters of the trunk are near.
_EM, _SMALL_EM, _VALUE_EM, _BUFF, _TRUNK = 0.44, 0.4, 0.36, 0.16, 0.6
#: Room around a derivative at a node, if there is so much.
_CLEAR = (0.18, 0.1)
#: Where on a slanted edge a factor hangs.
_SHARE = 0.45
#: A way that goes aside by less is upright.
_UPRIGHT = 1e-3


@dataclass(frozen=True, slots=True)
class Factors:
    """∂C/∂p as a product, p one of the quantities that z of the last layer is made of.

    With softmax each z moves every output; there the way from z to C is a single factor, ∂C/∂z.
    """

    trace: Trace
    chain: Chain
    source: Variable

    @classmethod
    def of(cls, trace: Trace, source: Variable) -> Factors:
        """The factors for a parameter.

        Raises:
            QuantityError: it is not of the last layer.
        """
        layer = places(source)[0] if source.symbol != "a" else places(source)[0] + 1
        if layer != trace.L:
            raise QuantityError(
                tr("its factors are told for layer %(layer)s, the last; got %(got)s", layer=trace.L, got=source)
            )
        return cls(trace, Chain.through(trace.network.sizes, source), source)

    @property
    def softmax(self) -> bool:
        """Whether the outputs are tied together."""
        return self.trace.network.activations[-1] == "softmax"

    @property
    def way(self) -> tuple[Variable, ...]:
        """The quantities between which the factors lead."""
        way = self.chain.way(self.source)
        return (way[0], way[1], C) if self.softmax else way

    @property
    def whole(self) -> Derivative:
        """The derivative itself."""
        return d(C, self.source)

    @property
    def each(self) -> tuple[Derivative, ...]:
        """The factors, from the source to the cost."""
        return tuple(d(after, before) for before, after in pairwise(self.way))

    def decimals(self, view: View) -> int:
        """Of the factors on the tree: so many that their product comes out as it is shown, whatever part of z is first.

        Where even more do not do that, they are the usual ones.
        """
        chain, needed = self.chain, [view.decimals]
        for source in (chain.w(chain.L), chain.b(chain.L), chain.a(chain.L - 1)):
            factors = replace(self, source=source)
            if not factors.summed:
                whole = view.shown(factors.whole, decimals=view.decimals + PRODUCT_DIGITS).text
                needed.append(coming_out(view, factors.product, factors.each, whole, view.decimals) or view.decimals)
        return max(needed)

    @property
    def steps(self) -> dict[str, Derivative]:
        """The factors by a name for each."""
        return {f"{factor.of.symbol}_by_{factor.by.symbol}": factor for factor in self.each}

    @property
    def summed(self) -> bool:
        """Whether the source reaches the cost through several neurons of the last layer, so that ways add up."""
        return self.source.symbol == "a" and self.trace.sizes[-1] > 1

    @property
    def product(self) -> Expression:
        """The factors multiplied, and summed over the ways if there are several."""
        if not self.summed:
            return Product(self.each)
        at = self._along(Index("j"))
        way = (at.way[0], z(at.chain.L, Index("j")), C) if self.softmax else at.way
        return SumOver("j", Product(tuple(d(after, before) for before, after in pairwise(way))))

    @property
    def computed(self) -> tuple[Expression, ...]:
        """What each factor is, by the equation it comes from."""
        return tuple(self._computed(factor) for factor in self.each)

    @property
    def computed_product(self) -> Expression:
        """The same multiplied, and summed over the ways if there are several."""
        if not self.summed:
            return Product(self.computed)
        return SumOver("j", Product(tuple(f for f in self._along(Index("j")).computed if f != Number(1))))

    @property
    def shortened_product(self) -> Expression:
        """The product computed but for its last factor, which stays as it was."""
        if not self.summed:
            return Product((*self.computed[:-1], self.each[-1]))
        at = self._along(Index("j"))
        way = (at.way[0], z(at.chain.L, Index("j")), C) if self.softmax else at.way
        kept = (*at.computed[:-1], d(C, way[-2]))
        return SumOver("j", Product(tuple(f for f in kept if f != Number(1))))

    @property
    def rest(self) -> Expression:
        """All computed factors but that of the source itself, which is what δ is; a slope of one is not written."""
        written = [computed for computed in self.computed[:0:-1] if computed != Number(1)]
        return written[0] if len(written) == 1 else Product(tuple(written))

    @property
    def of_any(self) -> Factors:
        """The factors for the weight from neuron i to neuron j, whichever they are."""
        # Where softmax adds up over i, the source is k.
        i, j = Index("k" if self.softmax else "i"), Index("j")
        chain = replace(self.chain, neurons=(*self.chain.neurons[:-2], i, j))  # type: ignore[arg-type]
        return replace(self, chain=chain, source=w(self.trace.L, j, i))

    def _along(self, j: Index) -> Factors:
        """The factors through neuron ``j`` of the last layer."""
        chain = replace(self.chain, neurons=(*self.chain.neurons[:-1], j))  # type: ignore[arg-type]
        return replace(self, chain=chain)

    @property
    def definitions(self) -> tuple[Equation, ...]:
        """The equation that each factor is the derivative of."""
        layer = self.chain.L
        net = self.trace.network
        z_of = Equation(self.chain.z(layer), self.chain.weighted_sum(layer))
        cost = Equation(C, cost_formula(self.trace.cost, net.sizes))
        if self.softmax:
            return z_of, cost
        return z_of, Equation(self.chain.a(layer), self.chain.activated(layer)), cost

    @property
    def slope(self) -> Equation | None:
        """σ′(z) written with the activation's own value, where it has such a form."""
        layer = self.chain.L
        form = ACTIVATIONS[self.trace.network.activations[layer - 1]].derivative_from_value
        if form is None or self.softmax:
            return None
        return Equation(self._slope, substitute(form, Symbol("a"), self.chain.a(layer)))

    @property
    def _slope(self) -> Apply:
        return Apply("sigma'", self.chain.z(self.chain.L), self.chain.L)

    @property
    def numbered(self) -> frozenset[Expression]:
        """What stands as a number when the values are put into the computed product."""
        return frozenset(self.numbered_in_order)

    @property
    def numbered_in_order(self) -> tuple[Expression, ...]:
        """The same from left to right, each once."""
        return tuple(dict.fromkeys(node for factor in self.computed for node in _numbers(factor)))

    def _computed(self, factor: Derivative) -> Expression:
        layer = self.chain.L
        if factor.by == self.source:
            partners: dict[str, Expression] = {
                "w": self.chain.a(layer - 1),
                "b": Number(1),
                "a": self.chain.w(layer),
            }
            return partners[self.source.symbol]
        if factor.by.symbol == "a" and self.trace.cost.function == "binary_cross_entropy":
            output = self.chain.a(layer)
            return (output - self.chain.y) / (output * (1 - output))
        if factor.by.symbol == "a":
            return cost_derivative_formula(self.trace.cost, layer, self.chain.neurons[-1], self.trace.network.sizes)
        if not self.softmax:
            linear = self.trace.network.activations[-1] == "linear"
            return Number(1) if linear else self._slope
        return self._through_softmax()

    def _through_softmax(self) -> Expression:
        """∂C/∂z where softmax ties the outputs together: aⱼ − yⱼ with cross-entropy, else over all outputs i."""
        layer, j, i = self.chain.L, self.chain.neurons[-1], Index("i")
        if self.trace.cost.function == "cross_entropy":
            return a(layer, j) - y(j)
        return SumOver("i", d(a(layer, i), z(layer, j)) * d(C, a(layer, i)))


def _numbers(expression: Expression) -> Iterator[Expression]:
    """The largest parts of an expression that read best as one number: quantities, σ′(z), sums over an index."""
    if isinstance(expression, Variable | Derivative | Apply | SumOver):
        yield expression
        return
    for part in expression.children():
        yield from _numbers(part)


def writing(stage: Stage) -> Region:
    """Where long equations stand: the right side, and a little of what the tree beside it leaves free."""
    return stage["right"].column(-_MORE if stage.width > stage.height else 0.0, 1.0)


def multiplied(view: View, factors: Factors, stage: Stage) -> Columns:
    """∂C/∂p, its factors, their values and the value of it, row by row on the right, at the foot."""
    right = stage["right"]
    product, whole = factors.product, factors.whole
    result = Side.value(whole, view.decimals + PRODUCT_DIGITS)
    rows = [(whole, right) for right in (product, Side.numbers(product), result)]
    room = right if stage.square else right.band(0.0, 0.44)
    return stage.place(Columns.fitting(view, rows, em=_PRODUCT_EM, room=room), room)


class FactorLabel(VGroup):
    """A derivative on the tree: symbol, value beneath it or beside it, as the tree's own quantities have it."""

    def __init__(
        self,
        view: View,
        factor: Derivative,
        *,
        decimals: int | None = None,
        beside: bool = False,
        bare: bool = False,
    ) -> None:
        super().__init__()
        self.factor = factor
        self.symbol = Formula(view, factor, em=_SMALL_EM if beside else _EM)
        digits = short_decimals(view, factor, view.decimals if decimals is None else decimals)
        self.value = Value(view, factor, em=_VALUE_EM, decimals=digits, anchor="left" if beside else "centre")
        self.value.next_to(self.symbol, RIGHT if beside else DOWN, buff=_EM * 0.26)
        self.add(*([] if bare else [self.symbol]), self.value)
        #: What stands for it: its symbol, or its value where that is there alone.
        self.sign = self.value if bare else self.symbol


class EdgeFactor(FactorLabel):
    """A factor beside its edge of the tree."""

    def __init__(
        self,
        view: View,
        tree: CostTree,
        factor: Derivative,
        *,
        decimals: int | None = None,
        from_the_right: bool = False,
        others: Sequence[EdgeFactor] = (),
    ) -> None:
        # Below its symbol the value would stand in line with the quantity at the trunk's end, as if it were its factor.
        super().__init__(view, factor, decimals=decimals, beside=tree.compact or _on_the_trunk(tree, factor))
        self._from_the_right = from_the_right
        way = self._hang(tree)
        self.shift(max(0.0, tree.get_bottom()[1] - self.get_bottom()[1]) * UP)
        pushed(self, way, Obstacles([*tree.edges.values(), *tree.nodes.values(), *others]), tree.region)

    def _hang(self, tree: CostTree) -> np.ndarray:
        """Stand beside the edge; the way on which there may be more room."""
        between = tree.edges.get((self.factor.by, self.factor.of))
        if between is None:
            # It spans more than an edge: beside what lies between, below the factor before.
            self.next_to(tree.node(tree.chain.a(tree.chain.L)), LEFT, buff=2 * _BUFF)
            self.shift(DOWN * self.height / 2)
            return LEFT
        start, end = between.get_start(), between.get_end()
        way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
        if abs(way[0]) < _UPRIGHT and self.factor.by.symbol == "a":
            # Between two other edges there is no room; below them there is.
            self.next_to(tree.node(self.factor.of), RIGHT, buff=2 * _BUFF)
            return RIGHT
        if abs(way[0]) < _UPRIGHT:
            # On the side of the trunk that the factor before leaves free.
            free = LEFT if self._from_the_right else RIGHT
            self.move_to((start + end) / 2 + free * (self.width / 2 + _TRUNK))
            return free
        outward = 1.0 if way[0] < 0 else -1.0
        normal = np.array([way[1], -way[0], 0.0])
        normal *= np.sign(normal[0]) * outward
        reach = abs(normal[0]) * self.width / 2 + abs(normal[1]) * self.height / 2 + _BUFF
        self.move_to(start + (end - start) * _SHARE + normal * reach)
        side = outward * RIGHT
        room = float(np.dot(self.get_edge_center(-side) - tree.node(self.factor.of).get_edge_center(side), side))
        self.shift(side * max(0.0, _BUFF - room))
        return side


def _on_the_trunk(tree: CostTree, factor: Derivative) -> bool:
    """Whether a factor's edge stands upright between two others."""
    edge = tree.edges.get((factor.by, factor.of))
    return edge is not None and factor.by.symbol == "z" and abs(edge.get_end()[0] - edge.get_start()[0]) < _UPRIGHT


def hung_at(label: FactorLabel, tree: CostTree, variable: Variable, side: np.ndarray) -> FactorLabel:
    """A derivative at its quantity's node, on this side or, where that is not free, on another or farther off."""
    node, half = tree.node(variable), np.array([label.width / 2, label.height / 2, 0.0])
    reach = np.array([node.width / 2, node.height / 2, 0.0]) + half
    corners = [side, -side, UP, DOWN, RIGHT, LEFT, UP + RIGHT, UP + LEFT, DOWN + RIGHT, DOWN + LEFT]
    places = [node.get_center() + corner * (reach + buff) for buff in (0.2, 0.35, 0.6, 0.9, 1.2) for corner in corners]
    inside = [p for p in places if _holds(tree.region, p, half)]
    around, choices = [*tree.edges.values(), *tree.nodes.values()], inside or places
    for clear in _CLEAR:
        if any_clear(label, choices, airy := Obstacles(around, clear=clear)):
            return first_clear(label, choices, airy)
    return pushed(first_clear(label, choices, least := Obstacles(around)), side, least, tree.region)


def _holds(room: Region, centre: np.ndarray, half: np.ndarray) -> bool:
    (left, bottom), (right, top) = (centre - half)[:2], (centre + half)[:2]
    return bool(left >= room.left and right <= room.right and bottom >= room.bottom and top <= room.top)


def hung(view: View, tree: CostTree, factors: Factors) -> list[EdgeFactor]:
    """Each factor beside its edge."""
    labels: list[EdgeFactor] = []
    decimals, from_the_right = factors.decimals(view), factors.source.symbol in "ab"
    for factor in factors.each:
        labels.append(EdgeFactor(view, tree, factor, decimals=decimals, from_the_right=from_the_right, others=labels))
    return labels
