"""The report for GitHub Actions: annotations, as workflow commands on standard output.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from validator.core.document import Location
from validator.core.finding import Severity
from validator.core.result import Report, Verdict
from validator.report import formatting
from validator.report.incidents import find_incident, find_run_incident
from validator.report.sanitize import sanitize
from validator.report.source_paths import author_location, is_local_source, repository_path

MAX_PER_LEVEL = 10
"""GitHub shows ten errors, ten warnings and ten notices per step, and drops the rest silently."""

LEVELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
)


@dataclass(frozen=True, slots=True)
class _Annotation:
    kind: str
    title: str
    text: str
    place: Location | None


def github_report(report: Report) -> str:
    """Return one workflow command per line; the last of a kind says how many are left out."""
    annotations = list(_annotations(report))
    commands = (
        command
        for kind in LEVELS.values()
        for command in _limit_annotations([each for each in annotations if each.kind == kind])
    )
    return "".join(f"{command}\n" for command in commands)


def _annotations(report: Report) -> Iterator[_Annotation]:
    # First, so that it is shown whatever else there is.
    if found := find_run_incident(report):
        yield _Annotation("error", "cn-validator", "\n".join(found.messages), None)
    for result in report.results:
        if found := find_incident(result):
            kind = "error" if found.verdict is Verdict.BROKEN else "warning"
            facts = [*(("", text) for text in found.messages), ("fix", found.hint)]
            title = f"{result.subject}: {found.name}"
            yield _Annotation(kind, title, _join_facts(facts), found.location)
        for finding in formatting.sort_by_severity(result.findings):
            facts = [
                ("", finding.message),
                *formatting.value_facts(result, finding),
                ("fix", finding.hint),
            ]
            title = f"{result.subject}: {finding.rule}"
            place = author_location(result, finding)
            yield _Annotation(LEVELS[finding.severity], title, _join_facts(facts), place)


def _join_facts(facts: Iterable[tuple[str, str]]) -> str:
    shown = ((label, sanitize(text, formatting.MAX_PROSE_CHARS)) for label, text in facts if text)
    return "\n".join(f"{label}: {text}" if label else text for label, text in shown)


def _limit_annotations(annotations: list[_Annotation]) -> Iterator[str]:
    more = len(annotations) - MAX_PER_LEVEL
    shown = MAX_PER_LEVEL - 1 if more > 0 else MAX_PER_LEVEL
    yield from (_format_command(each) for each in islice(annotations, shown))
    if more > 0:
        kind = annotations[0].kind
        text = f"and {more + 1} more: see the job's summary"
        yield _format_command(_Annotation(kind, "cn-validator", text, None))


def _format_command(annotation: _Annotation) -> str:
    place = annotation.place
    properties = {"title": sanitize(annotation.title, 200)}
    if place and is_local_source(place.source):
        properties["file"] = repository_path(place.source)
        properties |= {"line": str(place.line or 1)}
        properties |= {"col": str(place.column)} if place.column else {}
    named = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{annotation.kind} {named}::{_escape_data(annotation.text)}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
