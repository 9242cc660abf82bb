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
from validator.report import formatting
from validator.report.fingerprint import fingerprints
from validator.report.sanitize import sanitize
from validator.report.source_paths import author_location, repository_path

SEVERITY_NAMES: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
)


def gitlab_report(report: Report) -> str:
    """A JSON array of issues; ends with a newline.

    A journey that broke off, one that passed only when it was played again, and a run that did
    not come to its end, are issues as well: an empty list would look as if all were right.
    """
    return json.dumps([*_finding_issues(report), *_breakdown_issues(report)], indent=2) + "\n"


def _finding_issues(report: Report) -> Iterator[Json]:
    for result, finding, digest in fingerprints(report):
        text = f"{sanitize(finding.message)} ({sanitize(result.subject, 200)})"
        grade = SEVERITY_NAMES[finding.severity]
        yield _issue(text, finding.rule, digest, grade, author_location(result, finding))


def _breakdown_issues(report: Report) -> Iterator[Json]:
    for result in report.results:
        if result.verdict is Verdict.FLAKY:
            name = str(result.verdict)
            text = f"{result.subject}: {'; '.join(formatting.format_earlier_attempts(result))}"
            digest = _hash_parts(author_location(result).source, result.subject, name)
            yield _issue(text, name, digest, "minor", author_location(result))
        if isinstance(result.outcome, Breakdown):
            reason = str(result.outcome.reason)
            text = sanitize(result.outcome.message, formatting.MAX_PROSE_CHARS)
            digest = _hash_parts(author_location(result).source, result.subject, reason)
            yield _issue(
                f"{result.subject}: {text}", reason, digest, "major", author_location(result)
            )
    if report.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT):
        name = report.exit_code.name.lower()
        place = Location("cn-validator")
        yield _issue(formatting.format_exit_code(report), name, _hash_parts(name), "blocker", place)


def _issue(text: str, name: str, digest: str, grade: str, place: Location) -> Json:
    return {
        "description": sanitize(text, formatting.MAX_PROSE_CHARS),
        "check_name": sanitize(name),
        "fingerprint": digest,
        "severity": grade,
        "location": {"path": repository_path(place.source), "lines": {"begin": place.line or 1}},
    }


def _hash_parts(*parts: str) -> str:
    text = "\0".join(parts).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:32]
