"""What is recorded, against what it should be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from validator.page.purchase_difference import compare_purchases

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
    found = compare_purchases(expected, RECORDED)
    assert [each.name for each in found] == names


def test_an_amount_that_is_no_number_differs() -> None:
    recorded = {**RECORDED, "totalPrice": "38.75"}
    assert [
        each.affects_amounts
        for each in compare_purchases({"totalPrice": Decimal("38.75")}, recorded)
    ]
