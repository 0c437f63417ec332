import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.quantities import Derivative, Index, Quantity, Variable
from bp_script.errors import TextError
from bp_script.names import Scope, parse_quantity

LAYERS = 4


@pytest.mark.parametrize(
    "name",
    [
        "x[1]", "y[0]", "w[3][0][2]", "b[1][0]", "z[2][1]", "a[0][1]", "C", "J", "delta[3][0]",
        "dC/dw[3][0][0]", "dC/db[3][0]", "dC/da[0][0]", "dC/dz[1][0]", "dJ/dw[1][0][0]", "dJ/db[1][0]",
        "dz[3][0]/dw[3][0][1]", "dz[3][0]/db[3][0]", "dz[3][0]/da[2][1]", "da[3][0]/dz[3][0]", "da[3][0]/dz[3][1]",
        "da[3][0]/dw[3][0][1]", "da[3][0]/db[3][1]", "da[3][0]/da[2][1]",
        "C@2", "x[0]@1", "dC/dw[3][0][0]@2", "da[3][0]/dz[3][1]@0",
    ],
)  # fmt: skip
def test_every_name_of_the_contract_reads_and_writes(name: str) -> None:
    assert str(parse_quantity(name)) == name
    assert parse_quantity(name, L=3) == parse_quantity(name)


def test_the_last_layer_takes_an_offset() -> None:
    assert parse_quantity("w[L][0][0]", L=3) == Variable("w", (3, 0, 0))
    assert parse_quantity("a[L-1][2]", L=3) == Variable("a", (2, 2))
    assert parse_quantity("a[ L - 3 ][2]", L=3) == Variable("a", (0, 2))
    assert parse_quantity("a[L-1][2]") == Variable("a", (Index("L", -1), 2))
    assert parse_quantity("dz[L][0]/da[L-1][1]@2", L=2) == Derivative(Variable("z", (2, 0)), Variable("a", (1, 1)), 2)


@pytest.mark.parametrize(
    ("name", "column", "message"),
    [
        ("", 1, "expected the name of a quantity; got the end of the text"),
        ("c", 1, "did you mean 'C'?"),
        ("delat[1][0]", 1, "did you mean 'delta'?"),
        ("theta[1]", 1, "expected a quantity (x, y, w, b, z, a, delta, C or J); got 'theta'"),
        ("w[1][0]", 1, "expected w[l][j][k]; got w with 2 indices"),
        ("C[0]", 1, "expected C; got C with 1 index"),
        ("w[1][0][k]", 9, "expected numbers or L as indices; got 'k'"),
        ("delta[1][l]", 10, "expected numbers or L as indices; got 'l'"),
        ("C@j", 3, "expected numbers or L as indices; got 'j'"),
        ("w[1][0][0.5]", 9, "expected a whole number; got '0.5'"),
        ("w[Last][0][0]", 3, "expected a number, L or a small letter; got 'Last'"),
        ("w[4][0][0]", 1, "expected a layer from 1 to 3; got 4 in w[4][0][0]"),
        ("z[0][0]", 1, "expected a layer from 1 to 3; got 0 in z[0][0]"),
        ("a[L-4][0]", 1, "expected a layer from 0 to 3; got -1 in a[-1][0]"),
        ("w[1][0][0]x", 11, "expected the end or '@' or '['; got 'x'"),
        ("w[1][0][0]@", 12, "expected a name or a number; got the end of the text"),
        ("w[1][0][0]@1", 1, "expected w without @, it is the same for every example; got @"),
        ("dJ/dw[1][0][0]@1", 1, "expected dJ without @, J is the cost of all examples; got @"),
        ("dJ/da[1][0]", 4, "expected dJ by dw or db; got da"),
        ("dy[0]/da[1][0]", 1, "expected a derivative of dC, dJ, dz or da; got dy"),
        ("dz[3][0]/da[1][0]", 1, "expected one step's derivative, dz[l][j]/da[l-1][k]; got dz[3][0]/da[1][0]"),
        ("dz[3][0]/dw[3][1][0]", 1, "expected one step's derivative, dz[l][j]/dw[l][j][k]"),
        ("da[3][0]/dw[2][0][0]", 1, "expected one step's derivative, da[l][j]/dw[l][i][k]; got da[3][0]/dw[2][0][0]"),
        ("da[3][0]/da[1][0]", 1, "expected one step's derivative, da[l][j]/da[l-1][k]; got da[3][0]/da[1][0]"),
        ("a[0][1", 7, "expected ']'; got the end of the text"),
        ("1 + 2", 1, "expected the name of a quantity; got '1'"),
        ("a[0][99999999999]", 6, "expected a whole number; got '99999999999'"),
        ("w" * 3000, 2001, "expected at most 2,000 characters; got 3,000"),
    ],
)
def test_mistakes_have_their_column(name: str, column: int, message: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_quantity(name, L=3)
    assert message in caught.value.message
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x[3]", "expected an input, from 0 to 2; got 3 in x[3]"),
        ("y[2]", "expected a target, from 0 to 1; got 2 in y[2]"),
        ("w[1][4][0]", "expected a neuron of layer 1, from 0 to 3; got 4 in w[1][4][0]"),
        ("w[L][0][4]", "expected a neuron of layer 1, from 0 to 3; got 4 in w[2][0][4]"),
        ("dC/db[2][2]", "expected a neuron of layer 2, from 0 to 1; got 2 in b[2][2]"),
        ("C@5", "expected an example from 0 to 4; got 5"),
    ],
)
def test_a_scope_holds_indices_to_their_ranges(name: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_quantity(name, scope=Scope.of((3, 4, 2), 5))
    assert caught.value.message == message


def _quantities() -> st.SearchStrategy[Quantity]:
    number = st.integers(0, 9)
    layer = st.integers(1, LAYERS - 1)
    example = st.none() | number
    one_of_example = st.builds(
        lambda name, of, j, e: Variable(name, (of, j), e), st.sampled_from(["z", "a", "delta"]), layer, number, example
    )
    weight = st.builds(lambda of, j, k: Variable("w", (of, j, k)), layer, number, number)
    bias = st.builds(lambda of, j: Variable("b", (of, j)), layer, number)
    cost = st.builds(lambda by, e: Derivative(Variable("C"), by, e), weight | bias, example)
    local = st.builds(
        lambda of, j, k, e: Derivative(Variable("z", (of, j)), Variable("w", (of, j, k)), e),
        layer, number, number, example,
    )  # fmt: skip
    return one_of_example | weight | bias | cost | local


@given(_quantities())
def test_what_is_written_reads_back(quantity: Quantity) -> None:
    assert parse_quantity(str(quantity), L=LAYERS) == quantity


@given(st.text(alphabet="wabzxyCJdelta[]@/L-+0123 .jk", max_size=30))
def test_any_text_is_a_quantity_or_a_mistake_inside_it(text: str) -> None:
    quantity, mistake = None, None
    try:
        quantity = parse_quantity(text, L=3)
    except TextError as error:
        mistake = error
    if mistake is None:
        assert parse_quantity(str(quantity), L=3) == quantity
    else:
        assert 0 <= mistake.offset <= len(text)
        assert mistake.message.startswith("expected")
