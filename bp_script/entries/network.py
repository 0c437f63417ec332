"""``network``: the layers and their parameters."""

from typing import Annotated, Literal, TypeAlias

from bp_script.entries.base import Count, Entry, Matrices, Range, Rows, Seed, Text, Whole

ActivationName: TypeAlias = Literal["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear", "softmax"]
SchemeName: TypeAlias = Literal["xavier", "he", "normal", "zeros"]

MOST_LAYERS = 16
MOST_NEURONS = 4_096

Size: TypeAlias = Annotated[Whole, Range(1, MOST_NEURONS)]


class InitEntry(Entry):
    """How weights are drawn; biases start at zero."""

    scheme: SchemeName
    """xavier (Glorot uniform), he (He normal), normal (standard normal) or zeros"""
    seed: Seed = 0
    """start of the random numbers, a whole number from 0"""


class NetworkEntry(Entry):
    """The network: sizes and activations, and its parameters given, drawn or from a file."""

    sizes: Annotated[tuple[Size, ...], Count("layer", 2, MOST_LAYERS)] | None = None
    """neurons of each layer, the input first; a file may say them"""
    activations: ActivationName | tuple[ActivationName, ...]
    """one activation for all layers, or one for each layer after the input"""
    weights: Matrices | None = None
    """for each layer after the input, one row of weights for each of its neurons"""
    biases: Rows | None = None
    """for each layer after the input, one bias for each of its neurons"""
    init: InitEntry | None = None
    """how weights are drawn, instead of weights and biases"""
    file: Text | None = None
    """a .npz, .json, .safetensors or .pt file beside the lesson that holds weights and biases"""
