"""From two sources to the whole answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from validator.reconcile.api_purchases import ANSWER_COLUMNS, API_LIMITS_NOTE, PurchaseSource
from validator.reconcile.compare import (
    compare_orders,
    count_differences,
    list_differences,
    prepare_orders,
)
from validator.reconcile.duckdb_engine import Engine, quote_literal
from validator.reconcile.model import (
    DayCount,
    DifferenceKind,
    ReconcileOptions,
    ReconcileResult,
    SourceOptions,
)
from validator.reconcile.platform_presets import find_preset
from validator.reconcile.source_files import SourceTable, table_from_rows
from validator.reconcile.source_loader import LoadedSource, load_source, open_source

MAX_PAYMENT_METHODS = 8
_COMPARED_FIELDS = (
    ("total_price", "total", "totals"),
    ("total_quantity", "quantity", "quantities"),
    ("purchase_date", "date", "dates"),
)
"""Field, column of ``judged``, and how people call it."""


def reconcile(
    engine: Engine,
    orders: tuple[str, SourceOptions],
    recorded: tuple[str | PurchaseSource, SourceOptions],
    request: ReconcileOptions,
) -> tuple[ReconcileResult, LoadedSource]:
    """Compare the shop's orders with what was recorded.

    Returns the answer and the orders as loaded, from which exports take further columns. The
    engine holds the tables until it is closed. Raises InputError for each question that only a
    person can answer, ServiceError where a database or the API does not do what it is asked.
    """
    # scipy is loaded only where something is reconciled.
    from validator.reconcile.cause_search import find_causes

    if orders[1].preset and not request.paid:
        request = replace(request, paid=find_preset(orders[1].preset).paid)
    ours = load_source(engine, open_source(engine, *orders), orders[1], further=request.group_by)
    left_out, notes = prepare_orders(engine, ours, request)
    source, options = recorded
    if isinstance(source, str):
        table = open_source(engine, source, options)
    else:
        table = _fetch_recorded(engine, source)
        notes.append(API_LIMITS_NOTE)
    theirs = load_source(engine, table, options, is_recorded=True)
    counted = compare_orders(engine, ours, theirs, request, left_out)
    zone = orders[1].timezone
    local = "date" if zone == "UTC" else f"timezone({quote_literal(zone)}, date AT TIME ZONE 'UTC')"
    why = find_causes(engine, columns=ours.columns, further=request.group_by, local=local)
    for loaded in (ours, theirs):
        if loaded.without_id:
            notes.append(f"{loaded.table.label}: {loaded.without_id:,} rows without an id")
    notes += _period_notes(engine)
    notes += _empty_value_notes(engine, ours, theirs)
    total = engine.row("SELECT sum(total) FROM judged WHERE is_missing")[0]
    outcome = ReconcileResult(
        orders=ours.reading,
        recorded=theirs.reading,
        counted=counted,
        left_out=MappingProxyType(left_out),
        counts=MappingProxyType(count_differences(engine)),
        not_compared=tuple(
            what
            for field, _, what in _COMPARED_FIELDS
            if field not in ours.columns or field not in theirs.columns
        ),
        notes=tuple(notes),
        listed=MappingProxyType({kind: list_differences(engine, kind) for kind in DifferenceKind}),
        why=why,
        days=_count_by_day(engine, local),
        missing_total=total,
        failing=request.failing,
    )
    return outcome, ours


def _fetch_recorded(engine: Engine, source: PurchaseSource) -> SourceTable:
    rows = engine.rows("SELECT id FROM counting WHERE left_out IS NULL ORDER BY row")
    answers = source.answers([row[0] for row in rows])
    return table_from_rows(engine, source.label, ANSWER_COLUMNS, answers, "answer")


def _empty_value_notes(engine: Engine, ours: LoadedSource, theirs: LoadedSource) -> Iterator[str]:
    """Tell of recorded orders of which one side does not say what is compared."""
    for field, cell, what in _COMPARED_FIELDS:
        if field not in ours.columns or field not in theirs.columns:
            continue
        count = engine.row(
            f"SELECT count(*) FROM judged WHERE NOT is_missing AND ({cell} IS NULL "
            f"OR r_{cell} IS NULL)"
        )[0]
        if count:
            yield f"{what} of {count:,} recorded orders were not compared: one side has none"


def _period_notes(engine: Engine) -> Iterator[str]:
    """Tell of missing orders of a time of which nothing at all was recorded."""
    first, last = engine.row("SELECT min(date), max(date_last) FROM purchases")
    if first is None:
        return
    for sign, moment, word in (("<", first, "before the first"), (">", last, "after the last")):
        count = engine.row(
            f"SELECT count(*) FROM judged WHERE is_missing AND date {sign} ?", moment
        )[0]
        if count:
            yield (
                f"{count:,} missing orders are from {word} recorded purchase "
                f"({moment:%Y-%m-%d %H:%M} UTC): does RECORDED cover their time? "
                "--since and --until leave them out"
            )


def _count_by_day(engine: Engine, local: str) -> tuple[DayCount, ...]:
    """Count missing orders by day and payment method, the rarest methods together."""
    rows = engine.rows(
        "WITH often AS (SELECT coalesce(payment_method, '') AS payment FROM judged "
        f"WHERE is_missing GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MAX_PAYMENT_METHODS}) "
        f"SELECT strftime({local}, '%Y-%m-%d'), CASE WHEN coalesce(payment_method, '') IN "
        "(FROM often) THEN coalesce(payment_method, '') ELSE 'others' END, "
        "count(*) FILTER (is_missing), count(*) FROM judged WHERE date IS NOT NULL "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return tuple(DayCount(*row) for row in rows)
