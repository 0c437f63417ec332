"""From what a lesson's file says to networks, costs, examples and training, each checked against the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.training import Training
from bp_script.counts import counted
from bp_script.csv_examples import Table, read_csv
from bp_script.entries.lesson import LessonEntry
from bp_script.entries.look import Look
from bp_script.entries.training import OPTIMIZER_KEYS
from bp_script.errors import Mistake, TextError, mismatch, one_of, shown
from bp_script.example_checks import check_pairing, check_rows, check_targets, unfit
from bp_script.files import FileRefused
from bp_script.house import HouseReader
from bp_script.language.caller import tr, whole
from bp_script.limits import limits, option
from bp_script.network_checks import check_activations, check_shapes, check_size, check_sources
from bp_script.network_file import Parameters, read_parameters_file
from bp_script.playground import read_playground
from bp_script.reading import Enough, Findings, read_fields
from bp_script.voice import check_voice

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Parts:
    """The parts of a lesson as far as they are right: ``values`` by key, and what files beside it hold."""

    values: dict[str, Any]
    sizes: tuple[int, ...] | None = None
    parameters: Parameters | None = None
    table: Table | None = None
    example_count: int | None = None
    house: HouseReader | None = None

    def part(self, key: str) -> dict[str, Any]:
        """A mapping of the lesson, empty if there is none."""
        return _mapping(self.values.get(key))

    @property
    def cost(self) -> dict[str, Any]:
        """The cost as function and l2, written as a name or not."""
        cost = self.values.get("cost")
        return {"function": cost} if isinstance(cost, str) else _mapping(cost)

    @property
    def output(self) -> str | None:
        """The activation of the last layer."""
        activations = self.part("network").get("activations")
        return activations if isinstance(activations, str | None) else activations[-1] if activations else None

    def build_network(self) -> Network:
        """The network; nothing may be wrong with it."""
        network = self.part("network")
        activations, init = network["activations"], network.get("init")
        if self.parameters:
            return Network(*self.parameters, activations)
        if init:
            return Network.initialised(self.sizes or (), activations, init["scheme"], init["seed"])
        return Network(network["weights"], network["biases"], activations)

    def build_examples(self) -> tuple[Example, ...]:
        """The examples; nothing may be wrong with them."""
        if self.table:
            return tuple(Example(x, y) for x, y in zip(self.table.x, self.table.y, strict=True))
        return tuple(Example(example.x, example.y) for example in self.values["examples"])

    def build_training(self) -> Training | None:
        """The training, if there is any; nothing may be wrong with it."""
        return Training(**self.part("training")) if self.part("training") else None

    def build_cost(self) -> Cost:
        """The cost; nothing may be wrong with it."""
        return Cost(**self.cost)

    def build_look(self) -> Look:
        """The look; nothing may be wrong with it."""
        return Look(**self.part("look"))


def read_parts(data: Any, folder: Path | None, found: Findings) -> Parts:
    """Read all of a lesson but its chapters; what is wrong is noted in ``found``."""
    if isinstance(data, dict) and isinstance(data.get("playground"), str):
        data = _with_playground(data, found)
    parts = Parts(read_fields(LessonEntry, data, (), found))
    raw = _mapping(data)
    if isinstance(raw.get("network"), dict):
        _read_network(parts, raw["network"], folder, found)
    _read_examples(parts, raw.get("examples"), folder, found)
    _read_look(parts, _mapping(raw.get("look")), folder, found)
    _check_numbers(parts, _mapping(raw.get("training")), found)
    check_voice(raw.get("voice"), folder, found)
    return parts


def _with_playground(data: dict[str, Any], found: Findings) -> dict[str, Any]:
    """The lesson with what its Playground URL says, except where it says so itself."""
    try:
        return read_playground(data["playground"]) | data
    except TextError as error:
        found.note([Mistake(("playground",), error.message, offset=error.offset)])
        raise Enough from None  # what the rest has to fit is not known


def _read_network(parts: Parts, raw: dict[str, Any], folder: Path | None, found: Findings) -> None:
    network = parts.part("network")
    check_sources(raw, found)
    sizes = network.get("sizes")
    if sizes and not check_size(sizes, found):
        return
    if network.get("file"):
        try:
            parts.parameters = read_parameters_file(network["file"], folder)
        except FileRefused as error:
            found.add(("network", "file"), str(error))
            return
        weights, _ = parts.parameters
        held = (weights[0].shape[1], *(W.shape[0] for W in weights))
        if sizes and tuple(sizes) != held:
            expected = tr("%(sizes)s, as in %(file)s", sizes=list(held), file=network["file"])
            found.add(("network", "sizes"), mismatch(expected, list(sizes)))
        sizes = held
    if not sizes:
        return
    parts.sizes = sizes
    if network.get("activations") is not None:
        check_activations(network["activations"], sizes, found)
    check_shapes(raw, sizes, found)


def _read_examples(parts: Parts, raw: Any, folder: Path | None, found: Findings) -> None:
    sizes, function = parts.sizes, parts.cost.get("function")
    if function and parts.output:
        path = ("cost", "function") if "l2" in parts.cost else ("cost",)
        if not check_pairing(function, parts.output, path, found):
            function = None
    if isinstance(raw, list):
        parts.example_count = len(raw) or None
        if sizes:
            check_rows(raw, sizes, found)
        if function:
            check_targets(raw, function, found)
    elif isinstance(raw, dict):
        parts.table = read_csv(parts.part("examples"), folder, found)
        if parts.table:
            parts.example_count = len(parts.table.x)
            _check_table(parts, parts.table, function, found)


def _read_look(parts: Parts, raw: dict[str, Any], folder: Path | None, found: Findings) -> None:
    if parts.part("look"):
        parts.house = HouseReader(parts.part("look"), raw, folder, found)
        parts.values["look"] = parts.house.look


def _check_table(parts: Parts, table: Table, function: str | None, found: Findings) -> None:
    if parts.sizes:
        classes = ("examples", "targets", "one_hot") if table.classes else ("examples", "targets")
        if len(table.x[0]) != (size := parts.sizes[0]):
            expected = tr("%(columns)s, one for each input", columns=counted(size, "column"))
            found.add(("examples", "inputs"), mismatch(expected, len(table.x[0])))
        if len(table.y[0]) != (size := parts.sizes[-1]):
            if table.classes:
                expected = tr("%(classes)s, one for each output", classes=counted(size, "class"))
                found.add(classes, mismatch(expected, f"{len(table.y[0])} ({one_of(table.classes)})"))
            else:
                expected = tr("%(columns)s, one for each output", columns=counted(size, "column"))
                found.add(classes, mismatch(expected, len(table.y[0])))
    for line, targets in zip(table.lines, table.y, strict=True):
        if function and (wrong := unfit(targets, function)):
            found.add(("examples", "targets"), tr("%(mistake)s in line %(line)s", mistake=wrong, line=line))


def _check_numbers(parts: Parts, raw_training: dict[str, Any], found: Findings) -> None:
    """Focus, batch size and the optimizer's keys."""
    count, focus, training = parts.example_count, parts.values.get("focus"), parts.part("training")
    if count and focus is not None and focus >= count:
        found.add(
            ("focus",), mismatch(tr("the number of an example, from 0 to %(last)s", last=count - 1), shown(focus))
        )
    batch = training.get("batch_size")
    if count and batch is not None and batch > count:
        expected = tr("a number from 1 to %(count)s, the examples there are", count=count)
        found.add(("training", "batch_size"), mismatch(expected, shown(batch)))
    _check_work(parts, training, found)
    optimizer = training.get("optimizer")
    for key, optimizers in OPTIMIZER_KEYS.items():
        if optimizer and key in raw_training and optimizer not in optimizers:
            message = tr(
                "expected %(key)s only with the optimizer %(optimizers)s; got it with %(got)s",
                key=key,
                optimizers=one_of(optimizers),
                got=optimizer,
            )
            found.add(("training", key), message, at_key=True)


def _check_work(parts: Parts, training: dict[str, Any], found: Findings) -> None:
    """How often the training goes through how much, before it is begun."""
    count, epochs = parts.example_count, training.get("epochs")
    if not count or not epochs:
        return
    updates = epochs * -(-count // (training.get("batch_size") or count))
    path = ("training", "epochs")
    if not limits().allows("updates", updates):
        expected = tr("at most %(most)s updates", most=limits().most("updates"))
        found.add(path, mismatch(expected, whole(updates) + option("updates")))
    if parts.sizes is None:
        return
    parameters = sum((before + 1) * n for before, n in pairwise(parts.sizes))
    work = epochs * count * parameters
    if not limits().allows("work", work):
        expected = tr("at most %(most)s weights and biases gone through in all", most=limits().most("work"))
        got = tr(
            "%(work)s, %(epochs)s epochs of %(examples)s of %(parameters)s",
            work=whole(work),
            epochs=whole(epochs),
            examples=counted(count, "example"),
            parameters=whole(parameters),
        )
        found.add(path, mismatch(expected, got + option("work")))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
