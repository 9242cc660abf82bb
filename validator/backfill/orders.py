"""Rows → orders that can be sent, and those that cannot, each with all its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from validator.backfill import values
from validator.backfill.rows import ORDER_FIELDS, PRODUCT_FIELDS, Row, Table
from validator.backfill.values import Habits, Unclear
from validator.connectif_api.model import Product, PurchaseCreation
from validator.core.document import Location

_Read: TypeAlias = Callable[[Any, Habits], Any]


def _as(read: Callable[[Any], Any]) -> _Read:
    return lambda value, _: read(value)


_ORDER: Mapping[str, _Read] = MappingProxyType(
    {
        "purchaseId": _as(values.identity),
        "purchaseDate": values.moment,
        "totalPrice": values.amount,
        "totalQuantity": values.count,
        "cartId": _as(values.identity),
        "contactEmail": _as(values.email),
        "contactExternalId": _as(values.identity),
        "paymentMethod": _as(values.text),
    }
)
_NEEDED = ("purchaseDate", "totalPrice")
_PRODUCT: Mapping[str, _Read] = MappingProxyType(
    dict.fromkeys(PRODUCT_FIELDS, _as(values.text))
    | dict.fromkeys(("productDetailUrl", "imageUrl", "thumbnailUrl"), _as(values.address))
    | dict.fromkeys(
        (
            "unitPrice",
            "price",
            "unitPriceOriginal",
            "unitPriceWithoutVAT",
            "discountedAmount",
            "discountedPercentage",
            "rating",
        ),
        values.amount,
    )
    | dict.fromkeys(("quantity", "ratingCount", "reviewCount"), values.count)
    | dict.fromkeys(("categories", "tags"), _as(values.texts))
    | {"productId": _as(values.identity), "publishedAt": values.moment}
)
_PRODUCT_NEEDS = ("productId", "name", "productDetailUrl", "unitPrice", "quantity", "price")
_NO_CART = (
    "no cartId: the API does not mark it as optional and may refuse the order (422), and a cart "
    "that is not named stays abandoned"
)


@dataclass(frozen=True, slots=True)
class Sendable:
    """An order that is whole. ``notes`` are what may yet go wrong with it."""

    purchase: PurchaseCreation
    place: Location
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSendable:
    """An order that is not sent, and why."""

    purchase_id: str
    place: Location
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Orders:
    """All of a file, in its order."""

    sendable: tuple[Sendable, ...]
    not_sendable: tuple[NotSendable, ...]


def orders_in(table: Table, habits: Habits, items: Table | None = None) -> Orders:
    """Read each order of a file once, whether it is one row or several.

    ``items`` are line items of another file; what the orders themselves say of products wins.
    """
    lines = _by_order(items) if items else {}
    groups: dict[str, list[Row]] = {}
    nameless = []
    for row in table.rows:
        name = str(row.values.get("purchaseId", "")).strip()
        if name:
            groups.setdefault(name, []).append(row)
        else:
            nameless.append(NotSendable("", row.place, ("it has no purchaseId",)))
    gather = _flat if table.is_flat else _nested
    read = [
        _order(name, rows, gather(rows) or _flat(lines.get(name, [])), habits)
        for name, rows in groups.items()
    ]
    return Orders(
        tuple(each for each in read if isinstance(each, Sendable)),
        (*nameless, *(each for each in read if isinstance(each, NotSendable))),
    )


def _by_order(items: Table) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in items.rows:
        groups.setdefault(str(row.values.get("purchaseId", "")).strip(), []).append(row)
    return groups


_Items: TypeAlias = tuple[tuple[Location, Mapping[str, Any]], ...]


def _flat(rows: list[Row]) -> _Items | str:
    """Return the line items: rows of a CSV that say something of a product."""
    own = (
        (row.place, {n: row.values[n] for n in PRODUCT_FIELDS if n in row.values}) for row in rows
    )
    return tuple((place, item) for place, item in own if item)


def _nested(rows: list[Row]) -> _Items | str:
    if any(row.values != rows[0].values for row in rows[1:]):
        return f"it is there {len(rows)} times, and not each time the same"
    products = rows[0].values.get("products", [])
    if not isinstance(products, list) or not all(isinstance(each, dict) for each in products):
        return "products is no list of objects"
    return tuple((rows[0].place, each) for each in products)


def _order(
    name: str, rows: list[Row], items: _Items | str, habits: Habits
) -> Sendable | NotSendable:
    reasons: list[str] = []
    said = _agreed(rows, reasons)
    order = _values(said, _ORDER, habits, reasons, "")
    products: list[Product] = []
    if isinstance(items, str):
        reasons.append(items)
    else:
        products = list(_products(items, habits, reasons))
        if not items:
            reasons.append(
                "it has no products: a row an item, a list in JSON Lines, or --items FILE"
            )
    reasons += [f"it has no {field}" for field in _NEEDED if field not in said]
    if "contactEmail" not in said and "contactExternalId" not in said:
        reasons.append("it has no contactEmail and no contactExternalId")
    if reasons:
        return NotSendable(name, rows[0].place, tuple(dict.fromkeys(reasons)))
    return _sendable(order, tuple(products), rows[0].place)


def _sendable(order: dict[str, Any], products: tuple[Product, ...], place: Location) -> Sendable:
    notes = [] if "cartId" in order else [_NO_CART]
    units = sum(product.quantity for product in products)
    if "totalQuantity" not in order:
        notes.append(f"no totalQuantity: its products make {units}")
    elif order["totalQuantity"] != units:
        notes.append(f"totalQuantity is {order['totalQuantity']}, its products make {units}")
    purchase = PurchaseCreation(
        purchase_id=order["purchaseId"],
        purchase_date=order["purchaseDate"],
        total_price=order["totalPrice"],
        total_quantity=order.get("totalQuantity", units),
        products=products,
        cart_id=order.get("cartId"),
        contact_email=order.get("contactEmail"),
        contact_external_id=order.get("contactExternalId"),
        payment_method=order.get("paymentMethod"),
    )
    return Sendable(purchase, place, tuple(notes))


def _agreed(rows: list[Row], reasons: list[str]) -> dict[str, Any]:
    """Return what the rows of an order say of it as a whole."""
    said: dict[str, Any] = {}
    for row in rows:
        for name in ORDER_FIELDS:
            if name in row.values and said.setdefault(name, row.values[name]) != row.values[name]:
                reasons.append(f"its rows do not agree on {name} ({row.place})")
    return said


def _products(items: _Items, habits: Habits, reasons: list[str]) -> Iterator[Product]:
    for number, (_, item) in enumerate(items, start=1):
        at = f"product {number}: "
        missing = [name for name in _PRODUCT_NEEDS if item.get(name) in (None, "")]
        reasons += [f"{at}it has no {name}" for name in missing]
        given = {name: value for name, value in item.items() if value not in (None, "", [])}
        before = len(reasons)
        read = _values(given, _PRODUCT, habits, reasons, at)
        if not missing and len(reasons) == before:
            more = {name: value for name, value in read.items() if name not in _PRODUCT_NEEDS}
            yield Product(
                read["productId"],
                read["name"],
                read["productDetailUrl"],
                unit_price=read["unitPrice"],
                quantity=read["quantity"],
                price=read["price"],
                more=MappingProxyType(more),
            )


def _values(
    given: Mapping[str, Any],
    fields: Mapping[str, _Read],
    habits: Habits,
    reasons: list[str],
    at: str,
) -> dict[str, Any]:
    read = {}
    for name, value in given.items():
        if name in fields:
            try:
                read[name] = fields[name](value, habits)
            except Unclear as error:
                reasons.append(f"{at}{name} {error}")
    return read
