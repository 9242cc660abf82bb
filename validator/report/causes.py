"""The failures of a run, grouped by cause, with the command that runs each scenario again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.core.finding import Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.sanitize import sanitize

if TYPE_CHECKING:
    from validator.report.text_layout import Layout

MAX_SCENARIOS = 20
"""The most scenarios of one cause that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class FailureCause:
    """A rule, or the reason of a breakdown, and the results that failed by it.

    ``message`` is that of the breakdown, or of the first finding.
    """

    name: str
    message: str
    results: tuple[Result, ...]
    is_known: bool = False
    """Whether the baseline has all errors of all results."""


def group_failures(report: Report) -> tuple[FailureCause, ...]:
    """Return the causes of failed and broken results, the most frequent first.

    A result is in one group only: that of its breakdown, or of its first error.
    """
    found: dict[tuple[str, str], list[Result]] = {}
    messages: dict[tuple[str, str], str] = {}
    for result in report.results:
        if result.verdict in (Verdict.FAILED, Verdict.BROKEN):
            name, message = _find_cause(result)
            # One step breaks in different ways; a rule is one cause, whatever value it finds.
            key = (name, message if result.breakdown else "")
            messages.setdefault(key, message)
            found.setdefault(key, []).append(result)
    causes = [
        FailureCause(
            key[0], messages[key], tuple(results), all(map(has_only_known_errors, results))
        )
        for key, results in found.items()
    ]
    return tuple(sorted(causes, key=lambda cause: (cause.is_known, -len(cause.results))))


def _find_cause(result: Result) -> tuple[str, str]:
    if broken := result.breakdown:
        return str(broken.reason), broken.message
    first = next(each for each in result.findings if each.severity is Severity.ERROR)
    return first.rule, first.message


def has_only_known_errors(result: Result) -> bool:
    """Tell whether a result failed, and the baseline has all of its errors."""
    errors = [each for each in result.findings if each.severity is Severity.ERROR]
    return not result.breakdown and bool(errors) and all(each.is_known for each in errors)


def add_causes(report: Report, layout: Layout) -> None:
    """Add the causes with the commands; nothing where no result can be run again by one."""
    if not any(result.replay for cause in group_failures(report) for result in cause.results):
        return
    layout.blank()
    layout.line(("By cause, with the command that runs one scenario again", "bold"))
    for cause in group_failures(report):
        layout.blank()
        number = formatting.format_number(len(cause.results), "scenario")
        layout.add_paragraph(
            (sanitize(cause.name), "bold"),
            f"  {sanitize(cause.message)}",
            (f"  {number}{', known from the baseline' if cause.is_known else ''}", "dim"),
            indent=2,
        )
        for result in cause.results[:MAX_SCENARIOS]:
            # On a line of its own and never broken, so that it can be copied.
            layout.line(f"  {sanitize(result.replay or result.subject, 2_000)}")
        more = len(cause.results) - MAX_SCENARIOS
        if more > 0:
            layout.line((f"  and {more} more", "yellow"))
