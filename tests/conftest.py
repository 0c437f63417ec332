"""What holds for every test: one that is skipped counts as missing, and one that takes minutes has to be asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# A busy machine is no failure: no test is timed. What fails at random can be had again.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("untimed")

MISSING = "a test that is skipped counts as missing: mend it or take it out"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests that take minutes, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests leave the user's cache of clips alone."""
    os.environ["BP_CACHE"] = str(tmp_path_factory.mktemp("cache"))


def pytest_configure() -> None:
    """Everything speaks English to tests, whoever runs them, and while they are collected, too."""
    os.environ["LANGUAGE"] = "en"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _missing(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _missing(report)


def _missing(report: Report) -> Report:
    """A skip or an expected failure becomes a failure that says so."""
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{MISSING}\n{report.longrepr}"
        vars(report).pop("wasxfail", None)
    return report
