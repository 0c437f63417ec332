"""Finds numbers that are typed into a chapter, where they should be read from the lesson's trace.

A chapter may hold
- 0, 1 and 2: places, shares, signs and the 2 of 2(a − y); and as private constants at the top of the file other
  whole numbers, which say what they count, and fractions if every word of the name is one of the layout;
- numbers that only say where, how large or how long: what goes by one of the `LAYOUT_NAMES`, as an argument or as a
  variable, arguments of the `LAYOUT_CALLS`, factors of a direction such as ``0.3 * DOWN``, indices, and operands of
  comparisons;
- the bounds and defaults of its own keys, in the class ``Parameters``: what a lesson says there is the lesson's number;
- what ``unsuited`` says to someone whose lesson does not fit;
- digits in a text that belong to a quantity's name, to a rounding, or to an expression in braces that is evaluated,
  and digits nobody sees: docstrings and the messages of errors.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYOUT_NAMES = frozenset(
    "across aligned_edge angle below buff clearance cols delay em fill_opacity gap height indent lag lag_ratio least "
    "length margin num opacity pause radius rest rows run_time samples scale scale_factor seconds share shift slack "
    "space spare stroke_opacity stroke_width tick_size tip_length turn up whole width".split()
)
LAYOUT_CALLS = frozenset(
    "band column move_to pause place point rotate scale set_opacity set_x set_y shift stretch wait".split()
)
#: What private constants of the layout are named by.
LAYOUT_WORDS = LAYOUT_NAMES | frozenset(
    "apart columns letters line lines name plot smaller sources tight turns".split()
)
DIRECTIONS = frozenset("UP DOWN LEFT RIGHT UL UR DL DR IN OUT ORIGIN".split())
#: Manim's own ways to draw text and numbers: the kit's know the quantity that they show.
DRAWERS = frozenset(
    "Axes BarChart Code DecimalMatrix DecimalNumber DecimalTable Integer IntegerMatrix IntegerTable MarkupText MathTex "
    "MathTypst Matrix NumberLine NumberPlane Paragraph SingleStringMathTex Table Tex Text Title Typst".split()
)

_NAME = re.compile(r"d?(?:delta|[xywbzaCJn])(?:\[[A-Za-z0-9+-]+\])+(?:@\w+)?|d?[CJ]@\w+")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ROUNDING = re.compile(r":\+?(?:\.\d+[fe]|d)$")


def typed_numbers(source: str) -> list[tuple[int, str]]:
    """The line and the offence of each, in the order of the lines."""
    tree = ast.parse(source)
    counts = {
        id(node)
        for statement in tree.body
        if _is_constant(statement)
        for node in ast.walk(statement)
        if _is_whole(node) or (isinstance(node, ast.Constant) and _is_of_the_layout(statement))
    }
    return sorted({(node.lineno, what) for node, what in _offences(tree) if id(node) not in counts})


def _is_constant(statement: ast.stmt) -> bool:
    """Whether a statement is ``_TIMES = 3`` or ``_FROM, _TO = 3, 5``."""
    return isinstance(statement, ast.Assign) and all(re.fullmatch("_[A-Z_]+", name) for name in _names(statement))


def _is_of_the_layout(statement: ast.stmt) -> bool:
    """Whether a constant is ``_LEAST_PLOT = 0.75``: shares, sizes and times by their names."""
    return all(word in LAYOUT_WORDS for name in _names(statement) for word in name.lower().strip("_").split("_"))


def _names(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _is_whole(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _offences(node: ast.AST, free: bool = False) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Walk down; ``free`` means that a number here is layout, an index or nothing that can be drawn."""
    match node:
        case (
            ast.ClassDef(name="Parameters")
            | ast.FunctionDef(name="unsuited")
            | ast.Raise()
            | ast.Expr(value=ast.Constant(value=str()))
        ):
            return
        case ast.ImportFrom(names=names):
            yield from ((node, f"{n.name} draws what no quantity answers for") for n in names if n.name in DRAWERS)
        case ast.Attribute(attr=attribute) if attribute in DRAWERS:
            yield node, f"{attribute} draws what no quantity answers for"
        case ast.Constant(value=str(text)) if has_typed_digits(text):
            yield node, f"digits in the text {text!r}"
        case ast.JoinedStr() if has_typed_digits(text := _assembled(node)):
            yield node, f"digits in the text {text!r}"
        case ast.FormattedValue(format_spec=ast.JoinedStr() as rounding) if has_typed_digits(_assembled(rounding)):
            yield node, "a number rounded by hand"
        case ast.Constant(value=int() | float() | complex() as number) if not (free or _is_plain(number)):
            yield node, f"the number {number!r}"
    for child, is_free in _children(node, free):
        yield from _offences(child, is_free)


def _children(node: ast.AST, free: bool) -> Iterator[tuple[ast.AST, bool]]:
    match node:
        case ast.JoinedStr(values=values):
            yield from ((value, False) for value in values if isinstance(value, ast.FormattedValue))
        case ast.FormattedValue(value=value):
            yield value, False
        case ast.Call():
            is_layout = isinstance(node.func, ast.Attribute) and node.func.attr in LAYOUT_CALLS
            is_layout = is_layout or (free and isinstance(node.func, ast.Name) and node.func.id in {"max", "min"})
            yield node.func, False
            yield from ((argument, is_layout) for argument in node.args)
            yield from ((keyword.value, keyword.arg in LAYOUT_NAMES) for keyword in node.keywords)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield value, name in LAYOUT_NAMES
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
            yield from (
                (value, isinstance(name, ast.Name) and name.id in LAYOUT_NAMES)
                for name, value in zip(names, values, strict=True)
            )
        case ast.Subscript():
            yield node.value, False
            yield node.slice, True
        case ast.Compare():
            yield from ((operand, True) for operand in [node.left, *node.comparators])
        case ast.BinOp():
            free = free or any(isinstance(side, ast.Name) and side.id in DIRECTIONS for side in (node.left, node.right))
            yield from ((side, free) for side in (node.left, node.right))
        case ast.UnaryOp() | ast.Tuple() | ast.List() | ast.IfExp() | ast.Slice():
            yield from ((child, free) for child in ast.iter_child_nodes(node))
        case _:
            yield from ((child, False) for child in ast.iter_child_nodes(node))


def _is_plain(number: complex) -> bool:
    return number in (0, 1, 2)


def _assembled(node: ast.JoinedStr) -> str:
    """An f-string's own words; what it fills in is taken for a quantity's name."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "a[L]" for part in node.values)


def has_typed_digits(text: str) -> bool:
    """Whether digits of this text belong to no quantity."""
    without_expressions = _BRACES.sub(lambda braces: "" if _is_evaluated(braces[1]) else braces[0], text)
    return any(character.isdigit() for character in _NAME.sub("", without_expressions))


def _is_evaluated(inside: str) -> bool:
    """Whether the braces hold an expression of quantities, or a name that a format fills in."""
    expression = _ROUNDING.sub("", inside)
    return bool(_NAME.search(expression)) or not any(character.isdigit() for character in expression)
