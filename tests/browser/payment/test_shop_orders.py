"""What is asked for outside of the browser: the shop's orders."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.browser.payment.shop_orders import ExternalSourceError, list_orders
from validator.scenario.model.payment import OrderSource, UrlOrCommand
from validator.scenario.model.template import Template

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site

pytestmark = pytest.mark.browser


Orders: TypeAlias = Callable[[OrderSource], tuple[str, ...]]


@pytest.fixture
def orders(kept_browser: KeptBrowser) -> Orders:
    """List the orders of a source."""

    def orders(source: OrderSource) -> tuple[str, ...]:
        async def ask() -> tuple[str, ...]:
            async with kept_browser.open() as session:
                return await list_orders(session.playwright, source, {})

        return kept_browser.run(ask())

    return orders


def command(code: str) -> UrlOrCommand:
    return UrlOrCommand(command=(Template((sys.executable,)), Template(("-c",)), Template((code,))))


def test_a_url_lists_numbers_or_objects(orders: Orders, site: Site) -> None:
    listed = '[{"number": 7, "state": "paid"}, {"number": 8, "state": "open"}]'
    url = site.page("/orders.json", listed, content_type="application/json")
    source = UrlOrCommand(url=Template((url,)))
    assert orders(OrderSource(source, "number", (("state", "paid"),))) == ("7",)


def test_a_command_gets_no_secret_of_the_environment(
    orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARD_NUMBER", "correct horse")
    listed = command("import os; print([len(os.environ.get('CARD_NUMBER', '')), 7])")
    assert orders(OrderSource(listed)) == ("0", "7")


def test_a_command_lists_them_too(orders: Orders) -> None:
    assert orders(OrderSource(command("print([1041, 1042])"))) == ("1041", "1042")


def test_what_is_true_in_json_is_true_in_a_scenario(orders: Orders) -> None:
    listed = command('print(\'[{"id": 1, "paid": true}, {"id": 2, "paid": false}]\')')
    assert orders(OrderSource(listed, where=(("paid", "true"),))) == ("1",)


def test_a_condition_on_what_no_order_has_is_told(orders: Orders) -> None:
    listed = command('print(\'[{"id": 1, "state": "paid"}]\')')
    with pytest.raises(ExternalSourceError, match='no order in the list has "stat"; correct where'):
        orders(OrderSource(listed, where=(("stat", "paid"),)))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("print('no list')", "the list of orders is no JSON"),
        ("print('{}')", "the list of orders is no list"),
        ("print('[{}]')", 'an order in the list has no "id"; say its key with id'),
        ("import sys; sys.exit('no database')", "ended with 1: no database"),
    ],
)
def test_what_is_no_list_of_orders_is_told(orders: Orders, code: str, told: str) -> None:
    with pytest.raises(ExternalSourceError) as failed:
        orders(OrderSource(command(code)))
    assert str(failed.value).endswith(told)


def test_an_answer_that_is_an_error_is_told(orders: Orders, site: Site) -> None:
    url = site.page("/orders.json", "no", status=500)
    with pytest.raises(ExternalSourceError, match="answered HTTP 500"):
        orders(OrderSource(UrlOrCommand(url=Template((url,)))))
