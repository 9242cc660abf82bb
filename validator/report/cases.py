"""A table of what was tried on the way to payment pages and back: case, what happened, verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from validator.core.capture import Breakdown, CaseRun
from validator.core.finding import Severity
from validator.core.result import Report, Result, Verdict
from validator.report import wording
from validator.report.sanitize import visible
from validator.report.timeline import in_short

if TYPE_CHECKING:
    from validator.report.layout import Layout

STYLES = {
    Verdict.PASSED: "green",
    Verdict.FLAKY: "yellow",
    Verdict.FAILED: "red",
    Verdict.BROKEN: "yellow",
}


def case_table(report: Report, layout: Layout) -> None:
    """One row for each result that went to a payment page; nothing where no case was tried."""
    if not any(_case(result) for result in report.results):
        return
    results = [result for result in report.results if result.outcome.hops or _case(result)]
    rows = [
        (name, happened(result), (verdict(result), STYLES[result.verdict]))
        for name, result in zip(_names(results), results, strict=True)
    ]
    layout.blank()
    layout.table(("case", "what happened", "verdict"), rows)


def _names(results: Sequence[Result]) -> Iterator[str]:
    """Name each result; of several cases of one scenario, the first names the scenario."""
    last = ""
    for result in results:
        scenario, bracket, case = visible(result.subject, 100).partition(" [")
        yield f"  [{case}" if bracket and scenario == last else f"{scenario}{bracket}{case}"
        last = scenario


def happened(result: Result) -> str:
    """Say what was done and what came of it, in one line."""
    outcome = result.outcome
    if isinstance(outcome, Breakdown):
        return visible(outcome.message, 200)
    if case := _case(result):
        return f"{visible(case.happened, 200)}; {_purchases(case)}"
    return "; ".join(in_short(outcome))


def verdict(result: Result) -> str:
    """The verdict, and the rule of the gravest finding that is more than advice."""
    if isinstance(result.outcome, Breakdown):
        return f"{result.verdict}: {result.outcome.reason}"
    told = [f for f in wording.gravest_first(result.findings) if f.severity is not Severity.INFO]
    if not told:
        return str(result.verdict)
    but = "" if told[0].severity is Severity.ERROR else ", warning"
    return f"{result.verdict}{but}: {visible(told[0].rule)}"


def _purchases(case: CaseRun) -> str:
    number = len(case.purchases)
    counted = f"{number} of {case.due} purchase{'s' * (case.due != 1)}"
    if number > case.due:
        counted = f"{number} purchases instead of {case.due}"
    if number < case.due and case.order:
        counted += f", and the shop has order {visible(case.order, 60)}"
    return counted


def _case(result: Result) -> CaseRun | None:
    return None if isinstance(result.outcome, Breakdown) else result.outcome.case
