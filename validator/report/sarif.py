"""The report for code scanning: SARIF 2.1.0, as GitHub, Azure and editors read it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

A finding stands at the scenario's line; the line of the captured tag is a related location. A
journey that broke off is no finding: it is a notification of the run, which is then told to have
failed, and so is one that checked nothing or was interrupted. So is what broke before a scenario
passed, as a warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from validator.core.capture import Breakdown
from validator.core.document import Json, Location
from validator.core.finding import Finding, Severity
from validator.core.result import ExitCode, Report, Result, Verdict
from validator.report import wording
from validator.report.fingerprint import fingerprints
from validator.report.paths import home, uri
from validator.report.sanitize import visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
)
FINGERPRINT = "cnValidatorFinding/v1"


def sarif_report(report: Report) -> str:
    """One SARIF log with one run; ends with a newline."""
    rules = list(dict.fromkeys(f.rule for result in report.results for f in result.findings))
    driver: dict[str, Json] = {
        "name": "cn-validator",
        "version": report.versions.get("cn-validator", "unknown"),
        "rules": [_rule(rule) for rule in rules],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"cn-validator/{visible(report.run_id)}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [
            _result(result, finding, digest, rules.index(finding.rule))
            for result, finding, digest in fingerprints(report)
        ],
    }
    log: dict[str, Json] = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(rule_id: str) -> Json:
    # Imported here: the rules are many, and most formats do not ask for them.
    from validator.rules.catalogue import BY_ID

    rule = BY_ID.get(rule_id)
    if rule is None:
        return {"id": rule_id}
    described: dict[str, Json] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why}\n\nFix: {rule.fix}",
            "markdown": "\n".join(_help(rule.why, rule.fix, rule.before, rule.after)),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["connectif", str(rule.consequence)]},
    }
    if address := re.match(r"https://[^\s;,)]+", rule.source):
        described["helpUri"] = address[0]
    return described


def _help(why: str, fix: str, before: str, after: str) -> Iterator[str]:
    yield from (why, "", f"**Fix.** {fix}")
    for label, example in (("Before", before), ("After", after)):
        if example:
            yield from ("", f"{label}:", "", "```html", example, "```")


def _result(result: Result, finding: Finding, digest: str, index: int) -> Json:
    shown: dict[str, Json] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": _message(result, finding)},
        "locations": [_place(home(result, finding))],
        "partialFingerprints": {FINGERPRINT: digest},
    }
    if finding.location and finding.location != home(result, finding):
        message: Json = {"text": wording.field_name(finding.pointer) or "the page"}
        shown["relatedLocations"] = [
            {"id": 0, **_place(finding.location, finding.snippet), "message": message}
        ]
    return shown


def _message(result: Result, finding: Finding) -> str:
    facts = [f"{label}: {text}" for label, text in wording.facts(finding) if text]
    fix = [f"Fix: {visible(finding.hint, wording.PROSE)}"] if finding.hint else []
    head = f"{visible(finding.message)} ({visible(result.subject, 200)})"
    # Square brackets would begin a link to a location.
    return re.sub(r"([\[\]\\])", r"\\\1", "\n".join((head, *facts, *fix)))


def _place(place: Location, snippet: str = "") -> dict[str, Json]:
    region: dict[str, Json] = {"startLine": max(place.line or 1, 1)}
    if place.column:
        region["startColumn"] = max(place.column, 1)
    if snippet.strip():
        region["snippet"] = {"text": visible(snippet.rstrip(), wording.PROSE)}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(place.source)}, "region": region}}


def _invocation(report: Report) -> Json:
    notices: list[Json] = [
        {
            "level": "error",
            "message": {"text": f"{visible(result.subject, 200)}: {_broken(result.outcome)}"},
            "descriptor": {"id": str(result.outcome.reason)},
            "locations": [_place(home(result))],
        }
        for result in report.results
        if isinstance(result.outcome, Breakdown)
    ]
    notices += [
        {
            "level": "warning",
            "message": {"text": f"{visible(result.subject, 200)}: {'; '.join(earlier)}"},
            "descriptor": {"id": str(Verdict.FLAKY)},
            "locations": [_place(home(result))],
        }
        for result in report.results
        if result.verdict is Verdict.FLAKY and (earlier := list(wording.earlier_attempts(result)))
    ]
    if report.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT):
        notices.append({"level": "error", "message": {"text": wording.exit_meaning(report)}})
    notices += [
        {"level": "note", "message": {"text": visible(note, wording.PROSE)}}
        for note in report.notes
    ]
    return {
        "executionSuccessful": report.exit_code in (ExitCode.OK, ExitCode.FINDINGS)
        and not any(isinstance(result.outcome, Breakdown) for result in report.results),
        "exitCode": report.exit_code.value,
        "exitCodeDescription": wording.exit_meaning(report),
        "startTimeUtc": wording.utc(report.started),
        "toolExecutionNotifications": notices,
    }


def _broken(breakdown: Breakdown) -> str:
    hint = f" Fix: {visible(breakdown.hint, wording.PROSE)}" if breakdown.hint else ""
    return f"{breakdown.reason}: {visible(breakdown.message, wording.PROSE)}{hint}"
