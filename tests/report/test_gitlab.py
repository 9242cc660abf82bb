"""The code quality report has what GitLab asks for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema

from validator.core.result import Report
from validator.report.gitlab import gitlab_report

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # Relative, and not starting with "./".
                    "path": {"type": "string", "pattern": r"^(?!\./)(?!/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def issues(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gitlab_report(report))
    jsonschema.validate(found, SCHEMA)
    assert len({issue["fingerprint"] for issue in found}) == len(found)
    return found


def test_each_finding_is_an_issue_at_the_scenarios_line(report: Report) -> None:
    issue = issues(report)[1]
    assert issue["check_name"] == "total-price-format"
    assert issue["severity"] == "critical"
    assert issue["location"] == {"path": "scenarios/bank-transfer.yaml", "lines": {"begin": 21}}
    assert "Guest pays by bank transfer" in issue["description"]


def test_what_was_not_reached_is_an_issue_too(report: Report) -> None:
    [issue] = issues(replace(report, results=report.results[4:], interrupted=False))
    assert (issue["check_name"], issue["severity"]) == ("step-failed", "major")


def test_a_run_that_checked_nothing_is_not_an_empty_list(report: Report) -> None:
    [issue] = issues(replace(report, results=(), interrupted=False))
    assert issue["severity"] == "blocker"


def test_a_run_that_passed_is_an_empty_list(report: Report) -> None:
    assert issues(replace(report, results=report.results[:1], interrupted=False)) == []
