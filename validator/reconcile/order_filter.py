"""Which orders count: the paid ones, of a time, of no test customer."""

from __future__ import annotations

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.duckdb_engine import Engine, quote_literal
from validator.reconcile.model import ReconcileOptions
from validator.reconcile.source_loader import LoadedSource

ALL_STATUSES = "all"
"""The status of ``--paid-status all``: each order counts."""
NOT_PAID = "not paid"
_MAX_STATUSES_SHOWN = 12


def mark_excluded_orders(
    engine: Engine, orders: LoadedSource, request: ReconcileOptions
) -> dict[str, int]:
    """Make the view ``counting``: the orders, and in ``left_out`` why one does not count.

    Returns how many are left out for each reason. Raises InputError where it must be asked.
    """
    cases = _unpaid_cases_sql(engine, orders, request)
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


def _unpaid_cases_sql(engine: Engine, orders: LoadedSource, request: ReconcileOptions) -> list[str]:
    """Return the case of an unpaid order. Raises InputError where it must be asked."""
    if "status" not in orders.columns:
        if request.paid and request.paid != (ALL_STATUSES,):
            require_column(orders, "status", "--paid-status")
        return []
    if request.paid == (ALL_STATUSES,):
        return []
    known = engine.rows(
        "SELECT coalesce(status, ''), count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    shown = ", ".join(
        f"{status or '(empty)'} ({count:,})" for status, count in known[:_MAX_STATUSES_SHOWN]
    )
    statuses = {str(status).lower() for status, _ in known}
    if not request.paid:
        if len(known) == 1:
            return []
        raise InputError.single(
            "status-unknown",
            f"which orders are paid? Column {orders.columns['status']} has: {shown}",
            Location(orders.table.label),
            hint=f"say it: --paid-status STATUS (repeatable), or --paid-status {ALL_STATUSES}",
        )
    for status in request.paid:
        if status.lower() not in statuses:
            raise InputError.single(
                "status-unknown",
                f'no order has the status "{status}"; column {orders.columns["status"]} '
                f"has: {shown}",
                Location(orders.table.label),
                hint="write --paid-status as the column does",
            )
    paid = ", ".join(quote_literal(status.lower()) for status in request.paid)
    return [f"WHEN status IS NULL OR lower(status) NOT IN ({paid}) THEN '{NOT_PAID}'"]


def require_column(orders: LoadedSource, field: str, option: str) -> None:
    if field not in orders.columns:
        raise InputError.single(
            "column-unknown",
            f"{option} needs to know which column is {field}",
            Location(orders.table.label),
            hint=f"say it: --orders-column {field}=COLUMN",
        )
