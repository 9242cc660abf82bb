"""A suite as a test engineer writes it, with every public name.

``test_own_suite.py`` runs it in a session of its own; mypy checks it with all other tests.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page

import validator
from validator import (
    Breakdown,
    BrowserError,
    Capture,
    CheckError,
    Consequence,
    ExitCode,
    Finding,
    InputError,
    Location,
    NotEvaluated,
    PageOptions,
    Reason,
    Report,
    Result,
    Severity,
    TagReading,
    ValidatorError,
    Verdict,
    check_html,
    check_page,
    check_url,
    explain,
    run_scenarios,
    save_report,
    watch_page,
)
from validator.connectif_api import (
    ApiError,
    ApiSettings,
    ConnectifApi,
    CreationOutcome,
    PurchaseCreation,
    PurchaseProduct,
    RecordedPurchase,
    TransientError,
    open_connectif_api,
)
from validator.pytest_plugin import CnCheck, ScenarioCase, scenarios

SHOP = os.environ.get("SHOP_URL", "https://staging.shop.example")
BROWSER = os.environ.get("CN_VALIDATOR_BROWSER")
GOOD = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">5</b></div>'
)
WRONG = GOOD.replace(">5<", ">5,00<")


@pytest.fixture(scope="session")
def wrong() -> Result:
    return check_html(WRONG)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("results")
    return run_scenarios("scenarios", base_url=SHOP, output=folder, browser=BROWSER)


# HTML


def test_the_version_is_known() -> None:
    assert validator.__version__


def test_good_html_passes() -> None:
    assert check_html(GOOD)


def test_bytes_pass_too() -> None:
    assert check_html(GOOD.encode()).verdict is Verdict.PASSED


def test_wrong_html_fails(wrong: Result) -> None:
    assert not wrong
    assert wrong.verdict is Verdict.FAILED


def test_a_finding_says_what_is_wrong(wrong: Result) -> None:
    finding: Finding = next(each for each in wrong.findings if each.severity is Severity.ERROR)
    assert finding.rule == "decimal-format"
    assert isinstance(finding.consequence, Consequence)
    assert isinstance(finding.location, Location)


def test_the_values_of_a_tag_are_known(wrong: Result) -> None:
    reading: TagReading = wrong.readings[0]
    assert reading.event


def test_what_was_not_evaluated_is_listed(wrong: Result) -> None:
    skipped: tuple[NotEvaluated, ...] = wrong.not_evaluated
    assert all(each.because for each in skipped)


def test_the_outcome_is_a_capture(wrong: Result) -> None:
    assert isinstance(wrong.outcome, Capture)


def test_findings_are_raised(wrong: Result) -> None:
    with pytest.raises(CheckError, match="decimal-format"):
        wrong.raise_for_findings()


def test_a_result_is_explained(wrong: Result) -> None:
    assert "5,00" in explain(wrong)


def test_a_result_is_json(wrong: Result) -> None:
    assert json.loads(wrong.to_json())["verdict"] == "failed"


def pickled(result: Result) -> Result:
    return pickle.loads(pickle.dumps(result))  # type: ignore[no-any-return]  # noqa: S301 - its own


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_result_is_a_value(wrong: Result, copied: Callable[[Result], Result]) -> None:
    assert copied(wrong) == wrong
    assert len({copied(wrong), wrong}) == 1


def test_rules_are_set() -> None:
    assert check_html(WRONG, rules={"decimal-format": "warning"})


def test_expected_values_are_compared() -> None:
    assert check_html(GOOD, expect={"total_price": 5, "purchase_id": "7"})
    assert not check_html(GOOD, expect={"total_price": 6})


def test_wrong_arguments_are_errors() -> None:
    with pytest.raises(InputError) as caught:
        check_html(GOOD, rules={"decimal-fromat": "off"})
    assert isinstance(caught.value, ValidatorError)
    assert caught.value.findings


# Pages


def test_a_url_is_checked() -> None:
    page = PageOptions(locale="es-ES", headers={"X-Test": "yes"})
    assert check_url(f"{SHOP}/good", page=page, browser=BROWSER)


def test_a_page_that_is_not_there_is_broken() -> None:
    result = check_url(f"{SHOP}/nowhere", browser=BROWSER)
    assert result.verdict is Verdict.BROKEN
    assert isinstance(result.outcome, Breakdown)
    assert result.outcome.reason in Reason


def test_a_browser_that_is_not_there_is_an_error() -> None:
    with pytest.raises(BrowserError):
        check_url(f"{SHOP}/good", browser="/no/browser")


def test_a_page_of_a_test_is_checked(page: Page) -> None:
    watch_page(page)
    page.goto(f"{SHOP}/good")
    check_page(page).raise_for_findings()


def test_a_tag_that_comes_late_is_waited_for(page: Page) -> None:
    watch_page(page, connectif="block")
    page.goto(f"{SHOP}/late")
    assert check_page(page, within_ms=20_000)


def test_no_tag_is_expected(page: Page) -> None:
    page.goto(f"{SHOP}/empty")
    assert check_page(page, count=0)


def test_the_fixture_passes(page: Page, cn_check: CnCheck) -> None:
    cn_check.watch(page)
    page.goto(f"{SHOP}/good")
    result = cn_check(page, expect={"total_quantity": 1})
    assert isinstance(result, Result)


def test_the_fixture_fails(page: Page, cn_check: CnCheck) -> None:
    page.goto(f"{SHOP}/wrong")
    with pytest.raises(CheckError, match="in call 1 of cn_check"):
        cn_check(page)


def test_a_soft_check_returns_its_result(page: Page, cn_check: CnCheck) -> None:
    page.goto(f"{SHOP}/good")
    assert cn_check.soft(page)


# Scenarios


def test_scenarios_are_run(report: Report) -> None:
    assert report.exit_code is ExitCode.FINDINGS
    assert [str(each.verdict) for each in report.results] == ["passed", "failed"]


@pytest.mark.parametrize("name", ["r.html", "r.json", "r.xml", "r.md"])
def test_a_report_is_saved(report: Report, name: str, tmp_path: Path) -> None:
    assert save_report(report, tmp_path / name).stat().st_size > 100


@scenarios("scenarios/good.yaml")
def test_a_scenario_is_a_parameter(scenario: ScenarioCase) -> None:
    assert scenario.run(base_url=SHOP).passed


@scenarios("scenarios", labels="smoke")
def test_a_failing_scenario_is_played(scenario: ScenarioCase) -> None:
    assert not scenario.play(base_url=SHOP)


# The API


def test_a_purchase_is_built() -> None:
    amount = Decimal("5.00")
    product = PurchaseProduct("p", "P", "https://shop.example/p", amount, 1, amount)
    purchase = PurchaseCreation("7", "2026-11-28T10:00:00Z", amount, 1, (product,), cart_id="c")
    assert purchase.body()["totalPrice"] == 5
    assert "CREATED" in CreationOutcome.__members__


def test_a_server_that_is_not_there_is_a_transient_error() -> None:
    async def find() -> RecordedPurchase | None:
        settings = ApiSettings("id:secret", base_url="http://127.0.0.1:9", attempts=1)
        async with open_connectif_api(settings) as api:
            assert isinstance(api, ConnectifApi)
            return await api.find_purchase("7")

    # Playwright's sync API keeps an event loop in this thread.
    with pytest.raises(TransientError) as caught, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, find()).result()
    assert isinstance(caught.value, ApiError)
