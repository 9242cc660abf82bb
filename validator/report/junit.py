"""The report for CI servers: JUnit XML, as Jenkins, GitLab, GitHub Actions and Azure read it.

Findings are failures, breakdowns are errors. A test case has at most one of them, with all
findings in its text, because Jenkins and GitLab show only the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from xml.etree import ElementTree as ET

from validator.core.capture import Breakdown, Evidence
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.field_table import format_field_lines
from validator.report.sanitize import sanitize, sanitize_xml
from validator.report.source_paths import author_location, is_local_source, repository_path

SUITE = "cn-validator"


def junit_report(report: Report) -> str:
    """Return one test suite with one test case per result; ends with a newline.

    An incomplete run has a test case of its own: a CI server does not see the exit code, and must
    not show it as passed.
    """
    cases = [_test_case(result) for result in report.results]
    if report.is_incomplete:
        cases.append(_run_test_case(report))
    totals = {
        "name": SUITE,
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "time": _seconds(report.duration_ms),
    }
    root = ET.Element("testsuites", totals)
    suite = ET.SubElement(root, "testsuite", totals, skipped="0", timestamp=_timestamp(report))
    _add_properties(suite, report)
    suite.extend(cases)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _test_case(result: Result) -> ET.Element:
    case = ET.Element(
        "testcase",
        {
            "classname": _class_name(result),
            "name": sanitize(result.subject),
            "time": _seconds(result.duration_ms),
            **_source_attributes(result),
        },
    )
    _add_case_properties(case, result)
    errors = [f for f in result.findings if f.severity is Severity.ERROR]
    others = [f for f in result.findings if f.severity is not Severity.ERROR]
    if broken := result.breakdown:
        _add_outcome(case, "error", broken.reason, broken.message, _breakdown_text(broken))
    elif result.verdict is Verdict.FAILED:
        first = errors[0]
        message = f"{first.rule}: {first.message}"
        if len(errors) > 1:
            message = f"{len(errors)} findings, the first is {message}"
        kinds = ", ".join(dict.fromkeys(error.rule for error in errors))
        _add_outcome(
            case,
            "failure",
            kinds,
            message,
            "\n\n".join(_finding_text(result, error) for error in errors),
        )
    notes = chain(
        [f"flaky: passed at attempt {result.attempts}"] * (result.verdict is Verdict.FLAKY),
        formatting.format_earlier_attempts(result),
        (_finding_text(result, finding) for finding in others),
        format_field_lines(result),
        formatting.name_not_evaluated(result.not_evaluated),
        [f"run it again: {sanitize(result.replay, 2_000)}"] * bool(result.replay),
        _fact_lines(formatting.evidence_facts(result.outcome.evidence)),
        map(_attachment_line, result.outcome.evidence),
    )
    if text := "\n".join(notes):
        ET.SubElement(case, "system-out").text = sanitize_xml(text)
    return case


def _source_attributes(result: Result) -> dict[str, str]:
    """Return where the scenario, or the place that failed in it, is in the repository."""
    place = author_location(result)
    if not is_local_source(place.source):
        return {}
    return {"file": sanitize(repository_path(place.source)), "line": str(place.line or 1)}


def _add_case_properties(case: ET.Element, result: Result) -> None:
    """Add what test management reads: keys of Xray, ids of TestRail, labels.

    https://docs.getxray.app/display/XRAYCLOUD/Taking+advantage+of+JUnit+XML+reports
    """
    named = [*result.properties.items(), *(("label", label) for label in result.labels)]
    if not named:
        return
    properties = ET.SubElement(case, "properties")
    for name, value in named:
        ET.SubElement(properties, "property", name=sanitize(name), value=sanitize(value))


def _attachment_line(evidence: Evidence) -> str:
    """Return the line by which Jenkins and GitLab attach a file to a test case.

    https://plugins.jenkins.io/junit-attachments/
    https://docs.gitlab.com/ci/testing/unit_test_reports/
    """
    # A bracket or bar would end the path.
    return "" if set(evidence.path) & set("[]|") else f"[[ATTACHMENT|{sanitize(evidence.path)}]]"


def _run_test_case(report: Report) -> ET.Element:
    case = ET.Element("testcase", classname=SUITE, name="the whole run", time="0.000")
    _add_outcome(
        case, "error", report.exit_code.name.lower(), formatting.format_exit_code(report), ""
    )
    return case


def _add_outcome(case: ET.Element, tag: str, kind: str, message: str, text: str) -> None:
    problem = ET.SubElement(case, tag, type=sanitize(kind), message=sanitize(message))
    problem.text = sanitize_xml(text)


def _finding_text(result: Result, finding: Finding) -> str:
    known = chain(
        formatting.location_facts(finding),
        formatting.value_facts(result, finding),
        formatting.explanation_facts(finding),
    )
    head = f"{finding.severity}  {formatting.format_heading(finding)}"
    return "\n".join((head, sanitize(finding.message), *_fact_lines(known)))


def _breakdown_text(breakdown: Breakdown) -> str:
    facts = _fact_lines(formatting.breakdown_facts(breakdown))
    return "\n".join((sanitize(breakdown.message, formatting.MAX_PROSE_CHARS), *facts))


def _fact_lines(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"  {label:<10}{text}" for label, text in facts if text)


def _add_properties(suite: ET.Element, report: Report) -> None:
    properties = ET.SubElement(suite, "properties")
    known = {
        "run_id": report.run_id,
        "exit_code": str(report.exit_code.value),
        **report.versions,
        **dict(formatting.context_facts(report.context)),
    }
    notes = (("note", note) for note in report.notes)
    for name, value in chain(known.items(), notes):
        text = sanitize(value, formatting.MAX_PROSE_CHARS)
        ET.SubElement(properties, "property", name=sanitize(name), value=text)


def _class_name(result: Result) -> str:
    """Return ``scenarios.payment.card``: CI servers group by dots. A page or file is ``check``."""
    if result.location is None:
        return "check"
    path = result.location.source.replace("\\", "/")
    folders = path.rpartition(".")[0] or path
    return sanitize(".".join(part for part in folders.split("/") if part not in ("", ".", "..")))


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.3f}"


def _timestamp(report: Report) -> str:
    # The schema's timestamps have no zone; readers interpret them as UTC.
    return formatting.format_utc(report.started).removesuffix("Z")
