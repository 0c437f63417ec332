"""The derivative by a parameter of an earlier layer: three factors, the last of which opens to the layer after."""

from __future__ import annotations

from dataclasses import dataclass

from bp_core.nodes import Expression, Product, SumOver
from bp_core.quantities import C, Derivative, Index, Variable, a, d, z
from bp_core.trace import Trace
from scenes.kit.pictures.chain import Chain, places


@dataclass(frozen=True, slots=True)
class Earlier:
    """∂C/∂p of a weight or bias p of a hidden layer on a chain."""

    trace: Trace
    chain: Chain
    parameter: Variable

    @property
    def layer(self) -> int:
        """The parameter's layer."""
        return places(self.parameter)[0]

    @property
    def whole(self) -> Derivative:
        """The derivative itself."""
        return d(C, self.parameter)

    @property
    def door(self) -> Derivative:
        """∂C by the activation of the layer, from where the rest of the way is known."""
        return d(C, self.chain.a(self.layer))

    @property
    def own(self) -> tuple[Derivative, Derivative]:
        """The two factors of the layer itself."""
        into, out = self.chain.z(self.layer), self.chain.a(self.layer)
        return d(into, self.parameter), d(out, into)

    @property
    def short(self) -> Product:
        """The two factors and the door; true in any network."""
        return Product((*self.own, self.door))

    @property
    def opened(self) -> Product:
        """With the door opened to the layer after: a product, or a sum over that layer's neurons."""
        after, here = self.layer + 1, self.chain.a(self.layer)
        if self.chain.sizes[after] == 1:
            into, out = z(after, 0), a(after, 0)
            return Product((*self.own, d(into, here), d(out, into), d(C, out)))
        j = Index("j")
        into, out = z(after, j), a(after, j)
        if self.trace.network.activations[after - 1] == "softmax":
            return Product((*self.own, SumOver("j", d(into, here) * d(C, into))))
        return Product((*self.own, SumOver("j", d(into, here) * d(out, into) * d(C, out))))

    @property
    def full(self) -> Expression | None:
        """The product of all factors down to the cost; None where there is more than one way."""
        return Product(self.chain.factors(self.parameter)) if self.chain.single else None
