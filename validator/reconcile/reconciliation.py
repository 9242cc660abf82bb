"""From two sources to the whole answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from zoneinfo import ZoneInfo

from validator.core.errors import InputError
from validator.reconcile.api_purchases import ANSWER_COLUMNS, API_LIMITS_NOTE, PurchaseSource
from validator.reconcile.column_parsers import AMOUNT_TYPE
from validator.reconcile.compare import (
    compare_orders,
    count_differences,
    list_differences,
    prepare_orders,
)
from validator.reconcile.coverage import ALL, BOTH
from validator.reconcile.duckdb_engine import Engine, quote_literal
from validator.reconcile.model import (
    DayCount,
    DifferenceKind,
    ReconcileOptions,
    ReconcileResult,
    SourceOptions,
)
from validator.reconcile.platform_presets import Preset, find_prefix, find_preset
from validator.reconcile.raw_source import RawSource, choose_id_columns, load_raw
from validator.reconcile.source_files import SourceTable, table_from_rows
from validator.reconcile.source_loader import (
    LoadedSource,
    load_orders,
    load_recorded,
    open_source,
    parse_columns,
)

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
    recorded: tuple[Sequence[str] | PurchaseSource, SourceOptions],
    request: ReconcileOptions,
) -> tuple[ReconcileResult, LoadedSource]:
    """Compare the shop's orders with what was recorded.

    Returns the answer and the orders as loaded, from which exports take further columns. The
    engine holds the tables until it is closed. Raises InputError for each question that only a
    person can answer, ServiceError where a database or the API does not do what it is asked.
    """
    # scipy is loaded only where something is reconciled.
    from validator.reconcile.cause_search import find_causes

    if orders[1].preset:
        orders, request = _apply_preset(engine, orders, request)
    raw = load_raw(
        engine, open_source(engine, *orders), orders[1], side="orders", further=request.group_by
    )
    source, options = recorded
    if isinstance(source, Sequence):
        files = [
            load_raw(engine, table, options, side=f"recorded{at or ''}", further=())
            for at, table in enumerate(open_source(engine, each, options) for each in source)
        ]
        if len(files) > 1:
            for at, each in enumerate(files):
                engine.run(f"ALTER TABLE {each.name} RENAME TO recorded_part{at}_source")
                each.side = f"recorded_part{at}"
        _choose_ids(engine, raw, files)
        ours, left_out, notes = _prepare(engine, raw, request)
        theirs = load_recorded(engine, [(each, parse_columns(engine, each)) for each in files])
    else:
        ours, left_out, notes = _prepare(engine, raw, request)
        table = _fetch_recorded(engine, source)
        answers = load_raw(engine, table, options, side="recorded", further=())
        theirs = load_recorded(engine, [(answers, parse_columns(engine, answers))])
        notes.append(API_LIMITS_NOTE)
        # The API answers for each order, whatever its date.
        request = replace(request, recorded_covers=ALL)
    counted = compare_orders(engine, ours, theirs, request, left_out=left_out, notes=notes)
    zone = orders[1].timezone or "UTC"
    local = "date" if zone == "UTC" else f"timezone({quote_literal(zone)}, date AT TIME ZONE 'UTC')"
    notes += _zone_notes(engine, zone)
    why = find_causes(engine, columns=ours.columns, further=request.group_by, local=local)
    for loaded in (ours, theirs):
        if loaded.without_id:
            notes.append(f"{loaded.reading.label}: {loaded.without_id:,} rows without an id")
    if request.recorded_covers != BOTH:
        notes += _period_notes(engine)
    notes += _odd_date_notes(engine)
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
        fail_above=request.fail_above,
    )
    return outcome, ours


def _apply_preset(
    engine: Engine, orders: tuple[str, SourceOptions], request: ReconcileOptions
) -> tuple[tuple[str, SourceOptions], ReconcileOptions]:
    """Fill in what the preset knows and the user did not say."""
    source, options = orders
    preset = find_preset(options.preset)
    if not request.paid:
        request = replace(request, paid=preset.paid, are_paid_of_preset=True)
    timezone = options.timezone or preset.timezone
    if not timezone and preset.timezone_query:
        timezone = _query_timezone(engine, source, options, preset)
    return (source, replace(options, timezone=timezone)), request


def _query_timezone(engine: Engine, source: str, options: SourceOptions, preset: Preset) -> str:
    """Return the time zone that the shop is set to; "" where the database does not say it."""
    query = preset.timezone_query.format(p=find_prefix(options, preset))
    asking = replace(options, preset="", query=query)
    try:
        table = open_source(engine, source, asking)
        rows = engine.rows(f"SELECT * FROM {table.relation} LIMIT 1")
        return ZoneInfo(str(rows[0][0]).strip()).key if rows else ""
    except (InputError, KeyError, ValueError, OSError):
        return ""  # an old version, or rights on the orders alone: reports say that it is open


def _choose_ids(engine: Engine, orders: RawSource, files: Sequence[RawSource]) -> None:
    """Take the columns of ids by which both sides know each other."""
    if len(orders.id_candidates()) == 1 and len(files[0].id_candidates()) == 1:
        return
    cells = {}
    for raw in (orders, files[0]):
        parsed = parse_columns(engine, raw)
        total, date = parsed.get("total_price"), parsed.get("purchase_date")
        cells[raw.side] = (
            total.sql if total else f"NULL::{AMOUNT_TYPE}",
            date.sql if date else "NULL::TIMESTAMP",
        )
    choose_id_columns(engine, orders, files[0], cells)
    for each in files[1:]:
        if files[0].columns["order_id"] in each.table.columns:
            each.columns["order_id"] = files[0].columns["order_id"]


def _prepare(
    engine: Engine, raw: RawSource, request: ReconcileOptions
) -> tuple[LoadedSource, dict[str, int], list[str]]:
    ours = load_orders(engine, raw, parse_columns(engine, raw), request.group_by)
    return ours, *prepare_orders(engine, ours, request)


def _zone_notes(engine: Engine, zone: str) -> Iterator[str]:
    """Tell of dates that name no zone, and of those of an hour that comes twice."""
    local, shift, matched, same = engine.row(
        "WITH apart AS (SELECT round(epoch(date - r_date) / 900) * 15 AS minutes FROM judged "
        "WHERE is_local AND abs(epoch(date - r_date)) <= 50400), usual AS (SELECT minutes, "
        "count(*) AS n FROM apart GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1) "
        "SELECT (SELECT count(*) FROM judged WHERE is_local), (SELECT minutes FROM usual), "
        "(SELECT count(*) FROM apart), (SELECT n FROM usual)"
    )
    if local:
        text = (
            f"the dates of {local:,} orders name no zone: they are compared as if they were UTC, "
            "and reports have them without a zone; name it: --orders-timezone"
        )
        if shift and same >= max(3, 0.5 * matched):
            text += f" ({same:,} purchases were recorded {abs(shift) / 60:g} hours "
            text += "earlier)" if shift > 0 else "later)"
        yield text
    if zone == "UTC":
        return
    wall = f"timezone({quote_literal(zone)}, ({{0}}) AT TIME ZONE 'UTC')"
    here = wall.format("date")
    twice = " OR ".join(f"{wall.format(f'date {sign} INTERVAL 1 HOUR')} = {here}" for sign in "+-")
    count = engine.row(f"SELECT count(*) FROM judged WHERE {twice}")[0]
    if count:
        yield (
            f"{count:,} orders are of an hour that comes twice as clocks of {zone} are put back: "
            "where the date names no offset, it is not known which"
        )


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


def _odd_date_notes(engine: Engine) -> Iterator[str]:
    """Tell of dates that no order can have: the zero of computers' clocks, and the future."""
    for side, where in (("orders", "judged"), ("recorded purchases", "recorded")):
        old, coming = engine.row(
            "SELECT count(*) FILTER (date < TIMESTAMP '1990-01-01'), "
            "count(*) FILTER (date > now()::TIMESTAMP + INTERVAL 1 DAY) "
            f"FROM {where}"
        )
        if old:
            yield f"{old:,} {side} are dated before 1990: their dates were lost"
        if coming:
            yield f"{coming:,} {side} are dated in the future"


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
