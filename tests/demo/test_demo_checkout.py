from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup

from validator.demo import Demo
from validator.demo.orders import OrderState

Order = Callable[..., httpx.Response]

CARD = {"number": "4111 1111 1111 1111", "expiry": "12/30", "cvc": "123", "holder": "Alba Serra"}


def first(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query)[name][0]


@pytest.mark.parametrize(
    ("payment", "name"), [("transfer", "Bank transfer"), ("on-delivery", "Cash on delivery")]
)
def test_an_order_without_a_bank_is_confirmed_at_once(
    demo: Demo, order: Order, payment: str, name: str
) -> None:
    page = BeautifulSoup(order(demo, payment).text, "html.parser")
    assert page.select_one(".cn_purchase > .payment_method").get_text() == name  # type: ignore[union-attr]  # None fails too
    assert page.select_one(".order-total").get_text() == "€1,184.95"  # type: ignore[union-attr]  # None fails too


def test_the_tag_says_what_the_order_says(demo: Demo, order: Order) -> None:
    tag = BeautifulSoup(order(demo).text, "html.parser").select_one(".cn_purchase")
    (placed,) = demo.orders()
    assert tag is not None
    assert {
        span["class"][0]: span.get_text() for span in tag.find_all("span", recursive=False)
    } == {
        "cart_id": placed.cart_id,
        "purchase_id": placed.number,
        "purchase_date": placed.placed,
        "total_quantity": "1",
        "total_price": "1184.95",
        "payment_method": "Bank transfer",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", placed.placed)


def test_the_address_of_an_item_and_of_its_picture_lead_there(
    demo: Demo, order: Order, http: httpx.Client
) -> None:
    item = BeautifulSoup(order(demo).text, "html.parser").select_one(".product_basket_item")
    assert item is not None
    for name in ("url", "image_url"):
        assert http.get(item.select_one(f".{name}").get_text()).status_code == 200  # type: ignore[union-attr]  # None fails too


def test_the_confirmation_names_the_contact(demo: Demo, order: Order) -> None:
    page = BeautifulSoup(order(demo).text, "html.parser")
    contact = page.select_one(".cn_client_info > .primary_key")
    assert contact is not None
    assert contact.get_text() == "alba@example.test"


def test_a_reload_renders_the_tag_again(demo: Demo, order: Order, http: httpx.Client) -> None:
    confirmation = order(demo)
    assert http.get(str(confirmation.url)).text == confirmation.text


def test_no_confirmation_is_shown_before_the_bank_says_paid(
    demo: Demo, order: Order, http: httpx.Client
) -> None:
    number = first(str(order(demo, "card").url), "order")
    page = http.get(f"{demo.shop_url}/order-confirmation/{number}")
    assert page.url.path == "/checkout/payment"
    assert "cn_purchase" not in page.text


@pytest.mark.parametrize("path", ["/payment/return", "/payment/cancelled"])
@pytest.mark.parametrize("state", ["paid", "cancelled"])
def test_a_forged_return_changes_nothing(
    demo: Demo, order: Order, http: httpx.Client, path: str, state: str
) -> None:
    asked = order(demo, "card")
    forged = {"order": first(str(asked.url), "order"), "state": state, "signature": "0" * 64}
    assert http.get(demo.shop_url + path, params=forged).status_code == 403
    assert http.post(f"{demo.shop_url}/payment/notification", data=forged).status_code == 403
    assert [placed.state for placed in demo.orders()] == [OrderState.AWAITING_PAYMENT]


def test_a_signed_cancellation_does_not_pay(demo: Demo, order: Order, http: httpx.Client) -> None:
    cancel_url = first(str(order(demo, "card").url), "cancel_url")
    returned = cancel_url.replace("/payment/cancelled", "/payment/return")
    assert http.get(returned).status_code == 403
    assert demo.orders()[0].state is OrderState.AWAITING_PAYMENT


def test_the_amount_cannot_be_changed_on_the_way_to_the_bank(
    demo: Demo, order: Order, http: httpx.Client
) -> None:
    asked = str(order(demo, "card").url)
    assert http.get(asked.replace("1184.95", "1.00")).status_code == 403


def test_the_bank_tells_the_shop_before_it_lets_the_customer_go(
    demo: Demo, order: Order, http: httpx.Client
) -> None:
    http.post(str(order(demo, "card").url), data=CARD)
    assert demo.orders()[0].state is OrderState.PAID


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"number": "4111 1111 1111 1112"}, "Check the card number"),
        ({"number": "\N{ARABIC-INDIC DIGIT ONE}" * 16}, "Check the card number"),
        ({"expiry": "13/30"}, "Write the expiry date"),
        ({"cvc": "12"}, "The CVC is"),
        ({"number": "4000 0000 0000 0002"}, "declined"),
    ],
    ids=["check digit", "other digits", "month", "short CVC", "declined"],
)
def test_a_card_that_will_not_do_is_refused_with_the_reason(
    demo: Demo, order: Order, http: httpx.Client, change: dict[str, str], problem: str
) -> None:
    page = http.post(str(order(demo, "card").url), data=CARD | change)
    alert = BeautifulSoup(page.text, "html.parser").select_one("[role=alert]")
    assert alert is not None
    assert problem in alert.get_text()
    assert demo.orders()[0].state is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize(
    "path", ["/checkout/address", "/checkout/shipping", "/checkout/payment", "/checkout/review"]
)
def test_a_step_without_the_steps_before_leads_to_the_basket(
    demo: Demo, http: httpx.Client, path: str
) -> None:
    assert http.get(demo.shop_url + path).url.path == "/basket"


@pytest.mark.parametrize("quantity", ["0", "-1", "21", "many", ""])
def test_an_impossible_quantity_is_not_added(demo: Demo, http: httpx.Client, quantity: str) -> None:
    form = {"product": "mug", "quantity": quantity}
    page = http.post(f"{demo.shop_url}/basket/add", data=form)
    assert page.url.path == "/products/mug"
    assert "Please choose a quantity from 1 to 20." in page.text


def test_an_incomplete_address_is_asked_for_again(demo: Demo, http: httpx.Client) -> None:
    http.post(f"{demo.shop_url}/basket/add", data={"product": "mug", "quantity": "1"})
    page = http.post(f"{demo.shop_url}/checkout/address", data={"city": "Salou"})
    assert page.status_code == 422
    assert "Please fill in every field." in page.text
    assert 'value="Salou"' in page.text


@pytest.mark.parametrize("quantity", ["0", "3"])
def test_the_basket_can_be_changed(demo: Demo, http: httpx.Client, quantity: str) -> None:
    http.post(f"{demo.shop_url}/basket/add", data={"product": "mug", "quantity": "1"})
    form = {"product": "mug", "quantity": quantity}
    page = http.post(f"{demo.shop_url}/basket/change", data=form)
    assert ("Go to checkout" in page.text) == (quantity == "3")


def test_what_a_customer_writes_is_escaped(demo: Demo, order: Order, http: httpx.Client) -> None:
    order(demo)
    http.post(f"{demo.shop_url}/basket/add", data={"product": "mug", "quantity": "1"})
    evil = {"email": "<script>alert(1)</script>", "name": "<b>", "street": "x", "postcode": "x"}
    http.post(f"{demo.shop_url}/checkout/address", data=evil | {"city": "x", "country": "Spain"})
    page = http.post(f"{demo.shop_url}/checkout/review")
    assert "order-confirmation" in str(page.url)
    assert "<script>alert" not in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize("path", ["/products/yacht", "/order-confirmation/NQ-NOWHERE", "/nowhere"])
def test_what_does_not_exist_is_a_404(demo: Demo, http: httpx.Client, path: str) -> None:
    assert http.get(demo.shop_url + path).status_code == 404
