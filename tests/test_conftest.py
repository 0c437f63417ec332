"""The rules of tests/conftest.py, on small suites of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
SAYS_SO = "*a test that is skipped counts as missing*"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty suite under the project's rules."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nxfail_strict = true\nmarkers = long: takes minutes\n")
    return pytester


def test_a_skip_or_an_expected_failure_fails(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest

        def test_that_passes(): pass

        def test_that_skips(): pytest.skip("no LaTeX")

        @pytest.mark.skip(reason="later")
        def test_for_later(): pass

        @pytest.mark.skipif(True, reason="not on this system")
        def test_for_elsewhere(): pass

        @pytest.mark.parametrize("case", [])
        def test_of_nothing(case): pass

        @pytest.fixture
        def tool(): pytest.skip("not installed")
        def test_with_a_tool(tool): pass

        @pytest.mark.xfail(reason="known")
        def test_known_to_fail(): assert False

        def test_that_expects_to_fail(): pytest.xfail("known")
    """)
    result = suite.runpytest_inprocess()
    outcomes = result.parseoutcomes()
    assert outcomes.pop("passed") == 1
    assert sum(outcomes.values()) == 7
    assert set(outcomes) <= {"failed", "errors"}
    result.stdout.fnmatch_lines([SAYS_SO] * 7)


def test_a_skipped_file_fails(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\npytest.importorskip('no_such_library')\ndef test_it(): pass\n")
    result = suite.runpytest_inprocess()
    assert result.ret != 0
    result.stdout.fnmatch_lines([SAYS_SO])


def test_long_tests_have_to_be_asked_for(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\n@pytest.mark.long\ndef test_film(): pass\ndef test_quick(): pass\n")
    suite.runpytest_inprocess().assert_outcomes(passed=1, deselected=1)
    suite.runpytest_inprocess("--long").assert_outcomes(passed=2)
