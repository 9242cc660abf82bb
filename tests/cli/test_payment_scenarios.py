"""The bundled ways to the payment page and back, faults and endings, in the real browser.

They are run once, several at a time, against the shop, its bank and the issuer of the card.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from validator.core.capture import Breakdown, Capture, PaymentCaseRun, Reason
from validator.core.exit_code import ExitCode
from validator.core.finding import Severity
from validator.core.result import Report, Result, Verdict
from validator.demo import demo_servers
from validator.run.options import RunOptions
from validator.run.runner import run_scenarios
from validator.scenario.load import load_scenarios

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "payment"
FILES = ("faults", "cookies-in-an-iframe", "endings", "notification", "pending", "broken")
WITH_FAULTS = "What goes wrong on the way back"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("payment scenarios")]


class Silent:
    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


@cache
def the_run() -> Report:
    """Play them all; the report is the same for every test."""
    with demo_servers() as demo:
        scenarios = load_scenarios(
            [FOLDER / name if name == "broken" else FOLDER / f"{name}.yaml" for name in FILES],
            environ={"SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url},
            run_id="run1",
        )
        # What goes right is seen in the ending "return".
        played = [each for each in scenarios if each.name != f"{WITH_FAULTS} [plain]"]
        return run_scenarios(
            played, RunOptions("run1", workers=8, is_persistent_shop=False), Silent()
        )


@pytest.fixture
def report() -> Report:
    return the_run()


def result_of(report: Report, file: str, case: str = "") -> Result:
    (found,) = (
        result
        for result in report.results
        if result.location
        and Path(result.location.source).stem == file
        and (not case or result.subject.endswith(f"[{case}]"))
    )
    return found


def case_of(result: Result) -> PaymentCaseRun:
    assert isinstance(result.outcome, Capture), result.outcome.message
    assert result.outcome.case is not None
    return result.outcome.case


def rules_of(result: Result, severity: Severity) -> list[str]:
    return [finding.rule for finding in result.findings if finding.severity is severity]


@pytest.mark.parametrize(
    "fault",
    [
        "connection_lost",
        "slow_return",
        "return_reloaded",
        "return_back",
        "return_double",
        "second_tab",
        "session_lost",
        "third_party_cookies_off",
        "session_expired",
    ],
)
def test_a_shop_that_is_well_made_loses_no_purchase_to_a_fault(report: Report, fault: str) -> None:
    needs_iframe = fault == "third_party_cookies_off"
    result = result_of(report, "cookies-in-an-iframe" if needs_iframe else "faults", fault)
    case = case_of(result)
    assert result.verdict is Verdict.PASSED
    assert case.purchases == (case.order,)
    assert case.order.startswith("NQ-")
    assert case.order_from == "orders"


def test_a_payment_page_that_goes_down_under_the_customer_is_no_purchase(report: Report) -> None:
    result = result_of(report, "faults", "payment_page_down")
    assert result.verdict is Verdict.PASSED
    assert case_of(result).happened == "the payment page answered 503"
    assert (case_of(result).purchases, case_of(result).order) == ((), "")


def test_a_connection_that_was_lost_is_in_the_timeline(report: Report) -> None:
    hops = result_of(report, "faults", "connection_lost").outcome.hops
    returned = [hop for hop in hops if hop.path == "/payment/return"]
    assert [(hop.method, hop.status) for hop in returned] == [("POST", None), ("POST", 303)]
    assert returned[0].failure == "net::ERR_INTERNET_DISCONNECTED"


@pytest.mark.parametrize(
    ("ending", "purchases"),
    [
        ("return", 1),
        ("close_tab", 0),
        ("reload", 1),
        ("back", 1),
        ("cancel", 0),
    ],
)
def test_the_purchases_of_each_ending_are_counted(
    report: Report, ending: str, purchases: int
) -> None:
    result = result_of(report, "endings", ending)
    assert len(case_of(result).purchases) == purchases
    assert result.verdict is Verdict.PASSED


def test_who_pays_and_closes_the_tab_is_told_as_lost(report: Report) -> None:
    result = result_of(report, "endings", "close_tab")
    assert rules_of(result, Severity.WARNING) == ["purchase-lost-on-return"]
    (finding,) = result.findings
    order = case_of(result).order
    assert finding.message.endswith(f"The shop has order {order}, but Connectif would not have it.")


@pytest.mark.parametrize("case", ["notification_first", "notification_late", "return_early"])
def test_a_notification_may_come_before_the_customer_or_after(report: Report, case: str) -> None:
    result = result_of(report, "notification", case)
    assert result.verdict is Verdict.PASSED
    assert case_of(result).purchases == (case_of(result).order,)
    is_early = "saw no confirmation" in case_of(result).happened
    assert is_early is (case != "notification_first")


def test_a_pending_payment_is_looked_at_until_it_is_paid(report: Report) -> None:
    result = result_of(report, "pending")
    assert result.verdict is Verdict.PASSED
    assert [trip.outcome for trip in result.outcome.payments] == ["pending"]
    assert [hop.path for hop in result.outcome.hops].count(result.outcome.hops[-1].path) > 1


@pytest.mark.parametrize(
    ("file", "case", "rule"),
    [
        ("no-way-back", "", "payment-return-not-automatic"),
        ("only-by-a-click", "", "payment-return-not-automatic"),
        ("inside-the-iframe", "", "payment-return-not-automatic"),
        ("session", "session_lost", "purchase-lost-on-return"),
        ("session", "session_expired", "purchase-lost-on-return"),
        ("counted-again", "reload", "purchase-recorded-again"),
        ("third-party-cookies", "third_party_cookies_off", "purchase-lost-on-return"),
    ],
)
def test_what_is_broken_fails_with_its_rule(
    report: Report, file: str, case: str, rule: str
) -> None:
    result = result_of(report, file, case)
    assert result.verdict is Verdict.FAILED
    assert rules_of(result, Severity.ERROR) == [rule]


@pytest.mark.parametrize("file", ["session", "third-party-cookies"])
def test_what_a_fault_breaks_works_without_it(report: Report, file: str) -> None:
    assert result_of(report, file, "plain").verdict is Verdict.PASSED


def test_the_button_that_leads_back_is_named(report: Report) -> None:
    (finding,) = result_of(report, "only-by-a-click").findings
    assert 'a customer would have to click "Return to the shop".' in finding.message


def test_a_payment_page_that_is_down_is_a_breakdown(report: Report) -> None:
    outcome = result_of(report, "payment-page-down").outcome
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.HTTP_ERROR
    assert outcome.order_placed, "the shop has the order before its payment"
    assert [hop.status for hop in outcome.hops] == [303, 503]


def test_a_session_that_a_posted_return_loses_is_explained(report: Report) -> None:
    outcome = result_of(report, "returned-by-post").outcome
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.NOT_CONFIRMED
    assert outcome.order_placed
    assert "SameSite=Lax" in outcome.hint
    assert outcome.url.endswith("/basket")


def test_findings_win_over_breakdowns(report: Report) -> None:
    assert report.exit_code is ExitCode.FINDINGS
