"""The purchase event of an order, as a page without a tag sends it.

Source: https://support.connectif.ai/hc/en-us/articles/360014712220
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from validator.demo.tag_builders import Fields, PurchaseTag

PurchaseEvent: TypeAlias = dict[str, Any]

_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "cart_id": "cartId",
        "purchase_id": "purchaseId",
        "purchase_date": "purchaseDate",
        "total_quantity": "totalQuantity",
        "total_price": "totalPrice",
        "payment_method": "paymentMethod",
        "quantity": "quantity",
        "price": "price",
        "url": "productDetailUrl",
        "product_id": "productId",
        "name": "name",
        "description": "description",
        "image_url": "imageUrl",
        "unit_price": "unitPrice",
        "availability": "availability",
        "brand": "brand",
    }
)
_NUMBERS = {"totalQuantity": int, "quantity": int} | dict.fromkeys(
    ("totalPrice", "price", "unitPrice"), float
)


def purchase_event(tag: PurchaseTag) -> PurchaseEvent:
    """Return the values of the tag as JavaScript values: numbers are numbers."""
    return {**_event_values(tag.fields), "products": [_event_values(item) for item in tag.items]}


def _event_values(fields: Fields) -> PurchaseEvent:
    values: PurchaseEvent = {}
    for name, text in fields:
        if name == "category":
            values.setdefault("categories", []).append(text)
        else:
            key = _KEYS[name]
            values[key] = _NUMBERS.get(key, str)(text)
    return values
