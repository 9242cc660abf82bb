"""``cn-validator demo``: the way to see what a finding looks like."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.demo.conftest import ADDRESS
from validator.core.result import Report
from validator.demo import FAULTS, Demo, demo_servers, find_scenario_label
from validator.report.terminal import terminal_report
from validator.run.options import RunOptions
from validator.run.progress import SilentProgress
from validator.scenario.files import bundled_scenarios
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import KeptBrowser

pytestmark = pytest.mark.browser

FOUND = {
    "missing": (1, "purchase-tag-missing"),
    "duplicate-tag": (1, "purchase-tag-duplicate"),
    "comma-decimals": (1, "133,95 → recorded by Connectif: 133"),
    "thousand-separators": (1, "1,240.65 → recorded by Connectif: 1"),
    "currency-before": (1, "decimal-format · purchase lost"),
    "currency-after": (1, "decimal-format"),
    "placeholder": (1, "placeholder-unrendered"),
    "template-syntax": (1, "placeholder-unrendered"),
    "printed-array": (1, "placeholder-unrendered"),
    "grouped-id": (0, "id-for-people"),
    "self-closed-field": (1, "field-inside-field"),
    "url-twice": (1, "url-begins-twice"),
    "name-hidden-by-cdn": (0, "address-hidden-by-cdn"),
    "empty-purchase-id": (1, "mandatory-field-empty · purchase lost"),
    "no-total-quantity": (1, "mandatory-field-missing · purchase lost"),
    "bad-date": (1, "date-format"),
    "duplicate-field": (1, "field-duplicate"),
    "item-without-name": (1, "· item lost"),
    "relative-url": (1, "url-format"),
    "iframe": (1, "purchase-tag-invisible"),
    "shadow-root": (1, "purchase-tag-invisible"),
    "late": (1, "purchase-tag-late"),
    "single-page": (1, "purchase-tag-late · purchase lost"),
    "contact-link": (1, "email-format"),
    "written-again": (1, "decimal-format"),
    "removed-later": (1, "and removed it"),
    "tracking-off": (1, "tracking-off · purchase lost"),
    "domain-not-allowed": (0, "domain-not-allowed"),
    "excluded-page": (1, "page-excluded · purchase lost"),
    "not-included-page": (1, "page-not-included · purchase lost"),
    "sampled-out": (1, "visitors-sampled · purchase lost"),
    "script-not-started": (1, "script-not-initialised · purchase lost"),
    "auto-send-off": (1, "events-not-sent · purchase lost"),
    "script-missing": (0, "script-missing"),
    "script-not-found": (1, "script-not-loaded · purchase lost"),
    "script-blocked-by-csp": (1, "script-blocked-by-csp · purchase lost"),
    "consent-not-given": (0, "script-held-back"),
    "script-twice": (1, "script-twice · recorded wrong"),
    "event-instead-of-tag": (0, "purchase-by-event"),
    "event-malformed": (1, 'The event\'s totalPrice "133,95 €" is a text, not a number.'),
    "tag-and-event": (1, "purchase-sent-twice · recorded wrong"),
    "no-return": (1, "payment-return-not-automatic · purchase lost"),
    "confirmation-500": (3, "answered HTTP 500"),
}
"""Fault → exit code and what the report says: one of each kind; the others are the shop's tests."""
ANY_PORTS = ("--shop-port", "0", "--payment-port", "0", "--collector-port", "0")


IN_THE_WHOLE_CHECKOUT = frozenset(["no-return", "thousand-separators"])
"""Faults of the way back, or of another basket. The others are on the order confirmation alone."""
VISIT = """
name: A customer opens the order confirmation
steps: [{goto: "%s"}]
confirmation: {url: "**/order-confirmation/*"}
"""
ORDER: tuple[tuple[str, dict[str, str]], ...] = (
    ("/basket/add", {"product": "hoodie", "quantity": "2"}),
    ("/checkout/address", ADDRESS),
    ("/checkout/shipping", {"shipping": "standard"}),
    ("/checkout/payment", {"payment": "transfer"}),
    ("/checkout/review", {}),
)


def confirmation_url(shop: Demo) -> str:
    """Place an order without a browser; return where the customer then is."""
    with httpx.Client(follow_redirects=True) as customer:
        for path, form in ORDER:
            answer = customer.post(shop.shop_url + path, data=form)
    return str(answer.url)


@pytest.fixture(scope="module")
def reports(
    kept_browser: KeptBrowser, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Report]:
    """Look, several at a time, at the order confirmation of each broken shop."""
    folder = tmp_path_factory.mktemp("visits")
    bundled = load_scenarios(sorted(bundled_scenarios().glob("*.yaml")), environ={}, run_id="r")
    files = {label: each.location.source for each in bundled for label in each.labels}
    with ExitStack() as stack:
        scenarios: list[Scenario] = []
        for fault in FOUND:
            shop = stack.enter_context(demo_servers(fault=fault))
            environ = {"SHOP_URL": shop.shop_url, "PAYMENT_URL": shop.payment_url}
            if fault in IN_THE_WHOLE_CHECKOUT:
                file = files[find_scenario_label(fault)]
            else:
                file = str(folder / f"{fault}.yaml")
                Path(file).write_text(VISIT % confirmation_url(shop), encoding="utf-8")
            scenarios += load_scenarios([file], environ=environ, run_id="r")
        options = RunOptions("r", workers=8, is_persistent_shop=False)
        report = kept_browser.play(scenarios, options, SilentProgress())
    return {
        fault: replace(report, results=(result,))
        for fault, result in zip(FOUND, report.results, strict=True)
    }


@pytest.mark.timeout(600)  # the first of them runs them all
@pytest.mark.parametrize("fault", FOUND)
def test_a_broken_shop_is_found_out(reports: dict[str, Report], fault: str) -> None:
    code, words = FOUND[fault]
    report = reports[fault]
    out = terminal_report(report, width=100, color=False)
    assert report.exit_code == code, out
    assert words in out


@pytest.mark.parametrize("fault", ["comma-decimals", "confirmation-500"])
def test_the_command_breaks_the_shop_and_ends_as_the_report(cli: Cli, fault: str) -> None:
    code, words = FOUND[fault]
    done = cli("demo", "--break", fault)
    assert done.code == code, done.out
    assert words in done.out


def test_a_bundled_scenario_that_is_not_here_is_found_by_its_name(cli: Cli) -> None:
    done = cli("demo", "scenarios/payment/broken/payment-page-down.yaml")
    assert done.code == 3, done.out + done.err
    assert "answered HTTP 503" in done.out


def test_a_path_that_is_nowhere_is_wrong_input(cli: Cli) -> None:
    done = cli("demo", "scenarios/payment/brokn")
    assert done.code == 2
    assert "there is no such file or folder" in done.err


def test_help_lists_every_fault(cli: Cli) -> None:
    done = cli("demo", "--help")
    assert done.code == 0
    for fault, what in FAULTS.items():
        assert fault in done.out
        assert what.split()[0] in done.out


def test_an_unknown_fault_is_wrong_input(cli: Cli) -> None:
    done = cli("demo", "--break", "coma-decimals")
    assert done.code == 2
    assert "comma-decimals" in done.err


def test_serve_keeps_the_shop_up_until_it_is_stopped(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "validator", "demo", "--serve", *ANY_PORTS],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as serving:  # fmt: skip
        assert serving.stdout is not None
        shop = re.search(r"http://\S+", serving.stdout.readline())
        assert shop is not None
        while "Ctrl-C" not in serving.stdout.readline():
            pass
        with urllib.request.urlopen(shop[0], timeout=10) as answer:  # noqa: S310 - our own shop
            assert answer.status == 200
        serving.send_signal(signal.SIGTERM)
        rest, _ = serving.communicate(timeout=30)
    assert serving.returncode == 0
    assert rest == "Stopped.\n"
