"""The house rules of CONTRIBUTING.md: who may import whom, what a chapter file holds, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scenes.registry import chapter_names
from tests.house.typed_numbers import typed_numbers

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bp_core", "bp_script", "scenes", "bp_studio")
CHAPTERS = sorted(path for path in (ROOT / "scenes").glob("*.py") if path.stem not in {"__init__", "registry"})
MODULES = sorted(path for folder in (*ROOMS, "docs", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))


def test_the_arrows_go_one_way() -> None:
    result = _lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "fault"),
    [
        ("bp_core", "import bp_script"),
        ("bp_core", "import manim"),
        ("bp_core", "import yaml"),
        ("bp_script", "import scenes"),
        ("bp_script", "import manim"),
        ("scenes", "import bp_studio"),
        ("bp_studio", "import manim"),
    ],
)
def test_a_planted_arrow_is_found(tmp_path: Path, module: str, fault: str) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text(fault if room == module else "", encoding="utf-8")
    (tmp_path / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    result = _lint_imports(tmp_path)
    assert result.returncode == 1
    assert f"{module} -> {fault.rsplit(maxsplit=1)[-1]}" in result.stdout


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]
    declared = {re.split(r"[\[<>=~ ]", line)[0].lower() for line in lines}
    ours = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ROOMS]
    imported = {module.split(".")[0] for path in ours for module in _modules(path)}
    homes = packages_distributions()
    strangers = imported - set(sys.stdlib_module_names) - set(ROOMS) - {"pydantic_core"}  # pydantic's other half
    assert strangers
    assert {name for name in strangers if not {home.lower() for home in homes[name]} & declared} == set()


@pytest.mark.parametrize(
    ("module", "strangers"),
    [
        ("bp_core", "manim pydantic yaml lark click rich av typst"),
        ("bp_script", "manim click rich av typst"),
        ("bp_script.lesson", "manim click rich av typst"),
        ("scenes.registry", "manim"),
        ("bp_studio.cli", "manim scipy"),
    ],
)
def test_an_import_does_not_load(module: str, strangers: str) -> None:
    loaded = _python(f"import sys, {module}; print(*sorted(set({strangers.split()}) & set(sys.modules)))")
    assert loaded.split() == []


def test_bp_trace_does_not_load_manim() -> None:
    lesson = ROOT / "lessons" / "backpropagation_calculus.yaml"
    printed = _python(
        f"""if True:
        import sys
        from bp_studio.cli import main
        sys.argv = ["bp", "trace", "--json", {str(lesson)!r}]
        try:
            main()
        except SystemExit as end:
            print("status", end.code)
        print("manim" in sys.modules)
        """
    ).splitlines()
    assert printed[0].startswith("{")
    assert printed[-2:] == ["status 0", "False"]


def _python(code: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_there_are_chapters() -> None:
    assert [path.stem for path in CHAPTERS] == sorted(chapter_names())
    assert CHAPTERS


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_types_no_numbers(path: Path) -> None:
    found = typed_numbers(path.read_text(encoding="utf-8"))
    assert not found, "\n".join(f"{path.name}:{line}: {what}" for line, what in found)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_file_holds_its_scene(path: Path) -> None:
    """One public class, the file's name in CamelCase, told in its docstring: ``bp chapters`` prints it."""
    classes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    public = [node for node in classes if not node.name.startswith("_")]
    assert [node.name for node in public] == ["".join(word.capitalize() for word in path.stem.split("_"))]
    assert ast.get_docstring(public[0])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_stands_alone(path: Path) -> None:
    """What two chapters share is in the kit."""
    assert not _modules(path) & {f"scenes.{chapter.stem}" for chapter in CHAPTERS}


def _modules(path: Path) -> set[str]:
    """The modules a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return modules | {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}


def test_files_are_short() -> None:
    limits = {path: 400 if path in CHAPTERS else 500 for path in MODULES}
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    too_long = {str(path.relative_to(ROOT)): lengths[path] for path in MODULES if lengths[path] > limits[path]}
    assert not too_long
