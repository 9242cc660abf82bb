"""Which orders count: the paid ones, of a time, of no test customer."""

from __future__ import annotations

from collections.abc import Iterable

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.column_parsers import trimmed_sql
from validator.reconcile.duckdb_engine import Engine, quote_literal
from validator.reconcile.model import ReconcileOptions
from validator.reconcile.source_loader import LoadedSource
from validator.tables.columns import (
    map_columns,
    names_a_cancellation,
    names_other_status,
    split_words,
)
from validator.tables.statuses import StatusMeaning, classify_status

ALL_STATUSES = "all"
"""The status of ``--paid-status all``: each order counts."""
NOT_PAID = "not paid"
_MAX_STATUSES_SHOWN = 12
_MAX_STATUSES = 40
_MAX_STATUS_LENGTH = 60
_NOT_WORDS = frozenset({"", "no", "non", "nao", "nein", "n", "0", "false"})
"""By which a column of yes and no says no."""
_STATUS_SAMPLE = 5_000
"""Rows in which an overlooked column of statuses is looked for."""


def mark_excluded_orders(
    engine: Engine, orders: LoadedSource, request: ReconcileOptions
) -> dict[str, int]:
    """Make the view ``counting``: the orders, and in ``left_out`` why one does not count.

    Returns how many are left out for each reason. Raises InputError where it must be asked.
    """
    cases = ["WHEN total < 0 THEN 'with a negative total, as refunds have'"]
    cases += _ignored_cases_sql(engine, orders, request)
    cases += _unpaid_cases_sql(engine, orders, request)
    if request.exclude_emails:
        require_column(orders, "contact_email", "--exclude-email")
        patterns = (quote_literal(pattern.lower()) for pattern in request.exclude_emails)
        globs = " OR ".join(f"lower(contact_email) GLOB {pattern}" for pattern in patterns)
        cases.append(f"WHEN {globs} THEN 'of test customers'")
    for moment, sign, label, option in (
        (request.since, "<", "earlier than --since", "--since"),
        (request.until, ">=", "not earlier than --until", "--until"),
    ):
        if moment is not None:
            require_column(orders, "purchase_date", option)
            than = f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'"
            cases.append(f"WHEN date IS NULL OR date {sign} {than} THEN '{label}'")
    if request.grace:
        require_column(orders, "purchase_date", "--grace")
    reason = f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"
    engine.run(f"CREATE VIEW counting AS SELECT *, {reason} AS left_out FROM orders")
    return dict(
        engine.rows(
            "SELECT left_out, count(*) FROM counting WHERE left_out IS NOT NULL "
            "GROUP BY 1 ORDER BY 2 DESC"
        )
    )


def _ignored_cases_sql(
    engine: Engine, orders: LoadedSource, request: ReconcileOptions
) -> list[str]:
    """Return a case for each rule of ``--ignore``. Raises InputError where no row meets one."""
    cases = []
    for column, values in request.ignored.items():
        map_columns(orders.table.label, orders.table.columns, {"order_id": column}, "--ignore")
        cell = trimmed_sql(column)
        for value in values:
            is_such = f"lower({cell}) GLOB {quote_literal(value.lower())}"
            if not engine.row(f"SELECT count(*) FROM orders_source WHERE {is_such}")[0]:
                raise InputError.single(
                    "value-unknown",
                    f'no row has "{value}" in column {column}, as --ignore says',
                    Location(orders.table.label),
                    hint=f"write --ignore {column}=VALUE as the column does",
                )
            reason = quote_literal(f"ignored, as {column} is {value}")
            cases.append(
                f"WHEN row IN (SELECT rowid FROM orders_source WHERE {is_such}) THEN {reason}"
            )
    return cases


def _unpaid_cases_sql(engine: Engine, orders: LoadedSource, request: ReconcileOptions) -> list[str]:
    """Return the case of an unpaid order. Raises InputError where it must be asked."""
    if "status" not in orders.columns:
        if request.paid and request.paid != (ALL_STATUSES,):
            require_column(orders, "status", "--paid-status")
        if not request.paid and orders.table.columns:
            _reject_overlooked_status(engine, orders)
        return []
    if request.paid == (ALL_STATUSES,):
        return []
    known = engine.rows(
        "SELECT coalesce(status, ''), count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    shown = ", ".join(
        f"{status or '(empty)'} ({count:,})" for status, count in known[:_MAX_STATUSES_SHOWN]
    )
    statuses = {str(status).lower(): str(status) for status, _ in known}
    if not request.paid:
        meaning = classify_status(known[0][0]) if len(known) == 1 else None
        if meaning is not None and meaning is not StatusMeaning.UNPAID:
            return []
        raise InputError.single(
            "status-unknown",
            f"which orders are paid? Column {orders.columns['status']} has: {shown}",
            Location(orders.table.label),
            hint=f"say it: {_suggest_paid(statuses.values())}, or --paid-status {ALL_STATUSES}; "
            "--orders-column status=COLUMN names another column",
        )
    unknown = [status for status in request.paid if status.lower() not in statuses]
    if unknown and not (request.are_paid_of_preset and len(unknown) < len(request.paid)):
        raise InputError.single(
            "status-unknown",
            f'no order has the status "{unknown[0]}"; column {orders.columns["status"]} '
            f"has: {shown}",
            Location(orders.table.label),
            hint=f"write --paid-status as the column does: {_suggest_paid(statuses.values())}",
        )
    paid = ", ".join(quote_literal(status.lower()) for status in request.paid)
    return [f"WHEN coalesce(lower(status), '') NOT IN ({paid}) THEN '{NOT_PAID}'"]


def _suggest_paid(statuses: Iterable[str]) -> str:
    paid = [each for each in statuses if classify_status(each) is StatusMeaning.PAID]
    options = " ".join(f'--paid-status "{each}"' for each in paid[:_MAX_STATUSES_SHOWN])
    return "--paid-status STATUS (repeatable)" + (f", such as {options}" if options else "")


def _reject_overlooked_status(engine: Engine, orders: LoadedSource) -> None:
    """Ask about a column that is not known as one of statuses, and holds some."""
    for column in orders.table.columns:
        is_payment = column == orders.columns.get("payment_method")
        if (column in orders.columns.values() and not is_payment) or (
            names_other_status(column) and not names_a_cancellation(column)
        ):
            continue
        cell = trimmed_sql(column)
        if names_a_cancellation(column):
            _reject_cancellations(engine, orders, column)
            continue
        values = engine.rows(
            f"SELECT {cell}, count(*) FROM (SELECT * FROM orders_source LIMIT {_STATUS_SAMPLE}) "
            f"WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MAX_STATUSES + 1}"
        )
        if len(values) > _MAX_STATUSES or any(
            len(value) > _MAX_STATUS_LENGTH for value, _ in values
        ):
            continue
        meanings = {value: classify_status(value) for value, _ in values}
        if is_payment and len(values) == 2:
            # "Pago" is the payment, and in Portuguese "paid".
            said_no = [value for value in meanings if split_words(value) in _NOT_WORDS]
            meanings |= dict.fromkeys(said_no, StatusMeaning.UNPAID)
        told = sum(n for value, n in values if meanings[value] is not StatusMeaning.UNKNOWN)
        if StatusMeaning.UNPAID not in meanings.values() or 2 * told < sum(n for _, n in values):
            continue
        shown = ", ".join(f"{value} ({count:,})" for value, count in values[:_MAX_STATUSES_SHOWN])
        raise InputError.single(
            "status-unknown",
            f"which orders are paid? Column {column} looks like their status: {shown}",
            Location(orders.table.label),
            hint=f'say it: --orders-column status="{column}" {_suggest_paid(meanings)}; if every '
            f"order counts, --paid-status {ALL_STATUSES}",
        )


def _reject_cancellations(engine: Engine, orders: LoadedSource, column: str) -> None:
    """Ask whether orders count that a column calls cancelled."""
    cell = trimmed_sql(column)
    values = engine.rows(
        f"SELECT coalesce({cell}, ''), count(*) FROM orders_source GROUP BY 1 ORDER BY 2 DESC, 1 "
        f"LIMIT {_MAX_STATUSES}"
    )
    if len(values) < 2:
        return
    none = [value for value, _ in values if split_words(value) in _NOT_WORDS]
    if not none:
        return
    cancelled = sum(count for value, count in values if value not in none)
    raise InputError.single(
        "status-unknown",
        f"which orders count? Column {column} says that {cancelled:,} were cancelled",
        Location(orders.table.label),
        hint=f'to leave them out, say --orders-column status="{column}" --paid-status '
        f'"{none[0]}"; if every order counts, --paid-status {ALL_STATUSES}',
    )


def require_column(orders: LoadedSource, field: str, option: str) -> None:
    if field not in orders.columns:
        raise InputError.single(
            "column-unknown",
            f"{option} needs to know which column is {field}",
            Location(orders.table.label),
            hint=f"say it: --orders-column {field}=COLUMN",
        )
