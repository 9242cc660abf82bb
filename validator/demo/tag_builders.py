"""The documented tags of an order, a cart and a product.

Sources: https://support.connectif.ai/hc/en-us/articles/360014651860--Purchase-completed-tag,
https://support.connectif.ai/hc/en-us/articles/360014651660--Current-cart-status-tag
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from validator.demo.catalog import BRAND, CATALOG, PAYMENT_METHODS, Product, to_euros
from validator.demo.orders import Order, OrderLine

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Property name → text, in the order of the page."""


@dataclass(frozen=True, slots=True)
class PurchaseTag:
    fields: Fields
    items: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class ProductUrls:
    """Builders of absolute URLs: Connectif opens them from outside the shop."""

    page: Callable[[Product], str]
    picture: Callable[[Product], str]


def purchase_tag(order: Order, urls: ProductUrls) -> PurchaseTag:
    return PurchaseTag(
        fields=(
            ("cart_id", order.cart_id),
            ("purchase_id", order.number),
            ("purchase_date", order.placed),
            ("total_quantity", str(order.quantity)),
            ("total_price", str(to_euros(order.total_cents))),
            ("payment_method", PAYMENT_METHODS[order.payment].name),
        ),
        items=tuple(_item(line, urls) for line in order.lines),
    )


@dataclass(frozen=True, slots=True)
class CartTag:
    fields: Fields
    items: tuple[Fields, ...]


def cart_tag(cart_id: str, lines: tuple[OrderLine, ...], urls: ProductUrls) -> CartTag:
    return CartTag(
        fields=(
            ("cart_id", cart_id),
            ("total_quantity", str(sum(line.quantity for line in lines))),
            ("total_price", str(to_euros(sum(line.cents for line in lines)))),
        ),
        items=tuple(_item(line, urls) for line in lines),
    )


def _item(line: OrderLine, urls: ProductUrls) -> Fields:
    product = CATALOG[line.product_id]
    return (
        ("quantity", str(line.quantity)),
        ("price", str(to_euros(line.cents))),
        *product_fields(product, urls, line.unit_cents),
    )


def product_fields(product: Product, urls: ProductUrls, cents: int) -> Fields:
    return (
        ("url", urls.page(product)),
        ("product_id", product.id),
        ("name", product.name),
        ("description", product.description),
        ("image_url", urls.picture(product)),
        ("unit_price", str(to_euros(cents))),
        ("availability", "InStock"),
        ("category", product.category),
        ("brand", BRAND),
    )
