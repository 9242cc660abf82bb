"""The end of the terminal report: what failed by cause, and the command that runs it again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result
from validator.report.incidents import group_failures
from validator.report.terminal import terminal_report

SEEN = Capture("https://shop.example/thanks", rendered=True, tags=())
COMMA = Finding("decimal-format", Severity.ERROR, "total_price has a comma")
LATE = Finding("purchase-tag-late", Severity.ERROR, "too late")
ADVICE = Finding("cart-id-missing", Severity.WARNING, "none")
GONE = Breakdown(Reason.STEP_FAILED, "click Pay: nothing found")


def result(name: str, *findings: Finding, broken: Breakdown | None = None) -> Result:
    command = f"cn-validator run s.yaml -k {name} --seed 7"
    return Result(name, broken or SEEN, findings, replay=command)


def run(*results: Result) -> Report:
    return Report(results, "r1", "2026-11-23T10:15:00+00:00")


MIXED = run(
    result("fine"),
    result("card", ADVICE, COMMA),
    result("lost", broken=GONE),
    result("cash", COMMA, LATE),
    result("late", LATE),
)


def test_each_failure_is_in_the_group_of_its_first_error_or_its_breakdown() -> None:
    groups = [(c.name, [r.subject for r in c.results]) for c in group_failures(MIXED)]
    assert groups == [
        ("decimal-format", ["card", "cash"]),
        ("step-failed", ["lost"]),
        ("purchase-tag-late", ["late"]),
    ]


def test_steps_that_break_in_different_ways_are_different_causes() -> None:
    other = replace(GONE, message="click Order: nothing found")
    report = run(result("a", broken=GONE), result("b", broken=other), result("c", broken=GONE))
    assert [len(cause.results) for cause in group_failures(report)] == [2, 1]


def test_the_report_ends_with_the_causes_and_a_command_for_each_scenario() -> None:
    text = terminal_report(MIXED, width=80, color=False)
    assert (
        "By cause, with the command that runs one scenario again\n"
        "\n"
        "  decimal-format  total_price has a comma  2 scenarios\n"
        "  cn-validator run s.yaml -k card --seed 7\n"
        "  cn-validator run s.yaml -k cash --seed 7\n"
        "\n"
        "  step-failed  click Pay: nothing found  1 scenario\n"
        "  cn-validator run s.yaml -k lost --seed 7\n"
    ) in text


@pytest.mark.parametrize("report", [run(result("fine")), run(Result("page.html", SEEN, (COMMA,)))])
def test_nothing_is_grouped_where_nothing_failed_or_can_be_run_again(report: Report) -> None:
    assert "By cause" not in terminal_report(report, width=80, color=False)


def test_causes_that_the_baseline_has_come_last() -> None:
    known = replace(COMMA, is_known=True)
    report = run(result("a", known), result("b", known), result("c", replace(LATE, is_known=False)))
    first, second = group_failures(report)
    assert (first.name, first.is_known) == ("purchase-tag-late", False)
    assert (second.name, second.is_known) == ("decimal-format", True)
    assert "2 scenarios, known from the baseline" in terminal_report(report, width=80, color=False)


def test_quiet_lines_tell_known_from_new() -> None:
    report = run(result("a", replace(COMMA, is_known=True), replace(LATE, is_known=False)))
    lines = terminal_report(report, width=80, color=False, quiet=True).splitlines()
    assert lines[0] == "a: error: decimal-format: total_price has a comma [known]"
    assert lines[1] == "a: error: purchase-tag-late: too late [new]"


def test_a_command_is_never_broken_across_lines() -> None:
    long = replace(result("a", COMMA), replay="cn-validator run " + "x" * 300)
    assert "cn-validator run " + "x" * 300 in terminal_report(run(long), width=60, color=False)
