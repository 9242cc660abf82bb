from __future__ import annotations

import pytest

from validator.cli import run
from validator.result import ExitCode
from validator.rules.catalogue import RULES
from validator.rules.frame import Rule


def test_all_rules_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_is_explained(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", rule.id]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert shown.startswith(f"{rule.id}  (")
    assert all(f"{title}:" in shown for title in ("Why", "Fix", "Source", "Before", "After"))


def test_an_unknown_rule_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "decimal-fromat"]) == ExitCode.INPUT
    assert capsys.readouterr().err == (
        'error: there is no rule "decimal-fromat": did you mean "decimal-format"?\n'
        "  to fix: cn-validator rules lists them.\n"
    )
