from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.cli import invoke
from validator.core.exit_code import ExitCode
from validator.core.finding import Consequence
from validator.rules.catalogue import RULES, RULES_BY_ID
from validator.rules.rule import Rule

CONFIG = "rules:\n  cart-id-missing: off\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without a configuration."""
    monkeypatch.chdir(tmp_path)


def test_all_rules_are_listed_one_a_line_the_gravest_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert invoke(["rules"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines]
    assert sorted(listed) == sorted(rule.id for rule in RULES)
    gravity = list(Consequence)
    assert [RULES_BY_ID[rule].consequence for rule in listed] == sorted(
        (rule.consequence for rule in RULES), key=gravity.index
    )


def test_the_list_says_what_a_configuration_changes(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cn-validator.yaml").write_text(CONFIG)
    assert invoke(["rules"]) == ExitCode.OK
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert len(lines) == len(RULES)
    assert lines["cart-id-missing"].split()[1] == "off"
    assert lines["cart-id-missing"].endswith("(set in cn-validator.yaml:2:3; default warning)")
    assert "set in" not in lines["tag-count"]


def test_a_rule_that_is_graded_differently_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.yaml").write_text(CONFIG)
    assert invoke(["rules", "cart-id-missing", "--config", "own.yaml"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert shown.startswith("cart-id-missing  (off, advice)")
    assert "Severity: set in own.yaml:2:3; default warning" in shown


def test_programs_get_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cn-validator.yaml").write_text(CONFIG)
    assert invoke(["rules", "--report", "json"]) == ExitCode.OK
    by_id = {rule["id"]: rule for rule in json.loads(capsys.readouterr().out)}
    assert by_id.keys() == RULES_BY_ID.keys()
    assert by_id["cart-id-missing"]["severity"] == "off"
    assert by_id["cart-id-missing"]["default_severity"] == "warning"
    assert by_id["cart-id-missing"]["set_by"] == "cn-validator.yaml:2:3"
    assert by_id["tag-count"]["set_by"] is None


def test_one_rule_has_no_json() -> None:
    assert invoke(["rules", "tag-count", "--report", "json"]) == ExitCode.INPUT


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_is_explained(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rules", rule.id]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert shown.startswith(f"{rule.id}  (")
    assert all(f"{title}:" in shown for title in ("Why", "Fix", "Source", "Before", "After"))


def test_an_unknown_rule_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rules", "decimal-fromat"]) == ExitCode.INPUT
    assert capsys.readouterr().err == (
        'error: there is no rule "decimal-fromat": did you mean "decimal-format"?\n'
        "  to fix: cn-validator rules lists them.\n"
    )
