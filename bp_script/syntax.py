"""Text to syntax tree, with mistakes told in plain words and with their column."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, TypeAlias, get_args

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from bp_script.errors import TextError, shown

Start: TypeAlias = Literal["equation", "sum", "quantity"]
Syntax: TypeAlias = "Tree[Token]"

#: Longest text that is read, as for every text of a lesson.
LONGEST = 2_000
#: Brackets, powers and signs within each other; formulas that people read have fewer than ten.
DEEPEST = 40

_TOKENS = {
    "PLUS": "'+'", "MINUS": "'-'", "STAR": "'*'", "SLASH": "'/'", "CIRCUMFLEX": "'^'", "EQUAL": "'='", "COMMA": "','",
    "LPAR": "'('", "RPAR": "')'", "LSQB": "'['", "RSQB": "']'", "AT": "'@'", "NUMBER": "a number", "NAME": "a name",
    "D_OF": "a derivative", "D_BY": "the derivative's other half, such as dw[L][0][0]", "$END": "the end",
}  # fmt: skip
_NESTING = {"bracket", "call", "raised", "negative"}
_OPERAND = {"NUMBER", "NAME", "LPAR"}
_OPERATORS = {"PLUS", "MINUS", "STAR", "SLASH", "CIRCUMFLEX"}


@cache
def _parser() -> Lark:
    grammar = files("bp_script").joinpath("grammar.lark").read_text(encoding="utf-8")
    starts = list(get_args(Start))
    return Lark(grammar, parser="lalr", start=starts, propagate_positions=True, maybe_placeholders=False)


@lru_cache(maxsize=512)
def syntax(text: str, start: Start) -> Syntax:
    """The tree of a text; what is checked in several respects is read once.

    Raises:
        TextError: the text does not follow the grammar, is too long or too deep.
    """
    if len(text) > LONGEST:
        raise TextError(text, LONGEST, f"expected at most {LONGEST:,} characters; got {len(text):,}")
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        so_far = _parser().parse_interactive(text[:offset], start=start)
        so_far.exhaust_lexer()
        accepted: set[str] = so_far.accepts()  # type: ignore[no-untyped-call]
        raise TextError(text, offset, f"expected {_expected(accepted)}; got {shown(text[offset])}") from None
    except UnexpectedToken as error:
        token = error.token
        at_end = token.type == "$END"
        offset = len(text) if at_end else offset_of(token)
        found = "the end of the text" if at_end else shown(str(token))
        # after a whole term: 2(a - y), or 2 a
        hint = "; a product needs its sign: *" if token.type in _OPERAND and "STAR" in error.accepts else ""
        if token.type == "STAR" and text[: offset_of(token)].endswith("*"):
            hint = "; a power is written ^"
        raise TextError(text, offset, f"expected {_expected(error.accepts)}; got {found}{hint}") from None
    _check_depth(tree, text)
    return tree


def branches(tree: Syntax) -> list[Syntax]:
    """The sub-trees of a tree, in order."""
    return [part for part in tree.children if isinstance(part, Tree)]


def tokens(tree: Syntax) -> list[Token]:
    """The words and signs that stand in a tree itself, in order."""
    return [part for part in tree.children if isinstance(part, Token)]


def offset_of(tree: Syntax | Token) -> int:
    """Where a part of the tree begins in its text."""
    start = tree.start_pos if isinstance(tree, Token) else getattr(tree.meta, "start_pos", 0)
    return int(start or 0)


def whole_number(token: Token, text: str) -> int:
    """The token as an index.

    Raises:
        TextError: it has a fraction or an exponent, or too many digits.
    """
    if not token.isdigit() or len(token) > 9:
        raise TextError(text, offset_of(token), f"expected a whole number; got {shown(str(token))}")
    return int(token)


def _expected(names: set[str]) -> str:
    left = set(names)
    words = []
    if left >= _OPERAND:
        words.append("a quantity, a number or '('")
        left -= {*_OPERAND, "D_OF", "MINUS"}
    elif left >= {"NAME", "D_OF"}:
        words.append("the name of a quantity")
        left -= {"NAME", "D_OF"}
    if left >= _OPERATORS:
        words.append("an operator (+ - * / ^)")
        left -= _OPERATORS
        left -= {"LSQB", "LPAR", "AT"}
    words += [_TOKENS.get(name, name) for name in sorted(left)]
    return " or ".join(words) if words else "something else"


def _check_depth(tree: Syntax, text: str) -> None:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        depth += node.data in _NESTING
        if depth > DEEPEST:
            expected = f"at most {DEEPEST} brackets, powers and signs within each other"
            raise TextError(text, offset_of(node), f"expected {expected}; got more")
        waiting += [(branch, depth) for branch in branches(node)]
