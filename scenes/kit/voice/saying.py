"""What is said for what is written: symbols and numbers in words, in the film's language.

>>> " ".join(said(["So", "∂C/∂w", "is", "−0.06."]))
'So the derivative of C with respect to w is minus 0.06.'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from bp_script.language import ENGLISH, N_, Language

#: Signs that stand alone, or between what is written without spaces.
_SIGNS = MappingProxyType(
    {
        "=": N_("equals"),
        "≈": N_("about"),
        "≠": N_("is not"),
        "<": N_("less than"),
        ">": N_("greater than"),
        "≤": N_("at most"),
        "≥": N_("at least"),
        "+": N_("plus"),
        "−": N_("minus"),
        "±": N_("plus or minus"),
        "×": N_("times"),
        "·": N_("times"),
        "∗": N_("times"),
        "÷": N_("divided by"),
        "←": N_("becomes"),
        "→": N_("to"),
        "↦": N_("becomes"),
        "∞": N_("infinity"),
        "√": N_("the square root of"),
        "∈": N_("in"),
    }
)
#: Letters that no voice can be trusted with.
_LETTERS = MappingProxyType(
    {
        "α": N_("alpha"),
        "β": N_("beta"),
        "γ": N_("gamma"),
        "δ": N_("delta"),
        "Δ": N_("delta"),
        "ε": N_("epsilon"),
        "ϵ": N_("epsilon"),
        "η": N_("eta"),
        "θ": N_("theta"),
        "Θ": N_("theta"),
        "λ": N_("lambda"),
        "μ": N_("mu"),
        "ν": N_("nu"),
        "π": N_("pi"),
        "ρ": N_("rho"),
        "σ": N_("sigma"),
        "τ": N_("tau"),
        "φ": N_("phi"),
        "ϕ": N_("phi"),
        "ψ": N_("psi"),
        "ω": N_("omega"),
        "Ω": N_("omega"),
        "Σ": N_("the sum of"),
        "∑": N_("the sum of"),
        "∏": N_("the product of"),
        "∇": N_("the gradient of"),
        "∂": N_("partial"),
        "′": N_("prime"),
        "ŷ": N_("y hat"),
        "²": N_("squared"),
        "³": N_("cubed"),
        "ᵀ": N_("transposed"),
    }
)
_DERIVATIVE = N_("the derivative of %(of)s with respect to %(by)s")
_POWER = N_("%(mantissa)s times ten to the power of %(exponent)s")
_OVER = N_("over")
#: What is written high or low, as what is read on the line.
_HIGH_AND_LOW = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉₋ᴸᴺʲᵏˡⁱⱼₖₗᵢₙₘ⁽⁾₍₎"
_ON_THE_LINE = str.maketrans(_HIGH_AND_LOW, "0123456789−0123456789−LNjkl" + "ijklinm    ")
_NUMBER = re.compile(
    r"(?P<before>\W*?)(?P<sign>[−+-]?)(?P<number>\d+(?:[.,]\d+)*)(?: × 10(?P<power>[⁻⁰¹²³⁴-⁹]+))?(?P<after>[^\w=≈×·]*)"
)
_SYMBOL = rf"[^\W\d_][′{_HIGH_AND_LOW}]*"
_SLOPE = re.compile(rf"[∂d]({_SYMBOL})/[∂d]({_SYMBOL})")
#: What a word that begins with the letter a would be followed by, were it the quantity.
_AFTER_A_QUANTITY = frozenset(
    {"is", "are", "was", "and", "or", "=", "≈", "to", "times", "minus", "plus", "follows", "moves", "rises", "falls"}
)


def said(words: Sequence[str], language: Language = ENGLISH) -> list[str]:
    """What a voice says for each written word."""
    spoken = []
    for word, after in zip(words, [*words[1:], ""], strict=True):
        spoken.append(_letter_a(word, after, language) or _said(word, language))
    return spoken


def _letter_a(word: str, after: str, language: Language) -> str | None:
    """The quantity a, which English voices take for the article."""
    found = re.fullmatch(r"a([,.;:]?)", word)
    if found is None or language.words != ENGLISH.words or not (found[1] or after.strip(".,;:") in _AFTER_A_QUANTITY):
        return None
    return "ay" + found[1]


def _said(word: str, language: Language) -> str:
    if word.isascii() and not re.search(r"[=<>+*/\d]", word):
        return word
    number = _NUMBER.fullmatch(word)
    if number is not None and not re.search(r"[=≈<>×·]", number["before"]):
        return number["before"] + _number(number, language) + number["after"]
    text = _SLOPE.sub(lambda m: f" {_derivative(m[1], m[2], language)} ", word)
    text = re.sub(r"⁽([^⁾]*)⁾", lambda m: f" {m[1].translate(_ON_THE_LINE)} ", text)
    text = re.sub(r"(?<=\b\w)/(?=\w\b)", f" {language.tr(_OVER)} ", text)
    text = re.sub(r"(?<![\w-])-(?=[\w(])", "−", text)
    for sign, name in (*_LETTERS.items(), *_SIGNS.items()):
        text = text.replace(sign, f" {language.tr(name)} ")
    text = re.sub(rf"(?<=\w)(?=[{_HIGH_AND_LOW}])", " ", text).translate(_ON_THE_LINE)
    return re.sub(r"\s+(?=[.,;:!?)…])", "", " ".join(text.split()))


def _derivative(of: str, by: str, language: Language) -> str:
    return language.tr(_DERIVATIVE, of=_said(of, language), by=_said(by, language))


def _number(found: re.Match[str], language: Language) -> str:
    plus, minus = language.tr(_SIGNS["+"]), language.tr(_SIGNS["−"])
    number = {"": "", "+": f"{plus} "}.get(found["sign"], f"{minus} ") + found["number"]
    if found["power"] is None:
        return number
    exponent = found["power"].translate(_ON_THE_LINE).replace("−", f"{minus} ")
    return language.tr(_POWER, mantissa=number, exponent=exponent)
