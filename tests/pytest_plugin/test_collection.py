"""What is collected, what is refused, and that nobody else's session changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pytest_plugin.conftest import Session

Write = Callable[..., Path]
URL = "http://127.0.0.1:9/"


def collected(done: pytest.RunResult) -> list[str]:
    return [line for line in done.stdout.lines if "::" in line]


def test_a_mistake_in_a_scenario_is_a_collection_error_in_plain_words(
    session: Session, scenario: Write
) -> None:
    scenario("wrong", URL, stepps=[])
    done = session()
    done.assert_outcomes(errors=1)
    said = done.stdout.str()
    assert "scenarios/wrong.yaml:1:" in said
    assert 'did you mean "steps"' in said or "did you mean steps" in said
    assert "Traceback" not in said
    assert "pytest_plugin.py" not in said
    assert done.ret == pytest.ExitCode.INTERRUPTED


def test_scenarios_are_collected_besides_the_test_paths(
    session: Session, scenario: Write, pytester: pytest.Pytester
) -> None:
    scenario("a", URL)
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "test_a.py").write_text("def test_a(): pass")
    with (pytester.path / "tox.ini").open("a") as ini:
        ini.write("\ntestpaths = tests\n")
    assert collected(session("--collect-only", "-q")) == [
        "tests/test_a.py::test_a",
        "scenarios/a.yaml::a",
    ]


def test_who_names_other_paths_gets_those_alone(
    session: Session, scenario: Write, pytester: pytest.Pytester
) -> None:
    scenario("a", URL)
    scenario("b", URL)
    pytester.makepyfile(test_x="def test_x(): pass")
    only = session("--collect-only", "-q", "test_x.py")
    assert collected(only) == ["test_x.py::test_x"]
    one = session("--collect-only", "-q", "scenarios/b.yaml::b")
    assert collected(one) == ["scenarios/b.yaml::b"]
    both = session("--collect-only", "-q", "test_x.py", "--cn-scenarios", "scenarios/a.yaml")
    assert collected(both) == ["test_x.py::test_x", "scenarios/a.yaml::a"]


def test_fragments_and_the_configuration_are_no_scenarios(
    session: Session, scenario: Write
) -> None:
    folder = scenario("a", URL).parent
    (folder / "fragments").mkdir()
    (folder / "fragments" / "card.yaml").write_text("steps: []")
    (folder / "cn-validator.yaml").write_text("rules: {}")
    assert collected(session("--collect-only", "-q")) == ["scenarios/a.yaml::a"]


@pytest.mark.parametrize("make", [False, True], ids=["absent", "empty"])
def test_a_folder_without_scenarios_is_no_green_session(
    make: bool, session: Session, pytester: pytest.Pytester
) -> None:
    if make:
        (pytester.path / "scenarios").mkdir()
    pytester.makepyfile("def test_x(): pass")
    done = session()
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*scenarios: *no *"])


def test_k_and_labels_choose(session: Session, scenario: Write) -> None:
    scenario("guest buys", URL, labels=["smoke"])
    scenario("customer buys", URL, labels=["slow-lane", "_hidden"])
    for option, value, name in [
        ("-k", "guest", "guest"), ("-k", "lane", "customer"),
        ("-m", "smoke", "guest"), ("-m", "slow-lane", "customer"),
    ]:  # fmt: skip
        chosen = collected(session("--collect-only", "-q", option, value))
        assert chosen == [f"scenarios/{name}-buys.yaml::{name} buys"], (option, value)


@pytest.mark.parametrize("label", ["skip", "xfail", "usefixtures"])
def test_a_label_that_pytest_acts_on_is_no_mark(
    label: str, session: Session, scenario: Write
) -> None:
    scenario("a", URL, labels=[label])
    assert collected(session("--collect-only", "-q", "-k", label)) == ["scenarios/a.yaml::a"]
    assert collected(session("--collect-only", "-q", "-m", label)) == []


def test_merely_installed_it_changes_nothing(
    scenario: Write, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario("a", URL)
    pytester.makepyfile(
        "import sys\n"
        "def test_x(request):\n"
        "    assert request.fixturenames == ['request']\n"
        "    loaded = {name for name in sys.modules if name.startswith('validator')}\n"
        "    assert loaded == {'validator', 'validator.pytest_plugin'}\n"
    )
    # The other plugins of this environment have fixtures of their own.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    done = pytester.runpytest_subprocess("-p", "validator.pytest_plugin", "-v")
    done.assert_outcomes(passed=1)
    assert "cn-validator" not in done.stdout.str()


def test_no_fixture_but_one_is_added(session: Session, pytester: pytest.Pytester) -> None:
    (pytester.path / "tox.ini").unlink()
    with_it = session("--fixtures", "-q").stdout.str()
    section = with_it.partition("fixtures defined from validator.pytest_plugin")[2]
    assert [line.split(" -- ")[0] for line in section.splitlines() if " -- " in line] == [
        "cn_check"
    ]
