"""How severe a late tag is: by its margin, and by what is known of the script."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.test_rule_cases import CASES, seen
from validator.contract.contracts import Contracts
from validator.contract.script_expectation import NOTHING_SAID, ScriptExpectation
from validator.core.capture import Capture, ConnectifRequest, PageActivity, RequestOutcome
from validator.core.finding import Finding, Severity
from validator.rules.evaluate import evaluate_capture

PAGE = (CASES / "purchase-tag-late/fail/added-after-the-read.html").read_text(encoding="utf-8")
SCRIPT = ConnectifRequest("script", "GET", "https://cdn.connectif.cloud/x", RequestOutcome.ANSWERED)


def capture(**facts: float) -> Capture:
    return seen(PAGE, "page.html", {"rendered": True, "ready_ms": 200, **facts})


def late(page: Capture, script: ScriptExpectation = NOTHING_SAID) -> list[Finding]:
    result = evaluate_capture(page, subject="page", contracts=Contracts(script=script))
    return [each for each in result.findings if each.rule == "purchase-tag-late"]


@pytest.mark.parametrize(
    ("read_ms", "margin", "severity"),
    [
        (222, None, Severity.ERROR),
        (309, None, Severity.ERROR),
        (311, None, Severity.WARNING),
        (260, 40, Severity.WARNING),
        (1_000, 2_000, Severity.ERROR),
    ],
)
def test_the_margin_before_the_reading_decides(
    read_ms: float, margin: float | None, severity: Severity
) -> None:
    page = capture(appeared_ms=210, read_ms=read_ms)
    (finding,) = late(page, ScriptExpectation(tag_margin_ms=margin))
    assert finding.severity is severity
    assert f"read {read_ms - 210} ms after that" in finding.message


def test_a_tag_that_was_there_when_the_page_was_ready_has_no_margin() -> None:
    assert late(capture(appeared_ms=199, read_ms=201)) == []


def test_without_any_script_a_late_tag_is_a_warning() -> None:
    (finding,) = late(capture(appeared_ms=1_700))
    assert finding.severity is Severity.WARNING
    assert "1500 ms after the page was ready" in finding.message
    assert "connectif_script: expected" in finding.hint


def test_a_script_that_customers_get_makes_a_late_tag_an_error() -> None:
    (finding,) = late(capture(appeared_ms=1_700), ScriptExpectation(is_live=True))
    assert finding.severity is Severity.ERROR


def test_a_script_on_an_earlier_page_makes_a_late_tag_an_error() -> None:
    earlier = replace(SCRIPT, here=False)
    (finding,) = late(replace(capture(appeared_ms=1_700), requests=(earlier,)))
    assert finding.severity is Severity.ERROR


def test_a_client_side_navigation_is_named_as_the_cause() -> None:
    moved = PageActivity(document_url="https://shop.example/cart", routed_ms=1_690)
    (finding,) = late(replace(capture(appeared_ms=1_700), activity=moved))
    assert "reached without loading a document, by JavaScript in https://shop.example/cart" in (
        finding.message
    )


def test_a_page_that_was_not_watched_from_its_beginning_is_not_evaluated() -> None:
    page = replace(capture(), watched=False)
    result = evaluate_capture(page, subject="page")
    assert "purchase-tag-late" in [each.rule for each in result.not_evaluated]
