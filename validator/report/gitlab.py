"""The report for GitLab merge requests: code quality, a subset of Code Climate's form.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from validator.core.capture import Breakdown
from validator.core.document import Json, Location
from validator.core.finding import Severity
from validator.core.result import ExitCode, Report, Verdict
from validator.report import wording
from validator.report.fingerprint import fingerprints
from validator.report.paths import home, plain_path
from validator.report.sanitize import visible

GRADES: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
)


def gitlab_report(report: Report) -> str:
    """A JSON array of issues; ends with a newline.

    A journey that broke off, one that passed only when it was played again, and a run that did
    not come to its end, are issues as well: an empty list would look as if all were right.
    """
    return json.dumps([*_findings(report), *_broken(report)], indent=2) + "\n"


def _findings(report: Report) -> Iterator[Json]:
    for result, finding, digest in fingerprints(report):
        text = f"{visible(finding.message)} ({visible(result.subject, 200)})"
        grade = GRADES[finding.severity]
        yield _issue(text, finding.rule, digest, grade, home(result, finding))


def _broken(report: Report) -> Iterator[Json]:
    for result in report.results:
        if result.verdict is Verdict.FLAKY:
            name = str(result.verdict)
            text = f"{result.subject}: {'; '.join(wording.earlier_attempts(result))}"
            digest = _digest(home(result).source, result.subject, name)
            yield _issue(text, name, digest, "minor", home(result))
        if isinstance(result.outcome, Breakdown):
            reason = str(result.outcome.reason)
            text = visible(result.outcome.message, wording.PROSE)
            digest = _digest(home(result).source, result.subject, reason)
            yield _issue(f"{result.subject}: {text}", reason, digest, "major", home(result))
    if report.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT):
        name = report.exit_code.name.lower()
        place = Location("cn-validator")
        yield _issue(wording.exit_meaning(report), name, _digest(name), "blocker", place)


def _issue(text: str, name: str, digest: str, grade: str, place: Location) -> Json:
    return {
        "description": visible(text, wording.PROSE),
        "check_name": visible(name),
        "fingerprint": digest,
        "severity": grade,
        "location": {"path": plain_path(place.source), "lines": {"begin": place.line or 1}},
    }


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:32]
