"""The missing orders as files: CSV for spreadsheets, JSON Lines for programs.

An order of several rows, such as line items, has them all, one after the other. A date of which the
zone is not known is written without one.

Both begin with the fields of a purchase as the Connectif API names them, and go on with the further
columns of the source, under their own names.

In CSV a cell that a spreadsheet would take for a formula gets an apostrophe before it: one that
begins, after blanks or not, with ``= + - @`` or their full-width forms, or with a tab or a line
break. Plain numbers such as ``-5.00`` stay. All cells are quoted, and quotes in them doubled.
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

from pathlib import Path

from validator.reconcile.duckdb_engine import Engine, quote_identifier, quote_literal
from validator.reconcile.source_loader import LoadedSource
from validator.tables.columns import find_line_columns

FORMULA_PATTERN = r"^[\t\r\n]|^\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_NUMBER_PATTERN = r"[+-]?[0-9]+([.,][0-9]+)*"

# Names of PurchaseCreation: https://api-docs.connectif.cloud/connectif-api/resources/purchase
PURCHASE_COLUMNS_SQL = {
    "purchaseId": "j.id",
    "purchaseDate": "strftime(j.date, '%Y-%m-%dT%H:%M:%S') || "
    "CASE WHEN j.is_local THEN '' ELSE 'Z' END",
    "totalPrice": "j.total",
    "totalQuantity": "j.quantity",
    "cartId": "j.cart_id",
    "contactEmail": "j.contact_email",
    "paymentMethod": "j.payment_method",
}
_NUMERIC_TYPES = {"totalPrice": "DOUBLE", "totalQuantity": "BIGINT"}


def write_csv(engine: Engine, orders: LoadedSource, path: Path) -> None:
    """Write all missing orders, in the order of the source. UTF-8 with commas."""
    cells = _columns_sql(orders) | {
        # Three decimals would look like thousands; a fourth tells that they are none.
        key: f"regexp_replace(rtrim(rtrim({PURCHASE_COLUMNS_SQL[key]}::VARCHAR, '0'), '.'), "
        "'([.][0-9]{3})$', '\\10')"
        for key in _NUMERIC_TYPES
    }
    safe = {_escape_formula(key): escape_formula_sql(sql) for key, sql in cells.items()}
    engine.run(
        f"COPY ({_select_missing_sql(safe)}) TO {quote_literal(str(path))} "
        "(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', FORCE_QUOTE *)"
    )


def write_json_lines(engine: Engine, orders: LoadedSource, path: Path) -> None:
    """Write all missing orders, one object a line; amounts are numbers, what is unknown is null."""
    cells = _columns_sql(orders) | {
        key: f"{PURCHASE_COLUMNS_SQL[key]}::{kind}" for key, kind in _NUMERIC_TYPES.items()
    }
    engine.run(f"COPY ({_select_missing_sql(cells)}) TO {quote_literal(str(path))} (FORMAT json)")


def escape_formula_sql(sql: str) -> str:
    """SQL of a text that no spreadsheet takes for a formula."""
    text = f"coalesce(({sql})::VARCHAR, '')"
    return (
        f"CASE WHEN regexp_matches({text}, {quote_literal(FORMULA_PATTERN)}) "
        f"AND NOT regexp_full_match({text}, {quote_literal(_NUMBER_PATTERN)}) THEN '''' || "
        f"{text} ELSE {text} END"
    )


def _escape_formula(header: str) -> str:
    return f"'{header}" if header.lstrip()[:1] in "=+-@\uff1d\uff0b\uff0d\uff20" else header


def _columns_sql(orders: LoadedSource) -> dict[str, str]:
    cells = dict(PURCHASE_COLUMNS_SQL)
    taken = {key.lower() for key in cells}
    exported = _EXPORTED_FIELDS
    if find_line_columns(orders.table.columns):
        # The quantity may be that of the line, which backfill needs.
        exported -= {"total_quantity"}
    used = set(orders.columns.values()) - {
        orders.columns[field] for field in orders.columns if field not in exported
    }
    for column in orders.table.columns:
        if column in used:
            continue
        key = column if column.lower() not in taken else f"{column} (source)"
        cells[key] = f"s.{quote_identifier(column)}"
    return cells


_EXPORTED_FIELDS = frozenset(
    {
        "order_id",
        "purchase_date",
        "total_price",
        "total_quantity",
        "cart_id",
        "contact_email",
        "payment_method",
    }
)
"""Fields that have a key of their own; the columns of others are among the further ones."""


def _select_missing_sql(cells: dict[str, str]) -> str:
    columns = ", ".join(f"{sql} AS {quote_identifier(key)}" for key, sql in cells.items())
    return (
        f"SELECT {columns} FROM (SELECT *, row AS line FROM judged WHERE is_missing UNION ALL "
        "SELECT o.*, f.row FROM judged o JOIN further_rows f USING (id) WHERE o.is_missing) j "
        "JOIN orders_source s ON s.rowid = j.line ORDER BY j.row, j.line"
    )
