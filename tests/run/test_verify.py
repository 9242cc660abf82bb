"""What the API has of a page's purchases, in the capture that is judged."""

from __future__ import annotations

import asyncio

from validator.contract.contracts import Contracts
from validator.core.capture import Breakdown, Capture
from validator.core.document import Location
from validator.demo import ApiOptions, api_server
from validator.page.static_capture import capture_html
from validator.rules.evaluate import evaluate_capture
from validator.run.verify import with_recorded_purchases
from validator.scenario.model.verification import Verification

TAG = """<div class="cn_purchase"><i class="purchase_id">{}</i><i class="cart_id">c1</i>
<i class="purchase_date">2026-11-02T14:00:00Z</i><i class="total_quantity">2</i>
<i class="total_price">38.75</i><div class="product_basket_item"><i class="quantity">2</i>
<i class="price">38.75</i><i class="url">https://shop.example/mug</i><i class="name">Mug</i>
<i class="product_id">mug</i><i class="unit_price">19.375</i></div></div>"""
RECORDED = {
    "purchaseId": "NQ-1",
    "totalPrice": 40.5,
    "totalQuantity": 2,
    "purchaseDate": "2026-11-02T14:00:00.000Z",
    "cartId": "c1",
    "contactEmail": "alba@example.test",
    "products": [{"productId": "mug", "quantity": 2, "price": 38.75}],
}


def asked(html: str, within: float = 0) -> Capture | Breakdown:
    """Ask the local API, which has the purchase NQ-1, for those of a page."""
    capture = capture_html(html, "page.html", Contracts().names("cn_purchase"))
    with api_server(ApiOptions()) as api:
        api.store.add_purchase(RECORDED, triggers=True)
        verify = Verification(Location("a.yaml", 3, 1), api.url, api.key, within)
        return asyncio.run(with_recorded_purchases(capture, verify, Contracts()))


def test_another_total_in_connectif_is_an_error_of_that_field() -> None:
    capture = asked(TAG.format("NQ-1"))
    assert isinstance(capture, Capture)
    result = evaluate_capture(capture, subject="page")
    assert [(each.rule, each.pointer, each.recorded) for each in result.findings] == [
        ("purchase-recorded-differently", "/total_price", "40.5")
    ]
    assert result.is_wrong


def test_who_bought_it_is_not_kept() -> None:
    capture = asked(TAG.format("NQ-1"))
    assert isinstance(capture, Capture)
    assert "alba" not in str(capture.recorded)


def test_each_of_several_purchases_is_asked_for() -> None:
    capture = asked(TAG.format("NQ-1") + TAG.format("NQ-2"), within=20)
    assert isinstance(capture, Capture)
    assert {name: found is not None for name, found in (capture.recorded or {}).items()} == {
        "NQ-1": True,
        "NQ-2": False,
    }


def test_a_page_without_a_purchase_is_not_verified_and_says_so() -> None:
    capture = asked("<p>Thank you</p>")
    assert isinstance(capture, Capture)
    result = evaluate_capture(capture, subject="page")
    unknown = {each.rule for each in result.not_evaluated}
    assert {"purchase-not-recorded", "purchase-recorded-differently"} <= unknown
