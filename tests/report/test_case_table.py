"""The table of what was tried on the way back: case, what happened, verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from validator.core.capture import (
    Breakdown,
    Capture,
    Navigation,
    PaymentCaseRun,
    PaymentVisit,
    Reason,
)
from validator.core.document import Location
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result, Verdict
from validator.report.terminal import terminal_report

HOPS = (
    Navigation("https://shop.example", "/order", "POST", 303, 0.0, "form"),
    Navigation(
        "https://bank.example", "/pay", "GET", None, 12.0, "redirect", "iframe", "net::ERR_FAILED"
    ),
)
TRIP = PaymentVisit(
    Location("s.yaml", 9, 5),
    "https://bank.example/pay",
    "automatic",
    10_000,
    320,
    "https://shop.example",
)
SEEN = Capture("https://shop.example/thanks", True, (), payments=(TRIP,), hops=HOPS)


def tried(name: str, happened: str, purchases: int, due: int = 1, order: str = "") -> Capture:
    case = PaymentCaseRun("fault", name, happened, ("7",) * purchases, due, order, "orders")
    return replace(SEEN, case=case)


def shown(*results: Result) -> str:
    report = Report(results, "run1", "2026-11-26T10:00:00+00:00")
    return terminal_report(report, width=120, color=False)


def test_each_case_has_a_row_with_what_happened_and_the_verdict() -> None:
    missing = tried("session_lost", "no cookies", 0, order="1042")
    lost = Finding("purchase-lost-on-return", Severity.ERROR, "Lost.")
    gone = Finding("purchase-lost-on-return", Severity.WARNING, "Lost.")
    text = shown(
        Result("Guest [plain]", SEEN),
        Result("Guest [session_lost]", missing, (lost,)),
        Result("Guest [reload]", tried("reload", "reloaded", 2)),
        Result("Guest [close_tab]", tried("close_tab", "gone", 0), (gone,)),
        Result("Other", Breakdown(Reason.HTTP_ERROR, "the bank answered 503", hops=HOPS)),
    )
    table = [" ".join(line.split()) for line in text[text.index("case ") :].splitlines()]
    assert table[0] == "case what happened verdict"
    assert table[2:7] == [
        "Guest [plain] bank.example: returned automatically in 320ms passed",
        "[session_lost] no cookies; 0 of 1 purchase, and the shop has order 1042 "
        "failed: purchase-lost-on-return",
        "[reload] reloaded; 2 purchases instead of 1 passed",
        "[close_tab] gone; 0 of 1 purchase passed, warning: purchase-lost-on-return",
        "Other the bank answered 503 broken: http-error",
    ]


def test_where_no_case_was_tried_there_is_no_table() -> None:
    assert "what happened" not in shown(Result("Guest", SEEN))


def test_what_is_not_right_shows_the_way_there_and_back() -> None:
    text = shown(Result("Guest", Breakdown(Reason.TIMEOUT, "late", hops=HOPS, order_placed=True)))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "0ms POST 303 https://shop.example/order form" in lines
    assert "12ms GET - https://bank.example/pay redirect, iframe, net::ERR_FAILED" in lines


def test_a_case_of_a_page_cannot_style_the_table() -> None:
    text = shown(Result("Guest [x]", tried("x", "\x1b[31mred [bold]", 1)))
    assert "\x1b" not in text
    assert "[bold]" in text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_row(verdict: Verdict) -> None:
    lost = Finding("purchase-lost-on-return", Severity.ERROR, "Lost.")
    broken = Breakdown(Reason.HTTP_ERROR, "the bank answered 503", hops=HOPS)
    guest = Result("Guest", tried("plain", "as usual", 1))
    results = {
        Verdict.PASSED: guest,
        Verdict.FLAKY: replace(guest, earlier=(broken,)),
        Verdict.FAILED: replace(guest, findings=(lost,)),
        Verdict.BROKEN: replace(guest, outcome=broken),
    }
    text = shown(results[verdict], Result("Other", tried("plain", "as usual", 1)))
    assert f" {verdict}" in text[text.index("case ") :]
