"""A scenario that passed only when it was played again is never shown as plainly passed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from validator.core.capture import Breakdown, Capture, Evidence, Reason
from validator.core.result import Report, Result
from validator.report import FORMATS
from validator.report.html import html_report
from validator.report.json_reader import load_report
from validator.report.terminal import terminal_report

SCHEMA = Path(__file__).parents[2] / "schemas" / "results.schema.json"


@pytest.fixture
def flaky() -> Report:
    seen = Capture("http://shop.example/thanks", rendered=True, tags=())
    earlier = Breakdown(Reason.TIMEOUT, "the page did not\x1b answer", url="http://shop.example/")
    return Report(
        (Result("Guest pays by phone", seen, earlier=(earlier,)),), "r", "2026-11-23T10:15:00Z"
    )


def test_in_the_terminal_it_has_a_mark_of_its_own(flaky: Report) -> None:
    text = FORMATS["terminal"](flaky)
    assert "~ Guest pays by phone" in text
    assert r"  flaky  attempt 1 of 2 broke, timeout: the page did not\x1b answer" in text
    assert "1 flaky in" in text


def test_in_few_words_it_has_a_line_too(flaky: Report) -> None:
    text = terminal_report(flaky, width=120, color=False, quiet=True)
    assert text.startswith("Guest pays by phone: flaky: attempt 1 of 2 broke, timeout: the page")


def test_in_json_it_is_a_verdict_of_its_own_with_what_broke(flaky: Report) -> None:
    data = json.loads(FORMATS["json"](flaky))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(data)
    (result,) = data["results"]
    assert (result["verdict"], result["attempts"]) == ("flaky", 2)
    assert [broken["reason"] for broken in result["earlier"]] == ["timeout"]
    assert data["counts"] == {"passed": 0, "flaky": 1, "failed": 0, "broken": 0}


def test_in_markdown_and_on_github_what_broke_is_told_too(flaky: Report) -> None:
    markdown = FORMATS["markdown"](flaky)
    assert "🔁 Guest pays by phone" in markdown
    assert "- attempt 1 of 2 broke, timeout\\: the page did not" in markdown
    (line,) = FORMATS["github"](flaky).splitlines()
    assert line.startswith("::warning title=Guest pays by phone%3A flaky")
    assert "attempt 1 of 2 broke, timeout: the page did not" in line


def test_in_junit_it_passes_and_says_so(flaky: Report) -> None:
    report = FORMATS["junit"](flaky)
    case = ET.fromstring(report).find(".//testcase")  # noqa: S314 - our own report
    assert case is not None
    assert [part.tag for part in case] == ["system-out"]
    assert (case.findtext("system-out") or "").startswith("flaky: passed at attempt 2\nattempt 1")


def test_in_sarif_it_is_a_warning_of_the_run_and_no_failure_of_it(flaky: Report) -> None:
    (invocation,) = json.loads(FORMATS["sarif"](flaky))["runs"][0]["invocations"]
    (notice,) = invocation["toolExecutionNotifications"]
    assert (notice["level"], notice["descriptor"]["id"]) == ("warning", "flaky")
    assert "Guest pays by phone: attempt 1 of 2 broke, timeout" in notice["message"]["text"]
    assert invocation["executionSuccessful"] is True


def test_in_gitlab_it_is_a_minor_issue(flaky: Report) -> None:
    (issue,) = json.loads(FORMATS["gitlab"](flaky))
    assert (issue["check_name"], issue["severity"]) == ("flaky", "minor")
    assert "attempt 1 of 2 broke, timeout: the page did not" in issue["description"]


def test_in_csv_it_has_a_row_of_its_own(flaky: Report) -> None:
    (row,) = csv.DictReader(io.StringIO(FORMATS["csv"](flaky)))
    assert (row["verdict"], row["severity"]) == ("flaky", "flaky")
    assert row["message"].startswith("attempt 1 of 2 broke, timeout: the page did not")


def test_in_tap_what_broke_stands_beside_the_pass(flaky: Report) -> None:
    lines = FORMATS["tap"](flaky).splitlines()
    assert "ok 1 - Guest pays by phone" in lines
    assert any(line.startswith('  earlier: "attempt 1 of 2 broke, timeout') for line in lines)


def test_in_html_what_broke_is_told_with_links_to_its_evidence(flaky: Report) -> None:
    (result,) = flaky.results
    (broken,) = result.earlier
    kept = replace(broken, evidence=(Evidence("screenshot", "run/01-guest/end.png"),))
    page = html_report(replace(flaky, results=(replace(result, earlier=(kept,)),)), Path())
    assert "Run 2 times. Earlier attempts broke:" in page
    assert 'href="./run/01-guest/end.png"' in page


def test_evidence_of_earlier_attempts_is_found_where_the_results_have_moved_to(
    flaky: Report, tmp_path: Path
) -> None:
    (result,) = flaky.results
    kept = replace(result.earlier[0], evidence=(Evidence("screenshot", "01-guest/end.png"),))
    moved = tmp_path / "01-guest" / "end.png"
    moved.parent.mkdir()
    moved.write_bytes(b"")
    file = tmp_path / "results.json"
    report = replace(flaky, results=(replace(result, earlier=(kept,)),))
    file.write_text(FORMATS["json"](report))
    (broken,) = load_report(file).results[0].earlier
    assert broken.evidence[0].path == str(moved)
