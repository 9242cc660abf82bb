"""``cn-validator lint`` as a user, an editor and a hook run it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml

from validator.cli import invoke
from validator.lint.catalogue import LINT_RULES

WAIT = """name: A
base_url: https://shop.example
steps:
  - wait_for: {text: Welcome}
"""
WRONG = WAIT.replace("wait_for", "wiat_for")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Cli: TypeAlias = Callable[..., Done]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run ``cn-validator`` in an empty folder, within this process: linting is quick."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> Done:
        code = invoke(list(arguments))
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run_here


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    return tmp_path / "scenarios"


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (WAIT.replace("wait_for", "expect"), [], 0),
        (WAIT, [], 0),
        (WAIT, ["--strict"], 1),
        (WAIT, ["--strict", "--fix"], 0),
        (WRONG, [], 1),
        (WRONG, ["--report", "json"], 1),
    ],
)
def test_the_exit_code_says_what_was_found(
    cli: Cli, scenarios: Path, text: str, options: list[str], code: int
) -> None:
    (scenarios / "a.yaml").write_text(text)
    assert cli("lint", *options).code == code


def test_a_finding_says_where_what_and_what_to_do(cli: Cli, scenarios: Path) -> None:
    (scenarios / "a.yaml").write_text(WAIT)
    assert cli("lint").out == (
        "scenarios/a.yaml:4:5: warning wait-is-expectation: this waits instead of expecting\n"
        "  4 | - wait_for: {text: Welcome}\n"
        "    |   ^\n"
        "  to fix: Write expect, which waits just as long. If the next step acts on the same "
        "element, remove the step. (--fix does this)\n"
        "1 warning in 1 file (1 fixable by --fix)\n"
    )


def test_what_was_fixed_is_counted(cli: Cli, scenarios: Path) -> None:
    (scenarios / "a.yaml").write_text(WAIT)
    assert cli("lint", "--fix").out == "nothing wrong in 1 file (1 fixed)\n"
    assert "- expect: {text: Welcome}" in (scenarios / "a.yaml").read_text()


def test_programs_get_places_and_whether_it_can_be_mended(cli: Cli, scenarios: Path) -> None:
    (scenarios / "a.yaml").write_text(WAIT)
    report = json.loads(cli("lint", "--report", "json").out)
    (finding,) = report["findings"]
    places = {name: finding[name] for name in ("rule", "file", "line", "column", "fixable")}
    assert places == {
        "rule": "wait-is-expectation",
        "file": "scenarios/a.yaml",
        "line": 4,
        "column": 5,
        "fixable": True,
    }


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["empty"]])
def test_where_there_is_nothing_to_lint_it_is_no_pass(
    cli: Cli, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "empty").mkdir()
    done = cli("lint", *arguments)
    assert (done.code, done.out) == (2, "")
    assert "to fix: " in done.err


def test_terminal_control_characters_of_a_file_are_shown_not_obeyed(
    cli: Cli, scenarios: Path
) -> None:
    (scenarios / "a.yaml").write_text(WAIT + '"\\e[31m": x\n')
    assert "\x1b" not in cli("lint").out


@pytest.mark.parametrize("advice", LINT_RULES)
def test_each_advice_is_explained(cli: Cli, advice: str) -> None:
    out = cli("lint", "--explain", advice).out
    for part in (advice, "Why:", "Fix:", "Before:", "After:"):
        assert part in out


def test_an_advice_that_does_not_exist_is_answered_with_the_nearest(cli: Cli) -> None:
    done = cli("lint", "--explain", "secret-in-claer")
    assert done.code == 2
    assert 'did you mean "secret-in-clear"?' in done.err


def test_linting_loads_nothing_heavy(scenarios: Path) -> None:
    (scenarios / "a.yaml").write_text(WAIT)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "validator", "lint", str(scenarios)],
        capture_output=True,
        text=True,
        cwd=scenarios.parent,
        check=True,
    )
    heavy = r"\| +(playwright|httpx|jinja2|flask|bs4|rich)$"
    assert re.findall(heavy, done.stderr, re.MULTILINE) == []


def test_the_hook_for_pre_commit_lints_the_files_it_is_given(
    cli: Cli, scenarios: Path, repository: Path
) -> None:
    (hook,) = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text())
    (scenarios / "a.yaml").write_text(WRONG)
    program, *arguments = shlex.split(hook["entry"])
    assert program == "cn-validator"
    assert cli(*arguments, "scenarios/a.yaml").code == 1
    wanted = re.compile(hook["files"])
    assert all(map(wanted.search, ("shop/scenarios/fragments/a.yaml", "cn-validator.yaml")))
    assert not wanted.search("docker-compose.yaml")
