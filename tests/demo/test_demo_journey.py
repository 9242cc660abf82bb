"""A customer at a real browser, from the first page to the end of each way to pay."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from validator.demo import Demo, PaymentReturn, demo_servers
from validator.demo.orders import OrderState

pytestmark = pytest.mark.browser

CONFIRMATION = re.compile("/order-confirmation/")


def buy(page: Page, demo: Demo, payment: str) -> None:
    """Go from the list of products to the placed order."""
    page.goto(demo.shop_url)
    page.get_by_role("button", name="Accept cookies").click()
    page.get_by_role("link", name="Harbour hoodie").click()
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_label("E-mail").fill("alba@example.test")
    page.get_by_label("Full name").fill("Alba Serra")
    page.get_by_label("Street and number").fill("Calle del Faro 7")
    page.get_by_label("Postcode").fill("43840")
    page.get_by_label("City").fill("Salou")
    page.get_by_label("Country").select_option("Spain")
    page.get_by_role("button", name="Continue to shipping").click()
    page.get_by_label("Express").check()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_label(payment).check()
    page.get_by_role("button", name="Review your order").click()
    page.get_by_role("button", name="Place order").click()


def pay(page: Page) -> None:
    page.get_by_label("Card number").fill("4111 1111 1111 1111")
    page.get_by_label("Expiry date").fill("12/30")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Name on card").fill("Alba Serra")
    page.get_by_role("button", name="Pay").click()


def expect_confirmed(page: Page, payment: str) -> None:
    expect(page).to_have_url(CONFIRMATION)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    expect(page.locator(".order-total")).to_have_text("€138.95")
    expect(page.locator(".cn_purchase .total_price")).to_have_text("138.95")
    expect(page.locator(".cn_purchase .payment_method")).to_have_text(payment)


@pytest.mark.parametrize("payment", ["Bank transfer", "Cash on delivery"])
def test_an_order_without_a_bank_ends_at_the_confirmation(
    demo: Demo, page: Page, payment: str
) -> None:
    buy(page, demo, payment)
    expect_confirmed(page, payment)


def test_after_paying_the_customer_is_brought_back(demo: Demo, page: Page) -> None:
    buy(page, demo, "Credit card")
    assert page.url.startswith(f"{demo.payment_url}/pay?")
    pay(page)
    expect_confirmed(page, "Credit card")
    assert [order.state for order in demo.orders()] == [OrderState.PAID]
    page.goto(f"{demo.shop_url}/basket")
    expect(page.get_by_text("There is nothing in it yet.")).to_be_visible()


@pytest.mark.parametrize(
    ("fault", "option"), [(None, "click"), ("return-needs-click", "automatic")]
)
def test_a_return_by_click_waits_for_the_customer(
    page: Page, fault: str | None, option: PaymentReturn
) -> None:
    with demo_servers(fault=fault, payment_return=option) as demo:
        buy(page, demo, "Credit card")
        pay(page)
        expect(page.get_by_role("heading", name="Payment accepted")).to_be_visible()
        page.get_by_role("link", name="Return to the shop").click()
        expect_confirmed(page, "Credit card")


@pytest.mark.parametrize(("fault", "option"), [(None, "never"), ("no-return", "automatic")])
def test_without_a_return_the_order_is_paid_and_the_customer_stays(
    page: Page, fault: str | None, option: PaymentReturn
) -> None:
    with demo_servers(fault=fault, payment_return=option) as demo:
        buy(page, demo, "Credit card")
        pay(page)
        expect(page.get_by_role("button", name="Print receipt")).to_be_visible()
        assert page.get_by_role("link").count() == 0
        assert [order.state for order in demo.orders()] == [OrderState.PAID]


def test_a_customer_who_cancels_keeps_the_basket_and_can_pay_again(demo: Demo, page: Page) -> None:
    buy(page, demo, "Credit card")
    page.get_by_role("link", name="Cancel and return to shop").click()
    expect(page.get_by_role("alert")).to_contain_text("The payment was cancelled.")
    assert page.locator(".cn_purchase").count() == 0
    page.get_by_role("button", name="Review your order").click()
    page.get_by_role("button", name="Place order").click()
    pay(page)
    expect_confirmed(page, "Credit card")
    assert [order.state for order in demo.orders()] == [OrderState.CANCELLED, OrderState.PAID]


def test_a_shop_can_render_the_tag_of_a_cancelled_order(page: Page) -> None:
    with demo_servers(fault="tag-on-cancel") as demo:
        buy(page, demo, "Credit card")
        page.get_by_role("link", name="Cancel and return to shop").click()
        tag = page.locator(".cn_purchase .purchase_id")
        expect(tag).to_have_text(demo.orders()[0].number)


def test_a_shop_can_fail_at_the_confirmation(order: Callable[..., httpx.Response]) -> None:
    with demo_servers(fault="confirmation-500") as demo:
        page = order(demo)
        assert page.status_code == 500
        assert "cn_purchase" not in page.text
