"""Purchases as they are sent to Connectif and as they are recorded.

Sources: https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase,
https://api-docs.connectif.cloud/connectif-api/resources/purchase
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from validator.connectif_api.errors import UnexpectedResponseError


@dataclass(frozen=True, slots=True)
class PurchaseProduct:
    """One line of an order. ``more`` holds the other documented fields by their names."""

    product_id: str
    name: str
    product_detail_url: str
    unit_price: Decimal
    quantity: int
    price: Decimal
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def body(self) -> dict[str, Any]:
        """Return the JSON of a line of a purchase."""
        return {
            "productId": self.product_id,
            **self.catalogue_body(),
            "quantity": self.quantity,
            "price": json_number(self.price),
        }

    def catalogue_body(self) -> dict[str, Any]:
        """Return the JSON of a product of the catalogue, without the fields of the order."""
        return {
            "name": self.name,
            "productDetailUrl": self.product_detail_url,
            "unitPrice": json_number(self.unit_price),
            **{name: json_value(value) for name, value in self.more.items()},
        }


@dataclass(frozen=True, slots=True)
class PurchaseCreation:
    """A purchase to create. ``purchase_date`` is RFC 3339; either contact field may be None.

    There is no field for currency, tax, shipping, discount or coupon.
    """

    purchase_id: str
    purchase_date: str
    total_price: Decimal
    total_quantity: int
    products: tuple[PurchaseProduct, ...]
    cart_id: str | None = None
    contact_email: str | None = None
    contact_external_id: str | None = None
    payment_method: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields that have a value, by the API's names, amounts as Decimal."""
        said = {
            "purchaseId": self.purchase_id,
            "purchaseDate": self.purchase_date,
            "totalPrice": self.total_price,
            "totalQuantity": self.total_quantity,
            "cartId": self.cart_id,
            "contactEmail": self.contact_email,
            "contactExternalId": self.contact_external_id,
            "paymentMethod": self.payment_method,
        }
        return {name: value for name, value in said.items() if value is not None}

    def body(self) -> dict[str, Any]:
        """Return the JSON of the request."""
        said = {name: json_value(value) for name, value in self.fields().items()}
        return said | {"products": [product.body() for product in self.products]}


@dataclass(frozen=True, slots=True)
class RecordedPurchase:
    """A recorded purchase. ``data`` is the whole answer, amounts as Decimal."""

    purchase_id: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, data: Mapping[str, Any], asked: str) -> RecordedPurchase:
        """Build it from an answer. Raises UnexpectedResponseError for another purchase."""
        if data.get("purchaseId") != asked:
            message = "the API answered with another purchase than it was asked for"
            raise UnexpectedResponseError(message, 200)
        return cls(asked, MappingProxyType(dict(data)))

    def text(self, name: str) -> str:
        """Return a field as text; "" where it has no value."""
        value = self.data.get(name)
        return "" if value is None else str(value)


def json_number(value: Decimal) -> int | float:
    """Return an amount as a JSON number. ``parse_amount`` refuses amounts of more digits."""
    return int(value) if value == value.to_integral_value() else float(value)


def json_value(value: Any) -> Any:
    """Return a value of a type that JSON has."""
    return json_number(value) if isinstance(value, Decimal) else value
