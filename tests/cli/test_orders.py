"""Orders are real: what ``run`` refuses, and what it keeps of an order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.run.order_ledger import load_orders

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

SCENARIO = """name: Guest
base_url: {shop}
timeout: 2s
steps:
  - goto: /
  - save: {{order_total: {{css: b}}}}
  - click: "#order"
  - payment:
      at: {bank}/**
      steps:
        - fill: {{css: input, value: "{card}"}}
        - click: "#pay"
      within: 500ms
confirmation: "**/thanks"
"""


def write(tmp_path: Path, shop: str, bank: str, card: str = "4242424242424242") -> None:
    text = SCENARIO.format(shop=shop, bank=bank, card=card)
    (tmp_path / "guest.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("bank", "card", "told"),
    [
        (
            "https://sis.redsys.es",
            "4242424242424242",
            "guest.yaml:8:5: sis.redsys.es is where Redsys takes real money",
        ),
        (
            "https://bank.example",
            "4000 0000 0000 1000",
            "guest.yaml:11:11: the card number is not one that payment providers publish for tests",
        ),
    ],
    ids=["page", "card"],
)
def test_real_money_is_refused_before_a_browser_starts(
    cli: Cli, tmp_path: Path, bank: str, card: str, told: str
) -> None:
    write(tmp_path, "https://shop.example", bank, card)
    done = cli("run", "guest.yaml", CN_VALIDATOR_BROWSER="/no/browser/here")
    assert done.code == 2
    assert told in done.err
    assert "--force-live" in done.err


def test_real_money_is_no_matter_where_it_is_forced(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, "https://shop.example", "https://sis.redsys.es")
    done = cli("run", "guest.yaml", "--force-live", CN_VALIDATOR_BROWSER="/no/browser/here")
    assert done.code == 3
    assert "/no/browser/here" in done.err


def test_more_orders_than_wanted_are_refused(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, "https://shop.example", "https://bank.example")
    done = cli("run", "guest.yaml", "--max-orders", "0")
    assert done.code == 2
    assert "1 scenario would place up to 1 order, and --max-orders is 0" in done.err


@pytest.mark.browser
def test_an_order_is_kept_though_the_run_broke_after_it_was_placed(
    cli: Cli, tmp_path: Path, site: Site, other_site: Site
) -> None:
    site.page("/", f"<b>9.50</b><a id=order href={other_site.url}/pay>Order</a>")
    site.page("/elsewhere", "an empty basket")
    other_site.page("/pay", f"<input><a id=pay href={site.url}/elsewhere>Pay</a>")
    write(tmp_path, site.url, other_site.url)
    done = cli("run", "guest.yaml", "--report", "json")
    assert done.code == 3
    (result,) = json.loads(done.out)["results"]
    assert result["outcome"]["order_placed"] is True
    (ledger,) = tmp_path.glob("cn-validator-results/*/orders.ndjson")
    (order,) = load_orders(ledger.parent)
    assert (order.purchase_id, order.total_price) == ("", "9.50")
    assert order.payment_page == f"{other_site.url}/pay"
    assert order.origin == site.url


DOUBLE_CLICK = """name: Guest
base_url: {shop}
timeout: 2s
max_orders: {most}
steps:
  - goto: /
  - save: {{order_total: {{css: b}}}}
  - double_click: "#order"
confirmation: "**/thanks"
"""


@pytest.mark.browser
def test_an_order_placed_by_a_double_click_is_never_placed_again(
    cli: Cli, tmp_path: Path, site: Site
) -> None:
    site.page("/", "<b>9.50</b><button id=order ondblclick=\"location = '/order'\">Order</button>")
    site.page("/order", "not the confirmation")
    text = DOUBLE_CLICK.format(shop=site.url, most=1)
    (tmp_path / "guest.yaml").write_text(text, encoding="utf-8")
    done = cli("run", "guest.yaml", "--retries", "2", "--report", "json")
    assert done.code == 3
    (result,) = json.loads(done.out)["results"]
    assert result["outcome"]["order_placed"] is True
    assert result["attempts"] == 1
    assert [path for path, _ in site.seen].count("/order") == 1
    (ledger,) = tmp_path.glob("cn-validator-results/*/orders.ndjson")
    (order,) = load_orders(ledger.parent)
    assert order.total_price == "9.50"


def test_an_order_placed_by_a_double_click_counts(cli: Cli, tmp_path: Path) -> None:
    text = DOUBLE_CLICK.format(shop="https://shop.example", most=0)
    (tmp_path / "guest.yaml").write_text(text, encoding="utf-8")
    done = cli("run", "guest.yaml", CN_VALIDATOR_BROWSER="/no/browser/here")
    assert done.code == 2
    assert "1 instance of it would place up to 1 order, and max_orders is 0" in done.err
