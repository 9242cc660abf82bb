"""What a report of findings must say besides findings: broken and flaky results, incomplete runs.

A list of findings that is empty would look as if everything had passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validator.core.document import Location
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
