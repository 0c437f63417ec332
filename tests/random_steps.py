"""Random steps of a scripted scene, each well formed by itself, for the tests of the step language."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


def steps(sizes: tuple[int, ...], examples: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lists of steps for a network of these sizes; one step more often acts on something than not."""
    parameters = st.sampled_from(
        [f"w[{l}][{j}][{k}]" for l in range(1, len(sizes)) for j in range(sizes[l]) for k in range(sizes[l - 1])]
        + [f"b[{l}][{j}]" for l in range(1, len(sizes)) for j in range(sizes[l])]
    )
    activations = st.sampled_from([f"a[{l}][{j}]" for l, size in enumerate(sizes) for j in range(size)])
    sums = st.sampled_from([f"z[{l}][{j}]" for l in range(1, len(sizes)) for j in range(sizes[l])])
    variables = st.one_of(parameters, activations, sums, st.just("C"))
    slopes = parameters.map(lambda p: f"dC/d{p}")
    quantities = st.one_of(variables, slopes)
    names = st.sampled_from(["network", "tree", "equation", "number_lines", "table", "rule", "text", "compare", "all"])
    things: dict[str, st.SearchStrategy[Any]] = {
        "network": st.sampled_from([None, {}, {"values": False}, {"labels": True}]),
        "tree": st.one_of(
            st.none(), st.builds(lambda p, d: {"parameter": p, "depth": d}, parameters, st.integers(1, 4))
        ),
        "equation": st.one_of(st.sampled_from(equations(sizes)), st.just("a[L][0] = z[L][0]")),
        "number_lines": st.lists(variables, min_size=1, max_size=4, unique=True),
        "table": st.one_of(
            st.sampled_from(["gradient", "parameters", "activations", "examples"]),
            st.lists(quantities, min_size=1, max_size=4, unique=True),
        ),
        "cost_curve": st.one_of(parameters, st.builds(lambda p: {"parameter": p, "cost": "C", "reach": 1}, parameters)),
        "cost_contour": st.lists(parameters, min_size=2, max_size=2, unique=True),
        "curve": st.one_of(
            st.sampled_from(["sigmoid", "relu", "softplus"]),
            st.builds(lambda z: {"activation": "tanh", "at": z, "derivative": True}, sums),
        ),
        "text": st.sampled_from(["Look.", "A *word* of #markup, $x$ and `code`, and 3 digits."]),
    }
    show = st.sampled_from(sorted(things)).flatmap(
        lambda kind: st.builds(
            lambda said, more: {kind: said, **more},
            things[kind],
            st.sampled_from([{}, {}, {"as": "rule"}, {"in": "side"}, {"in": "diagram"}, {"in": "body"}]),
        )
    )
    step = st.one_of(
        *[show.map(lambda said: {"show": said})] * 4,
        names.map(lambda name: {"hide": name}),
        st.sampled_from(["Look here.", "The cost is {C}, and so it goes on for a while, word after word."]).map(
            lambda words: {"say": words}
        ),
        st.lists(quantities, max_size=2).map(lambda said: {"focus": said}),
        st.sampled_from(["rule", "equation", "network"]).map(lambda name: {"substitute": name}),
        st.builds(lambda start, end: {"path": {"from": start, "to": end}}, variables, st.one_of(st.just("C"), sums)),
        st.builds(
            lambda p, change, keep: {"nudge": {p: change, **keep}},
            parameters,
            st.sampled_from([0.2, -1, 3.5]),
            st.sampled_from([{}, {"keep": True}]),
        ),
        st.sampled_from([{"update": {}}, {"update": {"steps": 2}}, {"update": {"steps": 99}}]),
        st.one_of(st.just({"forward": True}), st.integers(0, examples - 1).map(lambda e: {"forward": {"example": e}})),
        st.just({"backward": True}),
        st.one_of(
            quantities.map(lambda name: {"compare": name}),
            st.lists(quantities, min_size=2, max_size=2, unique=True).map(lambda pair: {"compare": pair}),
        ),
        st.sampled_from([0.1, 1.5]).map(lambda seconds: {"wait": seconds}),
    )
    return st.lists(step, min_size=1, max_size=8)


def equations(sizes: tuple[int, ...]) -> list[str]:
    """True equations of any network with a sigmoid at its end."""
    first = "w[L][0][0]"
    sums = " + ".join(f"w[L][0][{k}] * a[L-1][{k}]" for k in range(sizes[-2]))
    return [
        f"dC/d{first} = dz[L][0]/d{first} * da[L][0]/dz[L][0] * dC/da[L][0]",
        f"z[L][0] = {sums} + b[L][0]",
        "z[L][0] = sum(k, w[L][0][k] * a[L-1][k]) + b[L][0]",
        "z[l][j] = sum(k, w[l][j][k] * a[l-1][k]) + b[l][j]",
        "J = mean(e, C@e)",
        f"new({first}) = {first} - eta * dJ/d{first}",
        "delta[L][0] = dC/dz[L][0]",
    ]
