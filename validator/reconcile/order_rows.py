"""Rows of one id as one order: its line items, or the history of its status."""

from __future__ import annotations

import re

from validator.core.errors import InputError
from validator.reconcile.column_parsers import trimmed_sql
from validator.reconcile.duckdb_engine import Engine, quote_literal
from validator.reconcile.model import ReconcileOptions
from validator.reconcile.source_loader import LoadedSource
from validator.tables.columns import (
    find_customer_columns,
    find_line_columns,
    find_order_number_columns,
    find_store_columns,
    normalize_name,
)

_ORDER_QUANTITY = re.compile(r"^total|^num|^(items?|products?)count$|^quantitytotal$")
"""Normalized names of columns that count the units of an order and not of a line."""


def merge_order_rows(
    engine: Engine, orders: LoadedSource, request: ReconcileOptions, notes: list[str]
) -> None:
    """Keep the first row of each order in ``orders``, and all others in ``further_rows``.

    An order is paid that ever was. Raises InputError where rows of one id look like different
    orders.
    """
    engine.run(f"CREATE TABLE doubled AS {duplicate_ids_sql('orders')}")
    refunds = "total < 0 AND id IN (SELECT id FROM orders WHERE total >= 0)"
    count = engine.row(f"SELECT count(*) FROM orders WHERE id IN (FROM doubled) AND {refunds}")[0]
    if count:
        engine.run(f"DELETE FROM orders WHERE id IN (FROM doubled) AND {refunds}")
        notes.append(f"{count:,} rows with a negative total are refunds of an order above them")
    is_paid = (
        " OR ".join(f"lower(status) = {quote_literal(each.lower())}" for each in request.paid)
        or "false"
    )
    engine.run(
        "CREATE TABLE repeated AS SELECT id, min(row) AS first, count(*) AS rows, "
        "count(DISTINCT total) > 1 AS totals_differ, count(DISTINCT quantity) > 1 "
        "AS quantities_differ, count(DISTINCT lower(status)) > 1 AS statuses_differ, "
        "count(DISTINCT date) > 1 AS dates_differ, "
        "count(DISTINCT lower(contact_email)) > 1 AS emails_differ, "
        "count(DISTINCT store) > 1 AS stores_differ, "
        f"max(status) FILTER ({is_paid}) AS paid, max(status) AS status, max(total) AS total, "
        "max(quantity) AS quantity, sum(quantity) AS units, max(date) AS date, "
        "max(contact_email) AS contact_email FROM orders WHERE id IN (FROM doubled) GROUP BY id"
    )
    engine.run(
        "CREATE TABLE further_rows AS SELECT o.row, o.id FROM orders o JOIN repeated r USING (id) "
        "WHERE o.row > r.first"
    )
    many, totals, statuses = engine.row(
        "SELECT count(*), count(*) FILTER (totals_differ), count(*) FILTER (statuses_differ) "
        "FROM repeated"
    )
    if not many:
        return
    has_lines = bool(find_line_columns(orders.table.columns))
    if request.repeated_ids != "lines":
        _reject_different_orders(engine, orders, has_lines=has_lines)
    quantity, quantity_note = _merge_quantities(engine, orders, has_lines=has_lines)
    engine.run("DELETE FROM orders USING further_rows f WHERE orders.row = f.row")
    total = "NULL" if totals else "r.total"
    engine.run(
        f"UPDATE orders SET total = {total}, quantity = {quantity}, "
        "status = coalesce(r.paid, orders.status, r.status), "
        "date = coalesce(orders.date, r.date), "
        "contact_email = coalesce(orders.contact_email, r.contact_email) "
        "FROM repeated r WHERE orders.id = r.id"
    )
    notes.append(f"{many:,} orders have several rows: each counts once")
    if totals:
        notes.append(
            f"of {totals:,} orders the rows differ in the total, so that it is one of the lines: "
            "totals of orders with several rows are not compared"
        )
    if quantity_note:
        notes.append(quantity_note)
    if statuses:
        notes.append(
            f"of {statuses:,} orders the rows differ in the status: one is paid where a row says so"
        )


def _reject_different_orders(engine: Engine, orders: LoadedSource, *, has_lines: bool) -> None:
    """Ask about the first id of which the rows differ as different orders do."""
    _reject_different_details(engine, orders)
    totals = "false" if has_lines else "totals_differ"
    found = engine.rows(
        f"SELECT id, first, dates_differ, emails_differ, stores_differ, {totals} FROM repeated "
        f"WHERE dates_differ OR emails_differ OR stores_differ OR {totals} ORDER BY first LIMIT 1"
    )
    for identity, first, *differences in found:
        names = ("the date", "the e-mail address", "the store", "the total")
        what = ", ".join(name for name, differs in zip(names, differences, strict=True) if differs)
        count = engine.row(
            f"SELECT count(*) FROM repeated WHERE dates_differ OR emails_differ OR stores_differ "
            f"OR {totals}"
        )[0]
        whose = "" if count == 1 else f", as those of {count - 1:,} other ids do"
        raise _repeated_error(orders, identity, first, what, whose)


def _repeated_error(
    orders: LoadedSource, identity: str, first: int, what: str, whose: str
) -> InputError:
    return InputError.single(
        "ids-repeated",
        f'several rows have the id "{identity}" and differ in {what}{whose}: are they '
        "different orders?",
        orders.table.place(first),
        hint="if each row is a line or a state of one order, say --repeated-ids lines; if "
        "stores number their orders alike, compare them one by one with --orders-only "
        "COLUMN=VALUE; if another column tells orders apart, name it with --orders-column "
        "order_id=COLUMN",
    )


def _reject_different_details(engine: Engine, orders: LoadedSource) -> None:
    """Ask about rows of one id that differ in a customer, a store or another column of an order."""
    fields = ("cart_id", "currency", "country", "language")
    known = [orders.columns[field] for field in fields if field in orders.columns]
    others = [
        *find_store_columns(orders.table.columns),
        *find_customer_columns(orders.table.columns),
        *find_order_number_columns(orders.table.columns),
    ]
    compared = [
        column
        for column in dict.fromkeys([*known, *others])
        if column != orders.columns["order_id"] and column not in find_line_columns([column])
    ]
    if not compared:
        return
    differs = [f"count(DISTINCT lower({trimmed_sql(column)})) > 1" for column in compared]
    rows = engine.rows(
        f"SELECT this_id, min(this_row), {', '.join(differs)} FROM (SELECT id AS this_id, "
        "row AS this_row FROM orders WHERE id IN (FROM doubled)) o JOIN orders_source s "
        f"ON s.rowid = o.this_row GROUP BY this_id HAVING {' OR '.join(differs)} "
        "ORDER BY 2 LIMIT 1"
    )
    for identity, first, *found in rows:
        names = [
            f'column "{each}"' for each, is_other in zip(compared, found, strict=True) if is_other
        ]
        raise _repeated_error(orders, identity, first, ", ".join(names), "")


def _merge_quantities(engine: Engine, orders: LoadedSource, *, has_lines: bool) -> tuple[str, str]:
    """Return SQL of an order's quantity from its rows, and what is to be said of it."""
    if "total_quantity" not in orders.columns:
        return "NULL", ""
    column = orders.columns["total_quantity"]
    if _ORDER_QUANTITY.search(normalize_name(column)):
        differing = engine.row("SELECT count(*) FROM repeated WHERE quantities_differ")[0]
        note = f"of {differing:,} orders the rows differ in the quantity: these are not compared"
        sql = "CASE WHEN quantities_differ THEN NULL ELSE r.quantity END"
        return sql, note if differing else ""
    if has_lines:
        return "r.units", f"the quantity of an order is the sum of its rows' {column}"
    return "NULL", (
        f"{column} may be the quantity of a line or of the order: that of orders with several "
        "rows is not compared"
    )


def duplicate_ids_sql(table: str) -> str:
    """Return SQL of the ids that are there more than once."""
    return f"SELECT id FROM {table} GROUP BY id HAVING count(*) > 1"
