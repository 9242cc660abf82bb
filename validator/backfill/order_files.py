"""A file of orders as rows of named values: CSV and TSV, JSON Lines, JSON."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.suggestion import find_similar
from validator.tables.columns import PRODUCT_COLUMN_NAMES, find_columns, normalize_name
from validator.tables.csv_files import open_delimited

ORDER_FIELDS = (
    "purchaseId",
    "purchaseDate",
    "totalPrice",
    "totalQuantity",
    "cartId",
    "contactEmail",
    "contactExternalId",
    "paymentMethod",
)
PRODUCT_FIELDS = (
    "productId",
    "name",
    "productDetailUrl",
    "unitPrice",
    "quantity",
    "price",
    "imageUrl",
    "thumbnailUrl",
    "unitPriceOriginal",
    "unitPriceWithoutVAT",
    "discountedAmount",
    "discountedPercentage",
    "brand",
    "description",
    "categories",
    "tags",
    "rating",
    "ratingCount",
    "reviewCount",
    "publishedAt",
    "customField1",
    "customField2",
    "customField3",
)
FIELDS = (*ORDER_FIELDS, *PRODUCT_FIELDS)
"""PurchaseCreation: https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase"""

NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
_ORDER_ID_COLUMN = "orderid"
"""What most files call the purchase's id."""
_FORMULA_GUARD = re.compile("'(?=\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""What ``reconcile`` puts before a cell that a spreadsheet would take for a formula."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of the file. ``values`` are by the API's names: texts, or JSON's own values."""

    place: Location
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderTable:
    """The rows, and how the file was understood. ``is_flat``: a row is a line item, as in CSV.

    ``read_from`` is API name → the file's name for it; ``ignored`` are the names that say nothing
    to the API. ``notes`` are for the user.
    """

    rows: tuple[OrderRow, ...]
    is_flat: bool
    column_by_field: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read the file. ``columns`` is API name → the file's name, as the user gave it."""

    columns: Mapping[str, str]
    encoding: str | None = None
    delimiter: str | None = None


def read_orders_and_items(
    orders: Path, items: Path, reading: ReadOptions
) -> tuple[OrderTable, OrderTable]:
    """Read a file of orders and one of their line items: a row each, with the order's id.

    The names that the user gave for columns are each of the file that has them. Raises InputError
    likewise, and for a name that neither has.
    """
    plain = ReadOptions({}, reading.encoding, reading.delimiter)
    tables = tuple(read_table(path, plain, reading.columns) for path in (orders, items))
    for field, name in reading.columns.items():
        if not any(table.column_by_field.get(field) == name for table in tables):
            raise _unreadable_error(
                f'neither file has a column "{name}"', Location(str(orders)), ""
            )
    if not tables[1].is_flat:
        hint = "write orders with their products in one file instead"
        raise _unreadable_error("line items are a row each", Location(str(items)), hint)
    return tables[0], tables[1]


def read_table(
    path: Path, reading: ReadOptions, wishes: Mapping[str, str] = NO_COLUMNS
) -> OrderTable:
    """Read a file. Raises InputError where it cannot be read or has no purchase ids.

    ``wishes`` are columns that it may have.
    """
    label = str(path)
    notes: tuple[str, ...] = ()
    if _is_json(path):
        text = _read_text(path, reading.encoding or "")
        rows = tuple(_parse_json_orders(text, label))
        # What reconcile writes of an order of several rows has a line of JSON for each.
        is_flat = bool(rows) and not any("products" in row.values for row in rows)
        names = tuple(dict.fromkeys(name for row in rows for name in row.values))
    else:
        known = {*reading.columns.values(), *wishes.values()}
        rows, names, notes = _read_csv(path, reading, known)
        is_flat = True
    if not rows:
        raise _unreadable_error(
            "there are no orders in it", Location(label), "check that it is the right file"
        )
    given = {field: name for field, name in wishes.items() if name in names}
    columns = _map_columns(names, {**given, **reading.columns}, Location(label, 1))
    renamed = tuple(_rename_columns(row, columns, is_flat=is_flat) for row in rows)
    used = set(columns.values()) | ({"products"} if not is_flat else set())
    ignored = tuple(name for name in names if name not in used)
    return OrderTable(renamed, is_flat, columns, ignored, notes)


def _rename_columns(row: OrderRow, columns: Mapping[str, str], *, is_flat: bool) -> OrderRow:
    values = {name: row.values[given] for name, given in columns.items() if given in row.values}
    if not is_flat and "products" in row.values:
        values["products"] = row.values["products"]
    return OrderRow(row.place, values)


def _is_json(path: Path) -> bool:
    if path.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        return True
    try:
        with path.open("rb") as file:
            return file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    except OSError as error:
        raise _unreadable_error(
            f"the file cannot be read: {error.strerror or error}", Location(str(path)), ""
        ) from error


def _read_text(path: Path, encoding: str) -> str:
    try:
        return path.read_text(encoding or "utf-8-sig")
    except (LookupError, UnicodeError) as error:
        raise _unreadable_error(
            f"it cannot be read as {encoding or 'utf-8'}: {error}",
            Location(str(path)),
            "name its encoding with --encoding, such as utf-8 or latin-1",
        ) from error


def _read_csv(
    path: Path, reading: ReadOptions, known: Collection[str]
) -> tuple[tuple[OrderRow, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the rows, the columns' names and notes."""
    with tempfile.TemporaryDirectory(prefix="cn-validator-") as folder:
        file = open_delimited(
            path,
            str(path),
            Path(folder),
            encoding=reading.encoding or "",
            delimiter=reading.delimiter or "",
            known=known,
        )
        rows = []
        for place, cells in file.rows():
            given = {
                name: text
                for name, cell in zip(file.header, cells, strict=True)
                if (text := _strip_formula_guard(cell))
            }
            if given:
                rows.append(OrderRow(place, given))
    return tuple(rows), tuple(map(_strip_formula_guard, file.header)), file.notes


def _strip_formula_guard(text: str) -> str:
    text = text.strip()
    return text[1:] if _FORMULA_GUARD.match(text) else text


def _parse_json_orders(text: str, label: str) -> Iterator[OrderRow]:
    if text.lstrip().startswith("["):
        whole = _parse_json(text, Location(label))
        yield from (
            _build_row(each, Location(f"{label}[{index}]")) for index, each in enumerate(whole)
        )
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            place = Location(label, number)
            yield _build_row(_parse_json(line, place), place)


def _parse_json(text: str, place: Location) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        at = Location(place.source, (place.line or 1) + error.lineno - 1, error.colno)
        hint = "write one order a line (JSON Lines), or one array of orders"
        raise _unreadable_error(f"this is no JSON: {error.msg}", at, hint) from error
    except RecursionError as error:
        raise _unreadable_error("this JSON is too deep", place, "") from error


def _build_row(value: Any, place: Location) -> OrderRow:
    if not isinstance(value, dict):
        raise _unreadable_error("an order must be a JSON object", place, "see docs/backfill.md")
    return OrderRow(place, {name: each for name, each in value.items() if each is not None})


def _map_columns(
    names: tuple[str, ...], given: Mapping[str, str], place: Location
) -> dict[str, str]:
    """Find the file's name for each field: as the user says, else one that is spelt alike."""
    alike = {normalize_name(field): field for field in FIELDS}
    columns = {
        alike[normalize_name(name)]: name
        for name in reversed(names)
        if normalize_name(name) in alike
    }
    for field, known in PRODUCT_COLUMN_NAMES.items():
        # Shopify's Name is the order's number: a column that surely is of a product wins.
        found = [each for each in find_columns(names, known) if each not in columns.values()]
        if found and columns.get(field) != field:
            surest = min([found[0], columns.get(field, found[0])], key=_rank(known))
            columns[field] = surest
    orders = [name for name in names if normalize_name(name) == _ORDER_ID_COLUMN]
    columns |= {"purchaseId": orders[0]} if orders and "purchaseId" not in columns else {}
    for field, name in given.items():
        if name not in names:
            near = find_similar(name, names)
            meant = f": did you mean {near}?" if near else ""
            raise _unreadable_error(
                f'there is no column "{name}"{meant}', place, f"it has {', '.join(names)}"
            )
        columns[field] = name
    if "purchaseId" not in columns:
        raise _unreadable_error(
            "no column is the order's id",
            place,
            f"say which with --column purchaseId=NAME; it has {', '.join(names)}",
        )
    return {field: columns[field] for field in FIELDS if field in columns}


def _rank(known: str) -> Callable[[str], int]:
    """Return the place of a column's name among the known ones, the surest first."""
    order = [normalize_name(name) for name in known.split()]
    return lambda column: order.index(normalize_name(column))


def _unreadable_error(message: str, place: Location, hint: str) -> InputError:
    return InputError.single("orders-unreadable", message, place, hint)
