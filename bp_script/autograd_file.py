"""What an automatic-differentiation library says of a lesson: a JSON file beside it, ``<lesson>.autograd.json``.

``python -m bp_studio.autograd LESSON`` writes it. It holds the network and the example that it was made for, so that
numbers of another network are never shown as this one's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bp_script.errors import mismatch
from bp_script.files import FileRefused, parsed_json, read_limited
from bp_script.language.caller import tr

if TYPE_CHECKING:
    from bp_core.trace import Trace
    from bp_script.lesson import Lesson

_VERSION = 1


class AutogradFileError(ValueError):
    """The file is not there, is none of these, or was made for something else; the message says which."""


@dataclass(frozen=True, slots=True)
class AutogradFile:
    """A library, its version, and the values it gives to names as ``C`` and ``dC/dw[1][0][0]``."""

    library: str
    library_version: str
    made_for: Mapping[str, Any]
    values: Mapping[str, float]

    @property
    def source(self) -> str:
        """The library with its version."""
        return f"{self.library} {self.library_version}"

    def to_json(self) -> str:
        """The file's text; numbers read back as the same float64."""
        content = {
            "version": _VERSION,
            "library": self.library,
            "library_version": self.library_version,
            "made_for": self.made_for,
            "values": self.values,
        }
        return json.dumps(content, allow_nan=False, indent=1) + "\n"

    @classmethod
    def read(cls, path: Path) -> AutogradFile:
        """The file's content.

        Raises:
            AutogradFileError: it cannot be read, or is no such file.
        """
        try:
            content = parsed_json(read_limited(path, path.name), path.name)
        except FileRefused as error:
            raise AutogradFileError(str(error)) from None
        try:
            if content["version"] != _VERSION:
                expected = tr("version %(version)s in %(file)s", version=_VERSION, file=path.name)
                raise AutogradFileError(mismatch(expected, repr(content["version"])))
            values = {str(name): float(value) for name, value in content["values"].items()}
            if not all(map(math.isfinite, values.values())):
                raise AutogradFileError(tr("expected finite values in %(file)s; got others", file=path.name))
            return cls(str(content["library"]), str(content["library_version"]), content["made_for"], values)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            if isinstance(error, AutogradFileError):
                raise
            said = tr("expected library, library_version, made_for and values in %(file)s", file=path.name)
            raise AutogradFileError(said) from None


def made_for(trace: Trace) -> dict[str, Any]:
    """What the numbers of a trace's example in focus depend on."""
    network, data = trace.network, trace.data
    return {
        "weights": [matrix.tolist() for matrix in network.weights],
        "biases": [row.tolist() for row in network.biases],
        "activations": list(network.activations),
        "cost": trace.cost.function,
        "x": data.x[trace.focus].tolist(),
        "y": data.y[trace.focus].tolist(),
    }


def autograd_path(lesson: Lesson) -> Path | None:
    """Where the file of a lesson is; None for a lesson that is no file itself."""
    return None if lesson.path is None else lesson.path.with_name(f"{lesson.path.stem}.autograd.json")


def autograd_of(lesson: Lesson, trace: Trace) -> AutogradFile:
    """The file of a lesson, made for this trace's network and example.

    Raises:
        AutogradFileError: there is none, or it was made for something else; the message tells the command.
    """
    path = autograd_path(lesson)
    if path is None:
        raise AutogradFileError(tr("expected a lesson in a file, with what a library says of it beside; got no file"))
    command = f"python -m bp_studio.autograd {lesson.path}"
    if not path.exists():
        said = tr(
            "expected %(file)s beside the lesson, with a library's derivatives; got none: %(command)s makes it",
            file=path.name,
            command=command,
        )
        raise AutogradFileError(said)
    found = AutogradFile.read(path)
    if dict(found.made_for) != made_for(trace):
        said = tr(
            "expected %(file)s to be for this network, cost and example; got one for others: %(command)s makes it anew",
            file=path.name,
            command=command,
        )
        raise AutogradFileError(said)
    return found
