"""The report for GitHub Actions: annotations, as workflow commands on standard output.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from validator.core.capture import Breakdown
from validator.core.document import Location
from validator.core.finding import Severity
from validator.core.result import ExitCode, Report, Verdict
from validator.report import wording
from validator.report.paths import home, is_file, plain_path
from validator.report.sanitize import visible

MOST_A_KIND = 10
"""GitHub shows ten errors, ten warnings and ten notices a step, and drops the rest unsaid."""

KINDS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
)


@dataclass(frozen=True, slots=True)
class _Annotation:
    kind: str
    title: str
    text: str
    place: Location | None


def github_report(report: Report) -> str:
    """One workflow command a line; where there are too many, the last of a kind says so."""
    told = list(_annotations(report))
    commands = (
        command
        for kind in KINDS.values()
        for command in _at_most([each for each in told if each.kind == kind])
    )
    return "".join(f"{command}\n" for command in commands)


def _annotations(report: Report) -> Iterator[_Annotation]:
    if report.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT):
        yield _Annotation("error", "cn-validator", wording.exit_meaning(report), None)
    for result in report.results:
        if result.verdict is Verdict.FLAKY:
            text = "\n".join(wording.earlier_attempts(result))
            yield _Annotation("warning", f"{result.subject}: flaky", text, home(result))
        if isinstance(result.outcome, Breakdown):
            facts = [("", result.outcome.message), ("fix", result.outcome.hint)]
            title = f"{result.subject}: {result.outcome.reason}"
            yield _Annotation("error", title, _lines(facts), home(result))
        for finding in wording.gravest_first(result.findings):
            facts = [("", finding.message), *wording.facts(finding), ("fix", finding.hint)]
            title = f"{result.subject}: {finding.rule}"
            place = home(result, finding)
            yield _Annotation(KINDS[finding.severity], title, _lines(facts), place)


def _lines(facts: Iterable[tuple[str, str]]) -> str:
    shown = ((label, visible(text, wording.PROSE)) for label, text in facts if text)
    return "\n".join(f"{label}: {text}" if label else text for label, text in shown)


def _at_most(annotations: list[_Annotation]) -> Iterator[str]:
    more = len(annotations) - MOST_A_KIND
    shown = MOST_A_KIND - 1 if more > 0 else MOST_A_KIND
    yield from (_command(each) for each in islice(annotations, shown))
    if more > 0:
        kind = annotations[0].kind
        text = f"and {more + 1} more: see the job's summary"
        yield _command(_Annotation(kind, "cn-validator", text, None))


def _command(annotation: _Annotation) -> str:
    place = annotation.place
    properties = {"title": visible(annotation.title, 200)}
    if place and is_file(place.source):
        properties["file"] = plain_path(place.source)
        properties |= {"line": str(place.line or 1)}
        properties |= {"col": str(place.column)} if place.column else {}
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{annotation.kind} {named}::{_data(annotation.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
