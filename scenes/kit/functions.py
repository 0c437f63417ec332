"""What the activation functions are called, in films and beside them."""

from __future__ import annotations

from bp_script.language import N_

NAMES = {
    "sigmoid": N_("sigmoid"),
    "tanh": N_("tanh"),
    "relu": N_("ReLU"),
    "leaky_relu": N_("leaky ReLU"),
    "softplus": N_("softplus"),
    "linear": N_("identity"),
    "softmax": N_("softmax"),
}
