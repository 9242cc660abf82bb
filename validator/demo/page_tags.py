"""The tags that every page has: the cart, the visitor, and the product of a product page."""

from __future__ import annotations

from flask import url_for

from validator.demo import basket
from validator.demo.catalog import Product
from validator.demo.tag_builders import CartTag, Fields, ProductUrls, cart_tag, product_fields


def _product_url(product: Product) -> str:
    return url_for("product", product_id=product.id, _external=True)


def _picture_url(product: Product) -> str:
    return url_for("static", filename=f"pictures/{product.id}.svg", _external=True)


PRODUCT_URLS = ProductUrls(_product_url, _picture_url)


def cart() -> CartTag:
    """Return the tag of the cart, also of an empty one."""
    return cart_tag(basket.cart_id(), basket.lines(), PRODUCT_URLS)


def contact() -> Fields:
    """Return the fields of the visitor; the key is empty until the address is known."""
    return (("primary_key", basket.address().get("email", "")),)


def shown_product(product: Product) -> Fields:
    return product_fields(product, PRODUCT_URLS, product.cents)
