"""The events as they would be sent, for people and for jq."""

from __future__ import annotations

import json

import pytest

from validator.core.result import Report
from validator.page.static_capture import capture_html
from validator.report.recorded import recorded_report
from validator.rules.evaluate import evaluate_capture

TAG = (
    "<div class=cn_purchase><b class=purchase_id>{identity}</b><b class=total_quantity>2</b>"
    "<b class=total_price>{total}</b></div>"
)


def recorded(*pages: str) -> str:
    results = (
        evaluate_capture(capture_html(html, "page.html"), subject="page.html") for html in pages
    )
    return recorded_report(Report(tuple(results), "run", "2026-11-24T10:00:00+00:00"))


def purchases(text: str) -> list[dict[str, object]]:
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        event, at = decoder.raw_decode(text, at)
        found.append(event["purchase"])
        at += 1
    return found


def test_numbers_are_those_that_the_script_makes_of_the_text() -> None:
    (purchase,) = purchases(recorded(TAG.format(identity="7", total="1.234,56")))
    assert (purchase["totalPrice"], purchase["totalQuantity"]) == (1.234, 2)


def test_every_tag_of_every_page_is_one_event() -> None:
    first, second = TAG.format(identity="7", total="1"), TAG.format(identity="8", total="2")
    found = purchases(recorded(first + second, second))
    assert [purchase["purchaseId"] for purchase in found] == ["7", "8", "8"]


def test_what_is_dropped_is_not_there() -> None:
    assert recorded(TAG.format(identity="", total="1")) == ""


@pytest.mark.parametrize("character", ["\x9b", "\x7f", "\u202e", "\u2028", "\x1b", "\u2066"])
def test_a_page_cannot_command_the_terminal(character: str) -> None:
    text = recorded(TAG.format(identity=f"a{character}b", total="1"))
    assert character not in text
    assert purchases(text)[0]["purchaseId"] == f"a{character}b"


def test_numbers_are_written_as_javascript_writes_them() -> None:
    assert '"totalPrice": 1e-8\n' in recorded(TAG.format(identity="7", total="0.00000001")).replace(
        ",\n", "\n"
    )
