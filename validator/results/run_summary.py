"""The part of a finished run that comparisons and the history need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from validator.core.capture import Breakdown, Capture
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding
from validator.core.result import Report, Result, TagReading
from validator.core.urls import parse_origin
from validator.report.json_reader import load_report

NO_VALUES: Mapping[tuple[str, str], str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FindingSummary:
    """A finding without what differs in each run."""

    subject: str
    rule: str
    pointer: str
    severity: str
    message: str
    place: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """The key of the same finding in another run. A change of severity makes it another one."""
        return self.subject, self.rule, self.pointer, self.severity


@dataclass(frozen=True, slots=True)
class ResultSummary:
    """One result. ``values`` are the texts of fields by tag and JSON pointer.

    The texts are without the page's origin and the run's id. ``tags`` are the names of the tags on
    the page, ``steps`` (title, milliseconds). ``tag_ms`` is when the first tag appeared, in
    milliseconds from navigation start; None if that is not known.
    """

    subject: str
    verdict: str
    attempts: int = 1
    duration_ms: float = 0.0
    findings: tuple[FindingSummary, ...] = ()
    not_evaluated: frozenset[str] = frozenset()
    values: Mapping[tuple[str, str], str] = field(default_factory=lambda: NO_VALUES)
    steps: tuple[tuple[str, float], ...] = ()
    tag_ms: float | None = None
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """``started`` is ISO 8601 with a zone."""

    run_id: str
    results: tuple[ResultSummary, ...]
    started: str = ""


def load_run_summary(path: Path) -> RunSummary:
    """Read a JSON report, a results.ndjson, or the folder of a run.

    Raises InputError for anything else, and for a run without results.
    """
    report = load_report(path)
    if not report.results:
        raise InputError.single(
            "results-empty",
            "the results have no result in them, so there is nothing to compare",
            Location(str(path)),
            "name a file that --report json=FILE wrote, or the folder of a run",
        )
    return summarize(report)


def summarize(report: Report) -> RunSummary:
    """Return the summary of a finished run."""
    results = tuple(_summarize_result(each, report.run_id) for each in report.results)
    return RunSummary(report.run_id, results, report.started)


def _summarize_result(result: Result, run_id: str) -> ResultSummary:
    # The run's id and the shop's origin differ between runs that are otherwise the same.
    variable = {run_id: "${run.id}", parse_origin(result.outcome.url): ""}
    return ResultSummary(
        result.subject,
        str(result.verdict),
        result.attempts,
        result.duration_ms,
        tuple(summarize_finding(result.subject, each) for each in result.findings),
        frozenset(each.rule for each in result.not_evaluated),
        MappingProxyType(_collect_field_values(result.readings, variable)),
        tuple((step.title, step.ms) for step in result.outcome.steps),
        _first_tag_ms(result.outcome),
        frozenset(reading.tag for reading in result.readings),
    )


def _first_tag_ms(outcome: Capture | Breakdown) -> float | None:
    tags = outcome.tags if isinstance(outcome, Capture) else ()
    times = (tag.appeared_ms for tag in tags if tag.placement == "document")
    return next((ms for ms in times if ms is not None), None)


def summarize_finding(subject: str, finding: Finding) -> FindingSummary:
    """Return a finding without what differs in each run."""
    place = finding.location
    return FindingSummary(
        subject,
        finding.rule,
        finding.pointer,
        str(finding.severity),
        finding.message,
        str(place) if place else "",
    )


def _collect_field_values(
    readings: Iterable[TagReading], variable: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """Return the texts by tag and pointer; a second tag of one name is called "NAME 2"."""
    values: dict[tuple[str, str], str] = {}
    count: dict[str, int] = {}
    for reading in readings:
        number = count[reading.tag] = count.get(reading.tag, 0) + 1
        tag = reading.tag if number == 1 else f"{reading.tag} {number}"
        for each in reading.fields:
            text = each.text
            for found, instead in variable.items():
                text = text.replace(found, instead) if found else text
            values.setdefault((tag, each.pointer), text)
    return values
