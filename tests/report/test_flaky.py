"""A scenario that passed only when it was played again is never shown as plainly passed."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from validator.capture import Breakdown, Capture, Reason
from validator.report import FORMATS
from validator.result import Report, Result

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
