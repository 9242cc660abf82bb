"""A page that was really read, in every report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from validator.contract.fields import parse_tag_schema
from validator.contract.schema import load_schema
from validator.core.finding import Consequence, Finding, Severity
from validator.core.result import Report, Result
from validator.page.recorded_event import build_reading
from validator.page.static_capture import capture_html
from validator.page.tag_fields import extract_fields
from validator.report import FORMATS
from validator.report.json import json_report
from validator.report.junit import junit_report
from validator.report.terminal import terminal_report
from validator.rules.evaluate import evaluate_capture

PAGE = """<!doctype html>
<div class="cn_purchase" style="display:none">
  <span class="purchase_id">A\u200b-1</span>
  <span class="total_quantity">2</span>
  <span class="total_price">&euro;1,234.56</span>
  <span class="payment_method">&#x1b;]0;owned&#7;</span>
</div>
"""


GOOD = PAGE.replace("&euro;1,234.56", "64.300000").replace("&#x1b;]0;owned&#7;", "Card")


@pytest.fixture
def passed() -> Report:
    result = evaluate_capture(capture_html(GOOD, "thanks.html"), subject="thanks.html")
    result = replace(result, findings=())
    return Report((result,), "r1", "2026-11-23T10:15:00+00:00", 5.0)


def test_of_a_page_that_passed_the_terminal_says_in_a_line_what_is_recorded(passed: Report) -> None:
    line = (
        r"recorded by Connectif: purchase_id A\u200b-1, total_quantity 2, total_price 64.300000 → "
    )
    assert line in " ".join(terminal_report(passed, width=120, color=False).split())


NOT_READ = Finding(
    "script-missing",
    Severity.WARNING,
    "The page does not load the Connectif script: nothing reads its tags, and nothing is sent.",
)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind not in ("json", "recorded")])
def test_nothing_is_said_to_be_recorded_beside_what_keeps_it_from_being_read(
    kind: str, passed: Report
) -> None:
    wrong = Finding("decimal-format", Severity.WARNING, "odd", actual="1,5", recorded="1")
    results = (replace(passed.results[0], findings=(NOT_READ, wrong)),)
    text = FORMATS[kind](replace(passed, results=results))
    assert "recorded by connectif" not in text.lower()
    assert "everything that was checked is right" not in text.lower()


def test_what_would_be_recorded_names_its_condition(passed: Report) -> None:
    report = replace(passed, results=(replace(passed.results[0], findings=(NOT_READ,)),))
    text = " ".join(terminal_report(report, width=120, color=False).split())
    assert "would be recorded if the page loaded the Connectif script: purchase_id A" in text
    assert "exit 0: no errors, but not everything would be recorded: see script-missing" in text


def test_of_a_page_that_passed_junit_says_what_is_recorded(passed: Report) -> None:
    assert "total_price: 64.300000 → 64.3" in junit_report(passed)


@pytest.fixture
def lost() -> Report:
    capture = capture_html(PAGE, "thanks.html")
    (tag,) = capture.tags
    fields = parse_tag_schema(load_schema("cn_purchase"))
    document, shadowed = extract_fields(tag, fields)
    reading = build_reading(fields, document, shadowed)
    finding = Finding(
        "total-price-format",
        Severity.ERROR,
        "total_price is not a number",
        "/total_price",
        document.locate("/total_price"),
        Consequence.PURCHASE_LOST,
        actual=next(field.text for field in reading.fields if field.pointer == "/total_price"),
        recorded="nothing",
        snippet=PAGE.splitlines()[4],
    )
    result = Result("thanks.html", capture, (finding,), (reading,), duration_ms=4.0)
    return Report((result,), "r1", "2026-11-23T10:15:00+00:00", 5.0)


def test_its_json_fits_the_schema(lost: Report, repository: Path) -> None:
    schema = json.loads((repository / "schemas/results.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report(lost)), schema)


def test_the_terminal_shows_why_nothing_is_recorded(lost: Report) -> None:
    lines = [line.strip() for line in terminal_report(lost, width=80, color=False).splitlines()]
    assert 'nothing is recorded: total_price "€1,234.56" does not begin with a number' in lines
    assert "rendered → read by Connectif  thanks.html:2:1" in lines
    assert r"purchase_id     A\u200b-1 → A\u200b-1" in lines
    assert "total_price     €1,234.56 → nothing  ✗ differs" in lines
    assert "at        thanks.html:5:3" in lines
    assert '5 │ <span class="total_price">&euro;1,234.56</span>' in lines


def test_a_tag_that_passed_has_no_table(lost: Report) -> None:
    fine = replace(lost.results[0], findings=())
    assert "rendered →" not in terminal_report(
        replace(lost, results=(fine,)), width=80, color=False
    )
