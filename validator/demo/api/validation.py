"""Checks the bodies of requests for purchases, products and exports.

Sources: https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase,
https://api-docs.connectif.cloud/connectif-api/reference/exports/create-export. In
PurchaseCreation only ``paymentMethod`` is marked as optional, so all others are required here. The
required fields of a product are not documented; here they are those that the tag requires.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlsplit

FieldError: TypeAlias = dict[str, str]
_Check: TypeAlias = Callable[[Any], bool]

_LONGEST_EXPORT = timedelta(days=31)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_email(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https")


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def parse_datetime(value: Any) -> datetime | None:
    """Return an RFC 3339 date-time, which has a zone, or None for any other text."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _is_moment(value: Any) -> bool:
    return parse_datetime(value) is not None


_TEXT = ("must be a string", _is_text)
_NUMBER = ("must be a number", _is_number)
_WHOLE = ("must be an integer", _is_whole)
_URI = ("must be a uri", _is_address)
_LIST = ("must be an array", _is_list)
_Fields: TypeAlias = Mapping[str, tuple[str, _Check]]

_PURCHASE: _Fields = MappingProxyType(
    {
        "cartId": _TEXT,
        "contactEmail": ("must be an email", _is_email),
        "contactExternalId": _TEXT,
        "paymentMethod": _TEXT,
        "purchaseDate": ("must be a date-time", _is_moment),
        "purchaseId": _TEXT,
        "totalPrice": _NUMBER,
        "totalQuantity": _WHOLE,
        "products": _LIST,
    }
)
_PURCHASE_NEEDS = (
    "cartId",
    "purchaseDate",
    "purchaseId",
    "totalPrice",
    "totalQuantity",
    "products",
)
_PRODUCT: _Fields = MappingProxyType(
    {
        "productId": _TEXT,
        "name": _TEXT,
        "productDetailUrl": _URI,
        "imageUrl": _URI,
        "thumbnailUrl": _URI,
        "unitPrice": _NUMBER,
        "unitPriceOriginal": _NUMBER,
        "unitPriceWithoutVAT": _NUMBER,
        "discountedAmount": _NUMBER,
        "discountedPercentage": _NUMBER,
        "price": _NUMBER,
        "quantity": _WHOLE,
        "brand": _TEXT,
        "description": ("must be a string", lambda value: isinstance(value, str)),
        "categories": _LIST,
        "tags": _LIST,
        "rating": _NUMBER,
        "ratingCount": _WHOLE,
        "reviewCount": _WHOLE,
        "publishedAt": ("must be a date-time", _is_moment),
        "customField1": _TEXT,
        "customField2": _TEXT,
        "customField3": _TEXT,
    }
)
_CATALOGUE_NEEDS = ("name", "productDetailUrl", "unitPrice")
_PRODUCT_NEEDS = ("productId", *_CATALOGUE_NEEDS, "price", "quantity")


def validate_purchase(body: Any) -> list[FieldError]:
    """Return the errors in a PurchaseCreation."""
    faults = list(_validate_object(body, _PURCHASE, _PURCHASE_NEEDS, ""))
    if not isinstance(body, dict):
        return faults
    if "contactEmail" not in body and "contactExternalId" not in body:
        faults.append({"path": "contactEmail", "reason": "is required"})
    products = body.get("products")
    for index, product in enumerate(products if isinstance(products, list) else ()):
        faults += _validate_object(product, _PRODUCT, _PRODUCT_NEEDS, f"products[{index}].")
    return faults


def validate_product(body: Any, *, is_new: bool) -> list[FieldError]:
    """Return the errors in the PATCH of a product."""
    return list(_validate_object(body, _PRODUCT, _CATALOGUE_NEEDS if is_new else (), ""))


def validate_export(body: Any) -> list[FieldError]:
    """Return the errors in the creation of an export."""
    choices: _Fields = {
        "exportType": _one_of("contacts", "activities"),
        "delimiter": _one_of(",", ";"),
        "dateFormat": _one_of("ISO", "L", "LL", "LLL"),
        "filters": ("must be an object", lambda value: isinstance(value, dict)),
        "version": _one_of("v1", "v2", "v3", "v4", "v5"),
    }
    faults = list(_validate_object(body, choices, ("exportType",), ""))
    if not faults and body["exportType"] == "activities":
        faults += _validate_period(body.get("filters", {}))
    return faults


def _validate_period(filters: Mapping[str, Any]) -> Iterator[FieldError]:
    days = [_parse_day(filters.get(name)) for name in ("fromDate", "toDate")]
    for name, day in zip(("fromDate", "toDate"), days, strict=True):
        if day is None:
            yield {"path": f"filters.{name}", "reason": "must be a date"}
    first, last = days
    if first and last and not timedelta(0) <= last - first <= _LONGEST_EXPORT:
        yield {"path": "filters.toDate", "reason": "must be at most 31 days after fromDate"}


def _parse_day(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None


def _one_of(*names: str) -> tuple[str, _Check]:
    return f"must be one of {', '.join(names)}", lambda value: value in names


def _validate_object(
    body: Any, fields: _Fields, needed: tuple[str, ...], at: str
) -> Iterator[FieldError]:
    if not isinstance(body, dict):
        yield {"path": at.rstrip("."), "reason": "must be an object"}
        return
    for name in needed:
        if name not in body:
            yield {"path": at + name, "reason": "is required"}
    for name, value in body.items():
        if name not in fields:
            yield {"path": at + name, "reason": "is not allowed"}
        elif not fields[name][1](value):
            yield {"path": at + name, "reason": fields[name][0]}
