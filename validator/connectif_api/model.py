"""What is sent to Connectif of a purchase, what is recorded of it, and how the two differ.

Sources: https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase,
https://api-docs.connectif.cloud/connectif-api/resources/purchase
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from validator.connectif_api.errors import UnexpectedAnswerError

AMOUNTS = ("totalPrice", "totalQuantity")
"""What a purchase is deleted and created again for, if anything."""


@dataclass(frozen=True, slots=True)
class Product:
    """One line of an order. ``more`` holds the other documented fields by their names."""

    product_id: str
    name: str
    product_detail_url: str
    unit_price: Decimal
    quantity: int
    price: Decimal
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def body(self) -> dict[str, Any]:
        """Return it as the API takes it in a purchase."""
        return {
            "productId": self.product_id,
            **self.catalogue_body(),
            "quantity": self.quantity,
            "price": number(self.price),
        }

    def catalogue_body(self) -> dict[str, Any]:
        """Return it as the API takes it for its catalogue: without what belongs to the order."""
        return {
            "name": self.name,
            "productDetailUrl": self.product_detail_url,
            "unitPrice": number(self.unit_price),
            **{name: _plain(value) for name, value in self.more.items()},
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
    products: tuple[Product, ...]
    cart_id: str | None = None
    contact_email: str | None = None
    contact_external_id: str | None = None
    payment_method: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return what there is to say, by the API's names, amounts as Decimal."""
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
        """Return it as JSON values."""
        said = {name: _plain(value) for name, value in self.fields().items()}
        return said | {"products": [product.body() for product in self.products]}


@dataclass(frozen=True, slots=True)
class RecordedPurchase:
    """A purchase as Connectif has it. ``data`` is the whole answer, amounts as Decimal."""

    purchase_id: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, data: Mapping[str, Any], asked: str) -> RecordedPurchase:
        """Read an answer. Raises UnexpectedAnswerError where it is of another purchase."""
        if data.get("purchaseId") != asked:
            message = "the API answered with another purchase than it was asked for"
            raise UnexpectedAnswerError(message, 200)
        return cls(asked, MappingProxyType(dict(data)))

    def text(self, name: str) -> str:
        """Return a field as a person reads it; empty where it is not there."""
        value = self.data.get(name)
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is recorded otherwise than it should be, as text."""

    name: str
    expected: str
    recorded: str

    @property
    def is_of_amounts(self) -> bool:
        return self.name in AMOUNTS


def differences(expected: Mapping[str, Any], recorded: RecordedPurchase) -> tuple[Difference, ...]:
    """Compare a purchase with what is recorded, by the API's names.

    Amounts are compared as numbers, dates as moments to the second, products by id and quantity.
    What ``expected`` does not say, and who the contact is, are not compared.
    """
    return tuple(_differences(expected, recorded))


def _differences(expected: Mapping[str, Any], recorded: RecordedPurchase) -> Iterator[Difference]:
    for name in ("purchaseId", *AMOUNTS, "purchaseDate", "cartId", "paymentMethod"):
        if name in expected and not _is_same(name, expected[name], recorded.data.get(name)):
            yield Difference(name, _shown(expected[name]), recorded.text(name) or "nothing")
    lines, kept = _lines(expected.get("products")), _lines(recorded.data.get("products"))
    if lines is not None and kept is not None and lines != kept:
        yield Difference("products", _counted(lines), _counted(kept))


def _is_same(name: str, expected: Any, recorded: Any) -> bool:
    if name in AMOUNTS:
        return is_amount(recorded) and exact(expected) == exact(recorded)
    if name == "purchaseDate":
        return _is_same_moment(str(expected), str(recorded))
    return str(expected) == str(recorded)


def _is_same_moment(one: str, other: str) -> bool:
    try:
        return (
            abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) < 1
        )
    except (ValueError, TypeError):  # no date, or only one of them has a zone
        return one == other


def is_amount(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def exact(value: Any) -> Decimal:
    """Return a number as it is written."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _lines(products: Any) -> Counter[str] | None:
    if not isinstance(products, list | tuple):
        return None
    counted: Counter[str] = Counter()
    for each in products:
        if isinstance(each, Mapping) and is_amount(each.get("quantity")):
            counted[str(each.get("productId"))] += int(each["quantity"])
    return counted


def _counted(lines: Counter[str]) -> str:
    return ", ".join(f"{count} of {name}" for name, count in sorted(lines.items())) or "none"


def number(value: Decimal) -> int | float:
    """Return an amount as a JSON number. It has as many digits: the input sees to that."""
    return int(value) if value == value.to_integral_value() else float(value)


def _plain(value: Any) -> Any:
    return number(value) if isinstance(value, Decimal) else value


def _shown(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
