"""Payments in reports: the navigations to the payment page and back, and the table of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from validator.core.capture import Breakdown, Capture, Navigation, PaymentCaseRun
from validator.core.finding import Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.sanitize import sanitize

if TYPE_CHECKING:
    from validator.report.text_layout import Layout

MARGIN = 5
MAX_NAVIGATIONS = 30
RETURN_TEXTS = {
    "automatic": "returned automatically",
    "clicked": "returned after a click",
    "never": "did not return",
}


def add_timeline(outcome: Capture | Breakdown, layout: Layout) -> None:
    """Add a line for each document that the browser requested; nothing without a payment."""
    navigations = outcome.hops[:MAX_NAVIGATIONS]
    if not navigations:
        return
    layout.add_paragraph(("navigations to the payment page and back", "bold"), indent=MARGIN)
    for navigation, time in zip(navigations, _format_times(navigations), strict=True):
        status = str(navigation.status or "-")
        place = "" if navigation.place == "page" else navigation.place
        silence = "" if navigation.status else sanitize(navigation.failure, 60) or "no answer yet"
        note = ", ".join(filter(None, (navigation.cause, place, silence)))
        layout.add_paragraph(
            sanitize(navigation.origin + navigation.path, 200),
            (f"  {note}" if note else "", "dim"),
            first=(f"{'':{MARGIN}}{time:>7}  {navigation.method:<4} {status:<4} ", "dim"),
            indent=MARGIN + 20,
        )
    if more := len(outcome.hops) - len(navigations):
        layout.add_paragraph(
            (f"and {more} more: --report json=FILE lists all", "yellow"), indent=MARGIN
        )


def _format_times(navigations: Sequence[Navigation]) -> Iterator[str]:
    return (formatting.format_duration(navigation.ms) for navigation in navigations)


def summarize_payments(outcome: Capture | Breakdown) -> Iterator[str]:
    """Yield for each payment whether and how the customer came back."""
    for visit in outcome.payments:
        how = (
            RETURN_TEXTS[visit.returned] if visit.outcome in ("paid", "pending") else visit.outcome
        )
        yield (
            f"{sanitize(_host(visit.payment_url))}: {how} in "
            f"{formatting.format_duration(visit.took_ms)}"
        )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


VERDICT_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FLAKY: "yellow",
    Verdict.FAILED: "red",
    Verdict.BROKEN: "yellow",
}


def add_case_table(report: Report, layout: Layout) -> None:
    """Add a row for each result with a payment; nothing where no payment case was tried."""
    if not any(_find_case_run(result) for result in report.results):
        return
    results = [result for result in report.results if result.outcome.hops or _find_case_run(result)]
    rows = [
        (name, describe_result(result), (describe_verdict(result), VERDICT_STYLES[result.verdict]))
        for name, result in zip(_result_names(results), results, strict=True)
    ]
    layout.blank()
    layout.table(("case", "what happened", "verdict"), rows)


def _result_names(results: Sequence[Result]) -> Iterator[str]:
    """Yield a name for each result; only the first case of a scenario repeats the scenario's
    name."""
    last = ""
    for result in results:
        scenario, bracket, case = sanitize(result.subject, 100).partition(" [")
        yield f"  [{case}" if bracket and scenario == last else f"{scenario}{bracket}{case}"
        last = scenario


def describe_result(result: Result) -> str:
    """Describe in one line what was done and what happened."""
    if result.breakdown:
        return sanitize(result.breakdown.message, 200)
    if case := _find_case_run(result):
        return f"{sanitize(case.happened, 200)}; {_count_purchases(case)}"
    return "; ".join(summarize_payments(result.outcome))


def describe_verdict(result: Result) -> str:
    """Return the verdict, with the rule of the most severe finding above info."""
    if result.breakdown:
        return f"{result.verdict}: {result.breakdown.reason}"
    found = [
        f for f in formatting.sort_by_severity(result.findings) if f.severity is not Severity.INFO
    ]
    if not found:
        return str(result.verdict)
    but = "" if found[0].severity is Severity.ERROR else ", warning"
    return f"{result.verdict}{but}: {sanitize(found[0].rule)}"


def _count_purchases(case: PaymentCaseRun) -> str:
    number = len(case.purchases)
    counted = f"{number} of {case.due} purchase{'s' * (case.due != 1)}"
    if number > case.due:
        counted = f"{number} purchases instead of {case.due}"
    if number < case.due and case.order:
        counted += f", and the shop has order {sanitize(case.order, 60)}"
    return counted


def _find_case_run(result: Result) -> PaymentCaseRun | None:
    return None if isinstance(result.outcome, Breakdown) else result.outcome.case
