"""The comparison itself: SQL over all orders and purchases, out of core."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.column_parsers import AMOUNT_TYPE, trimmed_sql
from validator.reconcile.coverage import (
    leave_out_uncovered_orders,
    leave_out_uncovered_purchases,
)
from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.id_matching import (
    EXACT,
    ID_SPELLINGS,
    describe_partial_matches,
    find_spelling,
    reject_lost_digits,
    respell_ids,
    restore_ids,
)
from validator.reconcile.model import DifferenceKind, OrderDifference, ReconcileOptions
from validator.reconcile.order_filter import NOT_PAID, mark_excluded_orders
from validator.reconcile.order_rows import duplicate_ids_sql, merge_order_rows
from validator.reconcile.source_files import table_from_delimited
from validator.reconcile.source_loader import LoadedSource
from validator.tables.csv_files import open_delimited

MAX_LISTED = 100_000
"""As many differences of each kind are in the outcome; all are counted, and in the exports."""


def prepare_orders(
    engine: Engine, orders: LoadedSource, request: ReconcileOptions
) -> tuple[dict[str, int], list[str]]:
    """Make the view ``counting``: each order once, by the id that Connectif knows.

    Returns how many do not count and why, and what else is to be said. Raises InputError where it
    must be asked which orders count, and where none is left.
    """
    notes: list[str] = []
    if request.id_map:
        _apply_id_map(engine, request.id_map)
    respell_ids(engine, "orders", request.match_ids)
    merge_order_rows(engine, orders, request, notes)
    left_out = mark_excluded_orders(engine, orders, request)
    if not engine.row("SELECT count(*) FROM counting WHERE left_out IS NULL")[0]:
        why = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items())
        raise InputError.single(
            "no-orders",
            f"no order is left to compare ({why or 'there is none'})",
            Location(orders.table.label),
            hint="look at --paid-status, --since, --until and --exclude-email",
        )
    return left_out, notes


def compare_orders(
    engine: Engine,
    orders: LoadedSource,
    recorded: LoadedSource,
    request: ReconcileOptions,
    *,
    left_out: dict[str, int],
    notes: list[str],
) -> int:
    """Make the tables ``judged`` (an order a row, with ``is_missing``) and ``differences``.

    Returns how many orders were compared; fresh ones are added to ``left_out``. Raises InputError
    where not one id is known, ids differ in spelling, RECORDED is too short, or all orders are
    fresh.
    """
    respell_ids(engine, "recorded", request.match_ids)
    _merge_purchase_rows(engine)
    _join_purchases(engine, request)
    is_none_there = engine.row("SELECT count(*) = 0 FROM judged WHERE NOT is_missing")[0]
    if is_none_there and not request.allow_disjoint:
        _reject_disjoint_ids(engine, orders, recorded, request)
    others = [
        column
        for column in orders.table.columns
        if column not in orders.columns.values() or column == orders.columns.get("cart_id")
    ]
    describe_partial_matches(engine, request, orders.table.label, notes, columns=others)
    leave_out_uncovered_orders(engine, request, recorded.reading.label, left_out)
    fresh = engine.row("SELECT count(*) FROM judged WHERE is_fresh")[0]
    if fresh:
        left_out["fresh, and not yet recorded"] = fresh
        engine.run("DELETE FROM judged WHERE is_fresh")
    counted: int = engine.row("SELECT count(*) FROM judged")[0]
    if not counted:
        raise InputError.single(
            "no-orders",
            f"all {fresh:,} orders are fresh: nothing is left to compare",
            Location(orders.table.label),
            hint="wait, or say a shorter --grace",
        )
    _create_differences(engine, request)
    if uncovered := leave_out_uncovered_purchases(engine, request):
        notes.append(uncovered)
    restore_ids(engine, request.match_ids)
    return counted


def _apply_id_map(engine: Engine, path: str) -> None:
    """Put the id that Connectif knows in the place of the shop's own."""
    if not Path(path).is_file():
        raise InputError.single("file-unreadable", "there is no such file", Location(path))
    file = open_delimited(Path(path), path, engine.folder)
    if len(file.header) != 2:
        raise InputError.single(
            "id-map-invalid",
            f"two columns are expected, and there are {len(file.header)}",
            Location(path, 1),
            hint="a header, then the order's id and the recorded id on each line",
        )
    ours, theirs = (trimmed_sql(column) for column in file.header)
    engine.run(
        f"CREATE TABLE renamed AS SELECT {ours} AS ours, min({theirs}) AS theirs, "
        f"count(DISTINCT {theirs}) AS many FROM {table_from_delimited(file).relation} GROUP BY ALL"
    )
    for double in engine.rows("SELECT ours FROM renamed WHERE many > 1 LIMIT 1"):
        raise InputError.single(
            "id-map-invalid", f'the order "{double[0]}" has several recorded ids', Location(path)
        )
    engine.run("UPDATE orders SET id = theirs FROM renamed WHERE id = ours AND theirs IS NOT NULL")


def _merge_purchase_rows(engine: Engine) -> None:
    """Make ``purchases``: each id once, with the least and the most that was recorded of it."""
    engine.run(f"CREATE TABLE recorded_twice AS {duplicate_ids_sql('recorded')}")
    once = (
        "SELECT id, 1 AS times, total, total AS total_most, quantity, quantity AS quantity_most, "
        "date, date AS date_last FROM recorded"
    )
    twice = (
        "SELECT id, count(*), min(total), max(total), min(quantity), max(quantity), min(date), "
        "max(date) FROM recorded WHERE id IN (FROM recorded_twice) GROUP BY id"
    )
    has_any = engine.row("SELECT count(*) > 0 FROM recorded_twice")[0]
    union = f"{once} ANTI JOIN recorded_twice USING (id) UNION ALL {twice}"
    engine.run(f"CREATE VIEW purchases AS {union if has_any else once}")


def _reject_disjoint_ids(
    engine: Engine, orders: LoadedSource, recorded: LoadedSource, request: ReconcileOptions
) -> None:
    """Ask whether the ids are the same, where not one of them is."""
    known = engine.row("SELECT count(*) FROM purchases")[0]
    common = engine.row("SELECT count(*) FROM orders WHERE id IN (SELECT id FROM purchases)")[0]
    if common or not known:
        return
    examples = [
        ", ".join(f'"{row[0]}"' for row in engine.rows(f"SELECT id FROM {table} LIMIT 3"))
        for table in ("orders", "purchases")
    ]
    columns = [
        column
        for column in orders.table.columns
        if column != orders.columns["order_id"]
        and engine.row(
            f"SELECT count(*) FROM orders_source WHERE {trimmed_sql(column)} "
            "IN (SELECT id FROM purchases)"
        )[0]
    ]
    engine.run(
        "CREATE OR REPLACE TABLE unmatched AS SELECT id, true AS is_order, total, date "
        "FROM orders UNION ALL SELECT id, false, total, date FROM purchases"
    )
    reject_lost_digits(engine, f"{orders.table.label} and {recorded.reading.label}")
    spelled = find_spelling(engine, "unmatched")
    if spelled is not None and not columns and EXACT not in request.match_ids:
        names, pairs, example = spelled
        what = " and ".join(ID_SPELLINGS[name][0] for name in names)
        raise InputError.single(
            "ids-differ-in-spelling",
            f"no order has the id of a recorded purchase, but {pairs:,} would have the same id "
            f"but for {what}: {example}",
            Location(f"{orders.table.label} and {recorded.reading.label}"),
            hint="if these are the same orders, say "
            + " ".join(f"--match-ids {name}" for name in names),
        )
    hint = (
        f"column {columns[0]} of the orders has such ids: --orders-column order_id={columns[0]}"
        if columns
        else "name the column that Connectif is sent (--orders-column order_id=COLUMN), or give "
        "--id-map; if really none was recorded, say --allow-disjoint"
    )
    raise InputError.single(
        "ids-disjoint",
        f"no order has the id of a recorded purchase: orders are {examples[0]}, purchases "
        f"{examples[1]}. Are these the same ids?",
        Location(f"{orders.table.label} and {recorded.reading.label}"),
        hint=hint,
    )


def _join_purchases(engine: Engine, request: ReconcileOptions) -> None:
    now = request.as_of or datetime.now(UTC).replace(tzinfo=None)
    fresh = "o.date > ?::TIMESTAMP - ?::INTERVAL" if request.grace else "false"
    values = (now, request.grace) if request.grace else ()
    engine.run(
        "CREATE TABLE judged AS SELECT o.* EXCLUDE (left_out), r.id IS NULL AS is_missing, "
        f"r.id IS NULL AND coalesce({fresh}, false) AS is_fresh, r.times, r.total AS r_total, "
        "r.total_most, r.quantity AS r_quantity, r.quantity_most, r.date AS r_date, r.date_last "
        "FROM counting o LEFT JOIN purchases r USING (id) WHERE o.left_out IS NULL",
        *values,
    )


def _create_differences(engine: Engine, request: ReconcileOptions) -> None:
    """Make one row a difference: kind, id, date, in_shop, recorded, row."""
    apart = f"abs({{0}} - {{1}}) > ?::{AMOUNT_TYPE}"
    late = "abs(epoch(date) - epoch(r_date)) > ?"
    selects = [
        _difference_sql(
            DifferenceKind.MISSING, _amount_text_sql("total"), "NULL", "judged WHERE is_missing"
        )
    ]
    selects.append(
        _difference_sql(DifferenceKind.TWICE, "'1'", "times::VARCHAR", "judged WHERE times > 1")
    )
    for kind, field in ((DifferenceKind.TOTAL, "total"), (DifferenceKind.QUANTITY, "quantity")):
        least, most = f"r_{field}", f"{field}_most"
        is_least = f"abs({field} - {least}) >= abs({field} - {most})"
        farthest = f"CASE WHEN {is_least} THEN {least} ELSE {most} END"
        where = f"{apart.format(field, least)} OR {apart.format(field, most)}"
        selects.append(
            _difference_sql(
                kind, _amount_text_sql(field), _amount_text_sql(farthest), f"judged WHERE {where}"
            )
        )
    selects.append(
        _difference_sql(
            DifferenceKind.DATE,
            _timestamp_text_sql("date", "is_local"),
            _timestamp_text_sql("r_date"),
            f"judged WHERE {late}",
        )
    )
    unpaid = f"counting o JOIN purchases r USING (id) WHERE o.left_out = '{NOT_PAID}'"
    selects.append(
        f"SELECT '{DifferenceKind.UNPAID}' AS kind, id, o.date AS date, o.is_local, "
        f"o.status AS in_shop, "
        f"{_amount_text_sql('r.total')} AS recorded, row FROM {unpaid}"
    )
    selects.append(
        f"SELECT '{DifferenceKind.EXTRA}' AS kind, id, date, false, NULL AS in_shop, "
        f"{_amount_text_sql('total')} "
        "AS recorded, NULL AS row FROM purchases ANTI JOIN orders USING (id)"
    )
    engine.run(
        f"CREATE TABLE differences AS {' UNION ALL '.join(selects)}",
        *[request.tolerance] * 4,
        request.date_tolerance.total_seconds(),
    )


def _difference_sql(kind: DifferenceKind, in_shop: str, recorded: str, source: str) -> str:
    return (
        f"SELECT '{kind}' AS kind, id, date, is_local, {in_shop} AS in_shop, "
        f"{recorded}::VARCHAR AS recorded, row FROM {source}"
    )


def _amount_text_sql(sql: str) -> str:
    """SQL of an amount as text: without decimals, or with two at least."""
    text = f"rtrim(({sql})::VARCHAR, '0')"
    return (
        f"CASE WHEN ({sql}) = trunc({sql}) THEN ({sql})::BIGINT::VARCHAR "
        f"WHEN {text}[-2] = '.' THEN {text} || '0' ELSE {text} END"
    )


def _timestamp_text_sql(sql: str, is_local: str = "false") -> str:
    """Return SQL of a time as text; one of which the zone is not known has no ``Z``."""
    return f"strftime({sql}, '%Y-%m-%dT%H:%M:%S') || CASE WHEN {is_local} THEN '' ELSE 'Z' END"


def count_differences(engine: Engine) -> dict[DifferenceKind, int]:
    """Return how many differences there are of each kind."""
    return {
        DifferenceKind(kind): count
        for kind, count in engine.rows("SELECT kind, count(*) FROM differences GROUP BY kind")
    }


def list_differences(engine: Engine, kind: DifferenceKind) -> tuple[OrderDifference, ...]:
    """Return the first differences of a kind, in the order of the shop's file."""
    rows = engine.rows(
        f"SELECT id, {_timestamp_text_sql('date', 'is_local')}, in_shop, recorded FROM differences "
        f"WHERE kind = ? "
        f"ORDER BY row, id LIMIT {MAX_LISTED}",
        str(kind),
    )
    return tuple(OrderDifference(kind, *row) for row in rows)
