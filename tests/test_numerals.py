import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bp_script.numerals import is_exact, numeral, power_numeral, relation

numbers = st.floats(allow_nan=False, allow_infinity=False)
decimals = st.integers(0, 12)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.65863, 2, "0.66"),
        (-0.4, 2, "-0.40"),
        (0.0, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (0.00012, 2, "1.2e-4"),
        (-0.00012, 2, "-1.2e-4"),
        (0.00001236, 4, "1.236e-5"),
        (0.00012345, 4, "0.0001"),
        (0.3, 0, "3.0e-1"),
        (1.0, 0, "1"),
        (12345.678, 2, "12345.68"),
        (99999.994, 2, "99999.99"),
        (99999.996, 2, "1.0e5"),
        (-123456.0, 3, "-1.23e5"),
        (5e-324, 2, "4.9e-324"),
        (1.7e308, 2, "1.7e308"),
        (math.nan, 2, "nan"),
        (math.inf, 2, "inf"),
        (-math.inf, 2, "-inf"),
    ],
)
def test_numerals(value: float, places: int, text: str) -> None:
    assert numeral(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.02, "+0.02"), (-0.02, "-0.02"), (0.0, "0.00"), (1e-9, "+1.0e-9"), (math.inf, "+inf")]
)
def test_signed_numerals(value: float, text: str) -> None:
    assert numeral(value, 2, signed=True) == text


@given(numbers, decimals, st.booleans())
@example(-1e-9, 2, False)
@example(0.5, 0, True)
def test_only_zero_reads_as_zero(value: float, places: int, signed: bool) -> None:
    text = numeral(value, places, signed=signed)
    assert (float(text) == 0) == (value == 0)
    assert not (value == 0 and text[0] in "+-")


@given(numbers, decimals)
def test_a_numeral_is_the_value_rounded_at_its_last_digit(value: float, places: int) -> None:
    text = numeral(value, places)
    mantissa, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    assert abs(float(text) - value) <= unit * 0.500001 or math.isinf(float(text))


@given(numbers, decimals)
def test_no_numeral_is_long(value: float, places: int) -> None:
    assert len(numeral(value, places)) <= 1 + 5 + 1 + places + len("e-324")


@given(numbers, decimals, st.booleans())
def test_the_sign_is_the_only_difference_of_signed_numerals(value: float, places: int, power: bool) -> None:
    write = power_numeral if power else numeral
    plain, signed = write(value, places), write(value, places, signed=True)
    assert signed == (f"+{plain}" if value > 0 else plain)


@given(numbers, numbers, decimals)
def test_order_is_kept(one: float, other: float, places: int) -> None:
    low, high = sorted((one, other))
    if abs(low) < 1e4 and abs(high) < 1e4 and min(abs(low), abs(high)) > 1:
        assert float(numeral(low, places)) <= float(numeral(high, places))


@given(st.integers(-99_999, 99_999), decimals)
def test_whole_numbers_are_exact(value: int, places: int) -> None:
    assert relation(value, numeral(value, places)) == "="


def test_rounded_digits_are_told() -> None:
    assert relation(0.65863, "0.66") == "≈"
    assert relation(0.1 + 0.2, "0.30") == "="  # the last bit is noise of the addition
    assert not is_exact(0.0, "1.0e-9")
    assert is_exact(0.0, "0.00")


@pytest.mark.parametrize("places", [-1, 13, 999_999_999])
def test_decimals_have_a_range(places: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to 12 decimals"):
        numeral(1.0, places)
