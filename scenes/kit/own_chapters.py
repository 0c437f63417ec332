"""Chapters in a Python file beside the lesson, ``my_chapters.py:Mine``; loaded only when one is drawn or checked."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

from bp_script.chapters import PYTHON, ChapterCall
from bp_script.errors import one_of, shown
from bp_script.files import FileRefused, path_beside
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.chapter import Chapter
from scenes.registry import chapter_class


def chapter_of(lesson: Lesson, call: ChapterCall) -> type[Chapter]:
    """The scene that a lesson calls for. One in a Python file is run; whoever loads the lesson allows that or not.

    Raises:
        LessonErrors: there is no such file or class, or the file cannot be run.
    """
    found = re.fullmatch(PYTHON, call.name)
    if found is None:
        return chapter_class(call.name)
    if lesson.path is None:
        told = tr("expected a lesson in a file, with the chapter's beside it; got %(got)s alone", got=shown(call.name))
        raise call.errors((), told)
    try:
        path = path_beside(lesson.path.parent, found["file"], (".py",))
        module = _loaded(path, path.stat().st_mtime_ns)
    except FileRefused as error:
        raise call.errors((), str(error)) from None
    except Exception as error:  # whatever the file does
        raise call.errors((), tr("expected Python that runs; got %(got)s", got=_told(error, path))) from error
    scene: object = getattr(module, found["scene"], None)
    if isinstance(scene, type) and issubclass(scene, Chapter):
        return scene
    own = [item.__name__ for item in vars(module).values() if _is_its_own(item, module)]
    message = tr(
        "expected a class of %(file)s that extends Chapter%(which)s; got %(got)s",
        file=found["file"],
        which=f" ({one_of(own)})" if own else "",
        got=shown(found["scene"]),
    )
    raise call.errors((), message)


@lru_cache(maxsize=32)
def _loaded(path: Path, changed: int) -> ModuleType:
    """The module of a file as it stands since it was last changed."""
    name = f"own_chapters_{path.stem}_{changed}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _is_its_own(item: object, module: ModuleType) -> TypeGuard[type[Chapter]]:
    return isinstance(item, type) and issubclass(item, Chapter) and item.__module__ == module.__name__


def _told(error: Exception, path: Path) -> str:
    """An error in one line, with the file's line that it comes from."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    kind, said = type(error).__name__, shown(" ".join(str(error).split()))
    if not line:
        return f"{kind}: {said}"
    return tr("%(error)s in line %(line)s: %(said)s", error=kind, line=line, said=said)
