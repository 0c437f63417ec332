"""Counted things, as messages name them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bp_script.language.caller import tr, tr_n, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COUNTED: Mapping[str, Callable[[int, str], str]] = MappingProxyType(
    {
        "activation": lambda n, said: tr_n("%(n)s activation", "%(n)s activations", n, n=said),
        "argument": lambda n, said: tr_n("%(n)s argument", "%(n)s arguments", n, n=said),
        "chapter": lambda n, said: tr_n("%(n)s chapter", "%(n)s chapters", n, n=said),
        "character": lambda n, said: tr_n("%(n)s character", "%(n)s characters", n, n=said),
        "class": lambda n, said: tr_n("%(n)s class", "%(n)s classes", n, n=said),
        "column": lambda n, said: tr_n("%(n)s column", "%(n)s columns", n, n=said),
        "example": lambda n, said: tr_n("%(n)s example", "%(n)s examples", n, n=said),
        "function": lambda n, said: tr_n("%(n)s function", "%(n)s functions", n, n=said),
        "item": lambda n, said: tr_n("%(n)s item", "%(n)s items", n, n=said),
        "layer": lambda n, said: tr_n("%(n)s layer", "%(n)s layers", n, n=said),
        "list": lambda n, said: tr_n("%(n)s list", "%(n)s lists", n, n=said),
        "name": lambda n, said: tr_n("%(n)s name", "%(n)s names", n, n=said),
        "neuron": lambda n, said: tr_n("%(n)s neuron", "%(n)s neurons", n, n=said),
        "number": lambda n, said: tr_n("%(n)s number", "%(n)s numbers", n, n=said),
        "row": lambda n, said: tr_n("%(n)s row", "%(n)s rows", n, n=said),
        "step": lambda n, said: tr_n("%(n)s step", "%(n)s steps", n, n=said),
        "value": lambda n, said: tr_n("%(n)s value", "%(n)s values", n, n=said),
    }
)


def counted(count: int, noun: str, *, grouped: bool = False) -> str:
    """So many things of a kind that messages count; ``grouped`` sets the thousands apart.

    >>> counted(1, "number"), counted(3000, "class"), counted(3000, "class", grouped=True)
    ('1 number', '3000 classes', '3,000 classes')
    """
    said = whole(count) if grouped else str(count)
    if noun in _COUNTED:
        return _COUNTED[noun](count, said)
    return f"{said} {noun}{'s' * (count != 1)}"  # of a chapter of one's own


def at_least(things: str) -> str:
    """So many counted things or more."""
    return tr("at least %(things)s", things=things)


def at_most(things: str) -> str:
    """So many counted things or fewer."""
    return tr("at most %(things)s", things=things)
