"""Rows → orders that can be sent, and those that cannot, each with all its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import quote

from validator.backfill import value_parsers
from validator.backfill.order_files import ORDER_FIELDS, PRODUCT_FIELDS, OrderRow, OrderTable
from validator.backfill.value_parsers import AmbiguousValue, ParseOptions
from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct
from validator.core.document import Location

_Parser: TypeAlias = Callable[[Any, ParseOptions], Any]


def _ignoring_options(read: Callable[[Any], Any]) -> _Parser:
    return lambda value, _: read(value)


_ORDER_PARSERS: Mapping[str, _Parser] = MappingProxyType(
    {
        "purchaseId": _ignoring_options(value_parsers.parse_id),
        "purchaseDate": value_parsers.parse_timestamp,
        "totalPrice": value_parsers.parse_amount,
        "totalQuantity": value_parsers.parse_count,
        "cartId": _ignoring_options(value_parsers.parse_id),
        "contactEmail": _ignoring_options(value_parsers.parse_email),
        "contactExternalId": _ignoring_options(value_parsers.parse_id),
        "paymentMethod": _ignoring_options(value_parsers.parse_text),
    }
)
_REQUIRED_ORDER_FIELDS = ("purchaseDate", "totalPrice")
_PRODUCT_PARSERS: Mapping[str, _Parser] = MappingProxyType(
    dict.fromkeys(PRODUCT_FIELDS, _ignoring_options(value_parsers.parse_text))
    | dict.fromkeys(
        ("productDetailUrl", "imageUrl", "thumbnailUrl"), _ignoring_options(value_parsers.parse_url)
    )
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
        value_parsers.parse_amount,
    )
    | dict.fromkeys(("quantity", "ratingCount", "reviewCount"), value_parsers.parse_count)
    | dict.fromkeys(("categories", "tags"), _ignoring_options(value_parsers.parse_text_list))
    | {
        "productId": _ignoring_options(value_parsers.parse_id),
        "publishedAt": value_parsers.parse_timestamp,
    }
)
_REQUIRED_PRODUCT_FIELDS = (
    "productId",
    "name",
    "productDetailUrl",
    "unitPrice",
    "quantity",
    "price",
)
_NO_CART_NOTE = (
    "no cartId: the API does not mark it as optional and may refuse the order (422), and a cart "
    "that is not named stays abandoned"
)


@dataclass(frozen=True, slots=True)
class SendableOrder:
    """An order that is whole. ``notes`` are what may yet go wrong with it."""

    purchase: PurchaseCreation
    place: Location
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnsendableOrder:
    """An order that is not sent, and why."""

    purchase_id: str
    place: Location
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedOrders:
    """All of a file, in its order."""

    sendable: tuple[SendableOrder, ...]
    not_sendable: tuple[UnsendableOrder, ...]


def parse_orders(
    table: OrderTable, habits: ParseOptions, items: OrderTable | None = None
) -> ParsedOrders:
    """Read each order of a file once, whether it is one row or several.

    ``items`` are line items of another file, which win over those that the orders name.
    """
    lines = _group_by_order(items) if items else {}
    groups: dict[str, list[OrderRow]] = {}
    nameless = []
    for row in table.rows:
        name = str(row.values.get("purchaseId", "")).strip()
        if name:
            groups.setdefault(name, []).append(row)
        else:
            nameless.append(UnsendableOrder("", row.place, ("it has no purchaseId",)))
    gather = _flat_line_items if table.is_flat else _nested_line_items
    read = [
        _parse_order(name, rows, _flat_line_items(lines.get(name, [])) or gather(rows), habits)
        for name, rows in groups.items()
    ]
    return ParsedOrders(
        tuple(each for each in read if isinstance(each, SendableOrder)),
        (*nameless, *(each for each in read if isinstance(each, UnsendableOrder))),
    )


def _group_by_order(items: OrderTable) -> dict[str, list[OrderRow]]:
    groups: dict[str, list[OrderRow]] = {}
    for row in items.rows:
        groups.setdefault(str(row.values.get("purchaseId", "")).strip(), []).append(row)
    return groups


_LineItems: TypeAlias = tuple[tuple[Location, Mapping[str, Any]], ...]


def _flat_line_items(rows: list[OrderRow]) -> _LineItems | str:
    """Return the line items: rows of a CSV that say something of a product."""
    own = (
        (row.place, {n: row.values[n] for n in PRODUCT_FIELDS if n in row.values}) for row in rows
    )
    return tuple((place, item) for place, item in own if item)


def _nested_line_items(rows: list[OrderRow]) -> _LineItems | str:
    if any(row.values != rows[0].values for row in rows[1:]):
        return f"it is there {len(rows)} times, and not each time the same"
    products = rows[0].values.get("products", [])
    if not isinstance(products, list) or not all(isinstance(each, dict) for each in products):
        return "products is no list of objects"
    return tuple((rows[0].place, each) for each in products)


def _parse_order(
    name: str, rows: list[OrderRow], items: _LineItems | str, habits: ParseOptions
) -> SendableOrder | UnsendableOrder:
    reasons: list[str] = []
    said = _merge_order_fields(rows, reasons)
    order = _parse_fields(said, _ORDER_PARSERS, habits, reasons, "")
    products: list[PurchaseProduct] = []
    if isinstance(items, str):
        reasons.append(items)
    else:
        products = list(_parse_products(items, habits, reasons))
        if not items:
            reasons.append(
                "it has no products: a row an item, a list in JSON Lines, or --items FILE"
            )
    reasons += [f"it has no {field}" for field in _REQUIRED_ORDER_FIELDS if field not in said]
    if "contactEmail" not in said and "contactExternalId" not in said:
        reasons.append("it has no contactEmail and no contactExternalId")
    if reasons:
        return UnsendableOrder(name, rows[0].place, tuple(dict.fromkeys(reasons)))
    return _build_sendable(order, tuple(products), rows[0].place)


def _build_sendable(
    order: dict[str, Any], products: tuple[PurchaseProduct, ...], place: Location
) -> SendableOrder | UnsendableOrder:
    notes = [] if "cartId" in order else [_NO_CART_NOTE]
    units = sum(product.quantity for product in products)
    if "totalQuantity" not in order:
        notes.append(f"no totalQuantity: its products make {units}")
    if reason := _find_lost_lines(order, products, units):
        return UnsendableOrder(order["purchaseId"], place, (reason,))
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
    return SendableOrder(purchase, place, tuple(notes))


def _find_lost_lines(
    order: Mapping[str, Any], products: tuple[PurchaseProduct, ...], units: int
) -> str:
    """Return why the products cannot be all of the order; "" where they can.

    Shipping, fees, taxes and discounts come between the sum of the lines and the total, so that
    they may differ, though not by more than half. The units must be equal.
    """
    if order.get("totalQuantity", units) != units:
        return f"totalQuantity is {order['totalQuantity']}, its products make {units}: lines lack"
    lines, total = sum(product.price for product in products), order["totalPrice"]
    if lines != total and not lines / 2 <= total <= lines * 2:
        return f"totalPrice is {total}, its products make {lines}: lines lack, or are not its own"
    return ""


def _merge_order_fields(rows: list[OrderRow], reasons: list[str]) -> dict[str, Any]:
    """Return what the rows of an order say of it as a whole."""
    said: dict[str, Any] = {}
    for row in rows:
        for name in ORDER_FIELDS:
            if name in row.values and said.setdefault(name, row.values[name]) != row.values[name]:
                reasons.append(f"its rows do not agree on {name} ({row.place})")
    return said


def _parse_products(
    items: _LineItems, habits: ParseOptions, reasons: list[str]
) -> Iterator[PurchaseProduct]:
    for number, (_, written) in enumerate(items, start=1):
        at = f"product {number}: "
        item = _complete_item(written, habits)
        missing = [name for name in _REQUIRED_PRODUCT_FIELDS if item.get(name) in (None, "")]
        reasons += [f"{at}it has no {name}" for name in missing]
        given = {name: value for name, value in item.items() if value not in (None, "", [])}
        before = len(reasons)
        read = _parse_fields(given, _PRODUCT_PARSERS, habits, reasons, at)
        if not missing and len(reasons) == before:
            more = {
                name: value for name, value in read.items() if name not in _REQUIRED_PRODUCT_FIELDS
            }
            yield PurchaseProduct(
                read["productId"],
                read["name"],
                read["productDetailUrl"],
                unit_price=read["unitPrice"],
                quantity=read["quantity"],
                price=read["price"],
                more=MappingProxyType(more),
            )


def _complete_item(item: Mapping[str, Any], habits: ParseOptions) -> Mapping[str, Any]:
    """Add what follows from the rest: a line's price or unit price, and the product's address."""
    whole = {name: value for name, value in item.items() if value not in (None, "")}
    if habits.product_url and "productDetailUrl" not in whole and "productId" in whole:
        name = quote(str(whole["productId"]), safe="")
        whole["productDetailUrl"] = habits.product_url.replace("{productId}", name)
    try:
        units = value_parsers.parse_count(whole.get("quantity", 0), habits)
        if units and "price" not in whole and "unitPrice" in whole:
            whole["price"] = value_parsers.parse_amount(whole["unitPrice"], habits) * units
        elif units and "unitPrice" not in whole and "price" in whole:
            unit = value_parsers.parse_amount(whole["price"], habits) / units
            if unit == round(unit, 2):
                whole["unitPrice"] = unit
    except AmbiguousValue:
        pass  # the field itself is refused, with the reason
    return whole


def _parse_fields(
    given: Mapping[str, Any],
    fields: Mapping[str, _Parser],
    habits: ParseOptions,
    reasons: list[str],
    at: str,
) -> dict[str, Any]:
    read = {}
    for name, value in given.items():
        if name in fields:
            try:
                read[name] = fields[name](value, habits)
            except AmbiguousValue as error:
                reasons.append(f"{at}{name} {error}")
    return read
