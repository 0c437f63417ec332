"""Text to syntax tree, with mistakes told in plain words and with their column."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, TypeAlias, get_args

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from bp_script.counts import at_most, counted
from bp_script.errors import TextError, mismatch, shown
from bp_script.language import N_
from bp_script.language.caller import tr, whole

Start: TypeAlias = Literal["equation", "sum", "quantity"]
Syntax: TypeAlias = "Tree[Token]"

#: Longest text that is read, as for every text of a lesson.
LONGEST = 2_000
#: Brackets, powers and signs within each other; formulas that people read have fewer than ten.
DEEPEST = 40

_TOKENS = {
    "PLUS": "'+'", "MINUS": "'-'", "STAR": "'*'", "SLASH": "'/'", "CIRCUMFLEX": "'^'", "EQUAL": "'='", "COMMA": "','",
    "LPAR": "'('", "RPAR": "')'", "LSQB": "'['", "RSQB": "']'", "AT": "'@'",
    "NUMBER": N_("a number"), "NAME": N_("a name"),
    "D_OF": N_("a derivative"), "D_BY": N_("the derivative's other half, such as dw[L][0][0]"), "$END": N_("the end"),
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
        most = at_most(counted(LONGEST, "character", grouped=True))
        raise TextError(text, LONGEST, mismatch(most, whole(len(text))))
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        so_far = _parser().parse_interactive(text[:offset], start=start)
        so_far.exhaust_lexer()
        accepted: set[str] = so_far.accepts()  # type: ignore[no-untyped-call]
        raise TextError(text, offset, mismatch(_expected(accepted), shown(text[offset]))) from None
    except UnexpectedToken as error:
        token = error.token
        at_end = token.type == "$END"
        offset = len(text) if at_end else offset_of(token)
        found = tr("the end of the text") if at_end else shown(str(token))
        # after a whole term: 2(a - y), or 2 a
        hint = tr("; a product needs its sign: *") if token.type in _OPERAND and "STAR" in error.accepts else ""
        if token.type == "STAR" and text[: offset_of(token)].endswith("*"):
            hint = tr("; a power is written ^")
        raise TextError(text, offset, mismatch(_expected(error.accepts), found + hint)) from None
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
        raise TextError(text, offset_of(token), mismatch(tr("a whole number"), shown(str(token))))
    return int(token)


def _expected(names: set[str]) -> str:
    left = set(names)
    words = []
    if left >= _OPERAND:
        words.append(tr("a quantity, a number or '('"))
        left -= {*_OPERAND, "D_OF", "MINUS"}
    elif left >= {"NAME", "D_OF"}:
        words.append(tr("the name of a quantity"))
        left -= {"NAME", "D_OF"}
    if left >= _OPERATORS:
        words.append(tr("an operator (+ - * / ^)"))
        left -= _OPERATORS
        left -= {"LSQB", "LPAR", "AT"}
    words += [tr(_TOKENS.get(name, name)) for name in sorted(left)]
    return tr(" or ").join(words) if words else tr("something else")


def _check_depth(tree: Syntax, text: str) -> None:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        depth += node.data in _NESTING
        if depth > DEEPEST:
            expected = tr("at most %(most)s brackets, powers and signs within each other", most=DEEPEST)
            raise TextError(text, offset_of(node), mismatch(expected, tr("more")))
        waiting += [(branch, depth) for branch in branches(node)]
