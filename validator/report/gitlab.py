"""The report for GitLab merge requests: code quality, a subset of Code Climate's format.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from validator.core.document import Json, Location
from validator.core.finding import Severity
from validator.core.result import Report, Verdict
from validator.report import formatting
from validator.report.fingerprint import fingerprints, hash_parts
from validator.report.incidents import Incident, iter_incidents
from validator.report.sanitize import sanitize
from validator.report.source_paths import author_location, repository_path

SEVERITY_NAMES: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
)


def gitlab_report(report: Report) -> str:
    """Return a JSON array of issues; ends with a newline.

    Broken and flaky results and an incomplete run are issues as well: an empty list would look as
    if everything had passed.
    """
    issues = [*_finding_issues(report), *map(_incident_issue, iter_incidents(report))]
    return json.dumps(issues, indent=2) + "\n"


def _finding_issues(report: Report) -> Iterator[Json]:
    for result, finding, digest in fingerprints(report):
        text = f"{sanitize(finding.message)} ({sanitize(result.subject, 200)})"
        severity = SEVERITY_NAMES[finding.severity]
        yield _issue(text, finding.rule, digest, severity, author_location(result, finding))


def _incident_issue(incident: Incident) -> Json:
    text, name, result = "; ".join(incident.messages), incident.name, incident.result
    if result is None:
        return _issue(text, name, hash_parts(name), "blocker", incident.location)
    digest = hash_parts(incident.location.source, result.subject, name)
    severity = "major" if incident.verdict is Verdict.BROKEN else "minor"
    return _issue(f"{result.subject}: {text}", name, digest, severity, incident.location)


def _issue(text: str, name: str, digest: str, severity: str, place: Location) -> Json:
    return {
        "description": sanitize(text, formatting.MAX_PROSE_CHARS),
        "check_name": sanitize(name),
        "fingerprint": digest,
        "severity": severity,
        "location": {"path": repository_path(place.source), "lines": {"begin": place.line or 1}},
    }
