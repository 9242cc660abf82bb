"""The report for code scanning: SARIF 2.1.0, as GitHub, Azure and editors read it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

A finding is located at the scenario's line; the line of the captured tag is a related location. A
breakdown and an incomplete run are not findings: they are notifications of the run, which then
counts as failed. A flaky result is a notification of level warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from validator.core.document import Json, Location
from validator.core.exit_code import ExitCode
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.fingerprint import fingerprints
from validator.report.incidents import Incident, iter_incidents
from validator.report.sanitize import sanitize
from validator.report.source_paths import author_location, source_uri

SCHEMA_URL = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
)
LINE_HASH_KEY = "primaryLocationLineHash"
"""The only fingerprint that GitHub compares; it would else make one of the scenario's line, which
findings of one scenario share:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""
FINGERPRINT_KEY = "cnValidatorFinding/v1"


def sarif_report(report: Report) -> str:
    """Return one SARIF log with one run; ends with a newline."""
    rules = list(dict.fromkeys(f.rule for result in report.results for f in result.findings))
    driver: dict[str, Json] = {
        "name": "cn-validator",
        "version": report.versions.get("cn-validator", "unknown"),
        "rules": [_build_rule(rule) for rule in rules],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"cn-validator/{sanitize(report.run_id)}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_build_invocation(report)],
        "results": [
            _build_result(result, finding, digest, rules.index(finding.rule))
            for result, finding, digest in fingerprints(report)
        ],
    }
    log: dict[str, Json] = {"$schema": SCHEMA_URL, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _build_rule(rule_id: str) -> Json:
    # Imported here: loading all rules takes time, and most formats do not need them.
    from validator.rules.catalogue import RULES_BY_ID

    rule = RULES_BY_ID.get(rule_id)
    if rule is None:
        return {"id": rule_id}
    described: dict[str, Json] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why}\n\nFix: {rule.fix}",
            "markdown": "\n".join(_help_lines(rule.why, rule.fix, rule.before, rule.after)),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["connectif", str(rule.consequence)]},
    }
    if address := re.match(r"https://[^\s;,)]+", rule.source):
        described["helpUri"] = address[0]
    return described


def _help_lines(why: str, fix: str, before: str, after: str) -> Iterator[str]:
    yield from (why, "", f"**Fix.** {fix}")
    for label, example in (("Before", before), ("After", after)):
        if example:
            yield from ("", f"{label}:", "", "```html", example, "```")


def _build_result(result: Result, finding: Finding, digest: str, index: int) -> Json:
    shown: dict[str, Json] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": _format_message(result, finding)},
        "locations": [_build_location(author_location(result, finding))],
        "partialFingerprints": {LINE_HASH_KEY: f"{digest[:16]}:1", FINGERPRINT_KEY: digest},
    }
    if finding.is_known is not None:
        shown["baselineState"] = "unchanged" if finding.is_known else "new"
    if finding.location and finding.location != author_location(result, finding):
        message: Json = {
            "text": formatting.format_field(finding.pointer) if finding.pointer else "the page"
        }
        shown["relatedLocations"] = [
            {"id": 0, **_build_location(finding.location, finding.snippet), "message": message}
        ]
    return shown


def _format_message(result: Result, finding: Finding) -> str:
    facts = [f"{label}: {text}" for label, text in formatting.value_facts(result, finding) if text]
    fix = [f"Fix: {sanitize(finding.hint, formatting.MAX_PROSE_CHARS)}"] if finding.hint else []
    head = f"{sanitize(finding.message)} ({sanitize(result.subject, 200)})"
    # Square brackets would start a link to a location.
    return re.sub(r"([\[\]\\])", r"\\\1", "\n".join((head, *facts, *fix)))


def _build_location(place: Location, snippet: str = "") -> dict[str, Json]:
    region: dict[str, Json] = {"startLine": max(place.line or 1, 1)}
    if place.column:
        region["startColumn"] = max(place.column, 1)
    if snippet.strip():
        region["snippet"] = {"text": sanitize(snippet.rstrip(), formatting.MAX_PROSE_CHARS)}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": source_uri(place.source)},
            "region": region,
        }
    }


def _build_invocation(report: Report) -> Json:
    notices: list[Json] = [_build_notice(incident) for incident in iter_incidents(report)]
    notices += [
        {"level": "note", "message": {"text": sanitize(note, formatting.MAX_PROSE_CHARS)}}
        for note in report.notes
    ]
    return {
        "executionSuccessful": report.exit_code in (ExitCode.OK, ExitCode.FINDINGS)
        and not report.count(Verdict.BROKEN),
        "exitCode": report.exit_code.value,
        "exitCodeDescription": formatting.format_exit_code(report),
        "startTimeUtc": formatting.format_utc(report.started),
        "toolExecutionNotifications": notices,
    }


def _build_notice(incident: Incident) -> Json:
    text = "; ".join(sanitize(each, formatting.MAX_PROSE_CHARS) for each in incident.messages)
    if incident.result is None:
        return {"level": "error", "message": {"text": text}}
    is_broken = incident.verdict is Verdict.BROKEN
    head = sanitize(incident.result.subject, 200) + (f": {incident.name}" if is_broken else "")
    hint = sanitize(incident.hint, formatting.MAX_PROSE_CHARS)
    return {
        "level": "error" if is_broken else "warning",
        "message": {"text": f"{head}: {text}" + (f" Fix: {hint}" if hint else "")},
        "descriptor": {"id": incident.name},
        "locations": [_build_location(incident.location)],
    }
