"""What a report of findings must say besides findings: broken and flaky results, incomplete runs,
and the causes that failures have in common.

A list of findings that is empty would look as if everything had passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validator.core.document import Location
from validator.core.finding import Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.source_paths import author_location


@dataclass(frozen=True, slots=True)
class Incident:
    """A broken or flaky result, or a run that is incomplete (then ``result`` is None).

    ``name`` is the reason of a breakdown, ``flaky``, or the name of the exit code. ``messages``
    may hold text of a page: it must be sanitized.
    """

    verdict: Verdict
    name: str
    messages: tuple[str, ...]
    hint: str = ""
    result: Result | None = None

    @property
    def location(self) -> Location:
        """The place in the author's file, or a name of what was checked."""
        return author_location(self.result) if self.result is not None else Location("cn-validator")


def iter_incidents(report: Report) -> Iterator[Incident]:
    """Yield the incidents of all results in their order, then that of the run."""
    for result in report.results:
        if found := find_incident(result):
            yield found
    if found := find_run_incident(report):
        yield found


def find_incident(result: Result) -> Incident | None:
    if broken := result.breakdown:
        reason = str(broken.reason)
        return Incident(Verdict.BROKEN, reason, (broken.message,), broken.hint, result)
    if result.verdict is Verdict.FLAKY:
        attempts = tuple(formatting.format_earlier_attempts(result))
        return Incident(Verdict.FLAKY, str(Verdict.FLAKY), attempts, result=result)
    return None


def find_run_incident(report: Report) -> Incident | None:
    if not report.is_incomplete:
        return None
    text = formatting.format_exit_code(report)
    return Incident(Verdict.BROKEN, report.exit_code.name.lower(), (text,))


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
