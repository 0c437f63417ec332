"""``cost``: the cost function and its penalty."""

from typing import Annotated, Literal, TypeAlias

from bp_script.entries.base import Entry, Number, Range

CostName: TypeAlias = Literal[
    "squared_error", "half_squared_error", "mean_squared_error", "binary_cross_entropy", "cross_entropy"
]


class CostEntry(Entry):
    """The cost of one example, and the strength of the penalty on the weights."""

    function: CostName
    """the cost of one example"""
    l2: Annotated[Number, Range(0)] = 0.0
    """strength of the penalty (l2/(2m)) Σ w², biases not penalised"""
