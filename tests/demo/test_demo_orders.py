from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from validator.demo.catalog import format_euros, to_euros
from validator.demo.orders import Customer, OrderDraft, OrderLine, Orders, OrderState

DRAFT = OrderDraft(
    cart_id="cart-1",
    customer=Customer("alba@example.test", "Alba Serra", "Calle del Faro 7, 43840 Salou, Spain"),
    payment="card",
    shipping="standard",
    shipping_cents=495,
    lines=(OrderLine("hoodie", 2, 6450), OrderLine("mug", 1, 1690)),
)


@pytest.fixture
def orders(tmp_path: Path) -> Orders:
    return Orders(tmp_path / "orders.sqlite")


def test_the_total_is_goods_and_shipping() -> None:
    assert (DRAFT.goods_cents, DRAFT.total_cents, DRAFT.quantity) == (14590, 15085, 3)


def test_an_order_is_kept_as_it_was_placed(orders: Orders) -> None:
    order = orders.get(orders.place(DRAFT))
    assert order is not None
    assert (order.customer, order.lines) == (DRAFT.customer, DRAFT.lines)
    assert order.state is OrderState.AWAITING_PAYMENT


def test_orders_outlive_the_shop(tmp_path: Path) -> None:
    number = Orders(tmp_path / "kept.sqlite").place(DRAFT)
    assert [order.number for order in Orders(tmp_path / "kept.sqlite").all()] == [number]


def test_orders_are_listed_oldest_first(orders: Orders) -> None:
    numbers = [orders.place(DRAFT) for _ in range(3)]
    assert [order.number for order in orders.all()] == numbers


def test_a_settled_order_stays_as_it_is(orders: Orders) -> None:
    number = orders.place(DRAFT)
    orders.settle(number, OrderState.CANCELLED)
    orders.settle(number, OrderState.PAID)
    assert orders.all()[0].state is OrderState.CANCELLED


def test_an_unknown_number_is_no_order(orders: Orders) -> None:
    assert orders.get("NQ-NOWHERE") is None


@pytest.mark.parametrize(
    ("cents", "exact", "shown"),
    [(0, "0.00", "€0.00"), (1690, "16.90", "€16.90"), (118000, "1180.00", "€1,180.00")],
)
def test_prices_have_two_decimals(cents: int, exact: str, shown: str) -> None:
    assert (str(to_euros(cents)), format_euros(cents)) == (exact, shown)
    assert to_euros(cents) == Decimal(cents) / 100
