"""``training``: how the network is trained."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Strict

from bp_script.entries.base import Entry, Number, Range, Seed, Whole

OptimizerName: TypeAlias = Literal["sgd", "momentum", "nesterov", "adam"]
Decay: TypeAlias = Annotated[Number, Range(0, 1, below=True)]

#: The keys that only some optimizers read.
OPTIMIZER_KEYS: dict[str, tuple[str, ...]] = {
    "momentum": ("momentum", "nesterov"),
    "beta1": ("adam",),
    "beta2": ("adam",),
    "epsilon": ("adam",),
}


class TrainingEntry(Entry):
    """Gradient descent: what is followed, how far, how often."""

    learning_rate: Annotated[Number, Range(0, above=True)]
    """η, the length of a step"""
    epochs: Annotated[Whole, Range(0, 100_000)] = 1
    """how often all examples are gone through"""
    batch_size: Annotated[Whole, Range(1)] | None = None
    """examples of one update; all if left out"""
    optimizer: OptimizerName = "sgd"
    """sgd, momentum, nesterov or adam, by PyTorch's formulas"""
    shuffle: Annotated[bool, Strict()] = False
    """whether the examples are permuted anew each epoch"""
    seed: Seed = 0
    """start of the random numbers of shuffle"""
    momentum: Decay = 0.9
    """for momentum and nesterov: how much of the last step is kept"""
    beta1: Decay = 0.9
    """for adam: decay of the mean of gradients"""
    beta2: Decay = 0.999
    """for adam: decay of the mean of squared gradients"""
    epsilon: Annotated[Number, Range(0, above=True)] = 1e-8
    """for adam: keeps its denominator from zero"""
