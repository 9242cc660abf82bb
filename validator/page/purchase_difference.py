"""Compares a purchase that Connectif has recorded with the expected one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

AMOUNT_FIELDS = ("totalPrice", "totalQuantity")
"""The fields whose differences are worth deleting and creating a purchase again."""


@dataclass(frozen=True, slots=True)
class PurchaseFieldDifference:
    """A field whose recorded value is not the expected one; both as text."""

    name: str
    expected: str
    recorded: str

    @property
    def affects_amounts(self) -> bool:
        return self.name in AMOUNT_FIELDS


def compare_purchases(
    expected: Mapping[str, Any], recorded: Mapping[str, Any]
) -> tuple[PurchaseFieldDifference, ...]:
    """Compare an expected purchase with the recorded one, by the API's field names.

    Amounts are compared as numbers, dates as moments to the second, products by id and quantity.
    Fields that ``expected`` does not have, and the contact, are not compared.
    """
    return tuple(_iter_differences(expected, recorded))


def _iter_differences(
    expected: Mapping[str, Any], recorded: Mapping[str, Any]
) -> Iterator[PurchaseFieldDifference]:
    for name in ("purchaseId", *AMOUNT_FIELDS, "purchaseDate", "cartId", "paymentMethod"):
        if name in expected and not _is_same(name, expected[name], recorded.get(name)):
            yield PurchaseFieldDifference(
                name, _format_value(expected[name]), _format_value(recorded.get(name))
            )
    lines, kept = (
        _count_products(expected.get("products")),
        _count_products(recorded.get("products")),
    )
    if lines is not None and kept is not None and lines != kept:
        yield PurchaseFieldDifference(
            "products", _format_product_counts(lines), _format_product_counts(kept)
        )


def _is_same(name: str, expected: Any, recorded: Any) -> bool:
    if name in AMOUNT_FIELDS:
        return is_amount(recorded) and to_decimal(expected) == to_decimal(recorded)
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


def to_decimal(value: Any) -> Decimal:
    """Return a number as a decimal with the digits as written."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _count_products(products: Any) -> Counter[str] | None:
    if not isinstance(products, list | tuple):
        return None
    counted: Counter[str] = Counter()
    for each in products:
        if isinstance(each, Mapping) and is_amount(each.get("quantity")):
            counted[str(each.get("productId"))] += int(each["quantity"])
    return counted


def _format_product_counts(lines: Counter[str]) -> str:
    return ", ".join(f"{count} of {name}" for name, count in sorted(lines.items())) or "none"


def _format_value(value: Any) -> str:
    if value in (None, ""):
        return "nothing"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
