from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.connectif_api.conftest import PURCHASE
from validator.connectif_api.model import RecordedPurchase, differences


def test_amounts_are_numbers_as_they_were_written() -> None:
    body = json.dumps(PURCHASE.body())
    assert '"totalPrice": 38.75' in body
    assert '"unitPrice": 16.9' in body
    assert '"totalQuantity": 2' in body


def test_what_there_is_not_is_not_sent() -> None:
    assert "contactExternalId" not in PURCHASE.body()


RECORDED: dict[str, Any] = {
    "purchaseId": "1",
    "totalPrice": Decimal("38.750"),
    "totalQuantity": 2,
    "purchaseDate": "2026-11-02T13:00:00.000Z",
    "cartId": "c",
    "products": [{"productId": "mug", "quantity": 1}, {"productId": "mug", "quantity": 1}],
}


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        ({}, []),
        ({"totalPrice": Decimal("38.75")}, []),
        ({"totalPrice": Decimal("38.7")}, ["totalPrice"]),
        ({"totalQuantity": 3}, ["totalQuantity"]),
        ({"purchaseDate": "2026-11-02T14:00:00+01:00"}, []),
        ({"purchaseDate": "2026-11-02T14:00:00Z"}, ["purchaseDate"]),
        ({"purchaseDate": "2026-11-02T13:00:00"}, ["purchaseDate"]),
        ({"cartId": "d"}, ["cartId"]),
        ({"paymentMethod": "card"}, ["paymentMethod"]),
        ({"products": [{"productId": "mug", "quantity": 2}]}, []),
        ({"products": [{"productId": "mug", "quantity": 1}]}, ["products"]),
    ],
)
def test_differences_are_named(expected: dict[str, Any], names: list[str]) -> None:
    found = differences(expected, RecordedPurchase.of(RECORDED, "1"))
    assert [each.name for each in found] == names


def test_an_amount_that_is_no_number_differs() -> None:
    recorded = RecordedPurchase.of({**RECORDED, "totalPrice": "38.75"}, "1")
    assert [each.is_of_amounts for each in differences({"totalPrice": Decimal("38.75")}, recorded)]
