"""``bp doctor``: what is installed, what is missing and the command that installs it.

It has to work where things are missing: it imports nothing but click, and tries the rest in processes of their own.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import click

from bp_script.language import N_
from bp_script.language.caller import tr

_PROJECT = "backprop-films"
_CHECKOUT = Path(__file__).parents[2]
#: What each package is imported as, where that is another name.
_IMPORTED_AS = {"fonttools": "fontTools", "pyyaml": "yaml", "pillow": "PIL", "pycairo": "cairo", "python-pptx": "pptx"}
#: The libraries that manim draws with, by package manager.
_SYSTEM_LIBRARIES = {
    "apt-get": "sudo apt-get install -y libcairo2-dev libpango1.0-dev pkg-config gcc python3-dev",
    "dnf": "sudo dnf install -y cairo-devel pango-devel pkgconf-pkg-config gcc python3-devel",
    "pacman": "sudo pacman -S --needed cairo pango pkgconf gcc",
    "brew": "brew install cairo pango pkgconf",
}
#: What speaks where a lesson has a voice, by package manager.
_VOICE = {
    "apt-get": "sudo apt-get install -y espeak-ng",
    "dnf": "sudo dnf install -y espeak-ng",
    "pacman": "sudo pacman -S --needed espeak-ng",
    "brew": "brew install espeak-ng",
}
#: Small programs that fail where something is missing that films need.
_TRIALS = {
    N_("an H.264 encoder"): 'import av; av.codec.Codec("libx264", "w")',
    N_("pictures by Cairo"): (
        "import cairo, manimpango; surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, 8, 8);"
        "cairo.Context(surface).paint(); assert surface.get_data()[3] == 255"
    ),
    N_("mathematics by Typst"): 'import typst; typst.compile(b"$sigma^prime (z)$", format="svg")',
    N_("the chapters"): "from bp_studio.lessons import chapter_schemas; assert chapter_schemas()",
    N_("the shipped lesson"): (
        "from bp_script.lesson import load; from bp_script.shipped import lesson_path;"
        'load(lesson_path("backpropagation_calculus"))'
    ),
    N_("a clip, typeset, drawn, encoded and decoded"): """
import tempfile
from pathlib import Path
from bp_script.lesson import load
from bp_script.shipped import lesson_path
from bp_studio.clips import ClipTask, StretchTask
from bp_studio.film import frame_count, frame_image
from bp_studio.rendering import draw, rehearse
from scenes.kit.film.record import TITLE_CARD

lesson = load(lesson_path("backpropagation_calculus"))
task = ClipTask(lesson, lesson.plain_call(TITLE_CARD), "l")
with tempfile.TemporaryDirectory() as name:
    found = rehearse(task, Path(name), print)
    clips = [draw(StretchTask(task, stretch), Path(name), print).path for stretch in found.stretches()]
    assert sum(map(frame_count, clips)) == found.frames, "frames are missing"
    last = frame_image(clips[-1], frame_count(clips[-1]) - 1)
    assert len(last.getcolors(1 << 20)) > 10, "the picture is empty"
""",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that films need; ``remedy`` is the command that installs it, empty if it is there."""

    what: str
    remedy: str = ""


@click.command("doctor")
@click.pass_context
def command(context: click.Context) -> None:
    """Say what is installed, what is missing and the command that installs it. Exit status 0 or 1.

    A voice is not needed, so its absence is told, but is no fault.
    """
    with ThreadPoolExecutor() as side_by_side:
        found = [_python(), *side_by_side.map(_package, _requirements())]
        if not any(finding.remedy for finding in found):
            found += side_by_side.map(_trial, _TRIALS, _TRIALS.values())
    for finding in found:
        click.echo(f"{tr('missing') if finding.remedy else tr('ok'):8}{finding.what}")
    remedies = list(dict.fromkeys(finding.remedy for finding in found if finding.remedy))
    for remedy in remedies:
        click.echo(f"{tr('run'):8}{remedy}")
    if not remedies:
        click.echo(_voice())
    context.exit(1 if remedies else 0)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = metadata.metadata(_PROJECT)["Requires-Python"]
    if _satisfies(version, wanted):
        return Finding(f"Python {version}")
    return Finding(
        tr("Python %(wanted)s (this is %(version)s)", wanted=wanted, version=version),
        _reinstall() or "uv python install 3.13",
    )


def _requirements() -> list[str]:
    """What the project needs, as its metadata says: ``manim[typst]<0.23,>=0.22``."""
    return [one for one in metadata.requires(_PROJECT) or [] if "extra ==" not in one]


def _package(requirement: str) -> Finding:
    parts = re.match(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?(?P<versions>[^;]*)", requirement)
    if parts is None:
        raise ValueError(f"cannot read the requirement {requirement!r}")
    name, versions = parts["name"], parts["versions"].strip()
    remedy = _reinstall() or f"{sys.executable} -m pip install '{requirement}'"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(f"{name} {versions}", remedy)
    if not _satisfies(version, versions):
        return Finding(tr("%(name)s (there is %(version)s)", name=f"{name} {versions}", version=version), remedy)
    error = _error_of(f"import {_IMPORTED_AS.get(name.lower(), name)}")
    if not error:
        return Finding(f"{name} {version}")
    system = _system_libraries() if re.search(r"\.so|\.dylib|cairo|pango", error) else ""
    return Finding(
        tr("%(name)s does not load: %(error)s", name=f"{name} {version}", error=error), _reinstall() or system or remedy
    )


def _trial(what: str, program: str) -> Finding:
    error = _error_of(program)
    fallback = f"{sys.executable} -m pip install --force-reinstall {_PROJECT}"
    return Finding(f"{tr(what)}: {error}", _reinstall() or fallback) if error else Finding(tr(what))


def _voice() -> str:
    """Whether films can be spoken without the network."""
    program = _CHECKOUT / "scenes" / "kit" / "voice" / "espeak_program.py"
    tried = subprocess.run([sys.executable, "-P", "-S", str(program)], capture_output=True, text=True, check=False)  # noqa: S603
    if tried.returncode == 0:
        return f"{tr('ok'):8}{tr('a voice, espeak-ng')}"
    command = next((line for manager, line in _VOICE.items() if shutil.which(manager)), "")
    told = tr("a voice: lessons cannot be spoken by espeak-ng")
    return f"{tr('without'):8}{told}{f' ({command})' if command else ''}"


def _error_of(program: str) -> str:
    """The last line of the program's error, empty if it runs."""
    command = [sys.executable, "-P", "-c", program]
    tried = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    lines = tried.stderr.strip().splitlines()
    return (lines[-1] if lines else tr("status %(status)s", status=tried.returncode)) if tried.returncode else ""


def _reinstall() -> str:
    """In a checkout its own script brings everything, and takes what is there for whole: so from the start."""
    script = _CHECKOUT / "scripts" / "bootstrap"
    return f"rm -rf {shlex.quote(str(_CHECKOUT / '.venv'))} && {shlex.quote(str(script))}" if script.exists() else ""


def _system_libraries() -> str:
    return next((line for manager, line in _SYSTEM_LIBRARIES.items() if shutil.which(manager)), "")


def _satisfies(version: str, wanted: str) -> bool:
    """Whether a version is in a range such as ``<0.23,>=0.22``; of a pre-release the release counts."""
    have = _numbers(version)
    tests = {">=": have.__ge__, "<=": have.__le__, "<": have.__lt__, ">": have.__gt__}
    return all(tests[sign](_numbers(limit)) for sign, limit in re.findall(r"(>=|<=|<|>)\s*([0-9][0-9.]*)", wanted))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version.split("+", maxsplit=1)[0])[:3]))
