"""The time of which RECORDED has purchases, against the time of the orders."""

from __future__ import annotations

from datetime import datetime, timedelta

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.model import ReconcileOptions

ALL, BOTH = "all", "both"
_MARGIN = timedelta(days=1)
"""Orders so near to the first or last purchase are of the time that RECORDED covers."""
_MIN_OUTSIDE = 5
_MIN_SHARE = 0.01


def leave_out_uncovered_orders(
    engine: Engine, request: ReconcileOptions, label: str, left_out: dict[str, int]
) -> None:
    """Ask where many orders are of a time before the first or after the last purchase.

    With ``--recorded-covers both`` they are left out of ``judged``. Raises InputError.
    """
    if request.recorded_covers == ALL:
        return
    first, last = engine.row("SELECT min(date), max(date_last) FROM purchases")
    if first is None:
        return
    begin, end = first - _MARGIN, last + _MARGIN
    outside = f"is_missing AND (date < TIMESTAMP '{begin}' OR date > TIMESTAMP '{end}')"
    count, orders, known = engine.row(
        f"SELECT count(*) FILTER ({outside}), count(*), count(*) FILTER (NOT is_missing) "
        "FROM judged"
    )
    if request.recorded_covers == BOTH:
        engine.run(f"DELETE FROM judged WHERE {outside}")
        if count:
            left_out[f"of a time that RECORDED does not cover ({_period(first, last)})"] = count
        return
    if count < max(_MIN_OUTSIDE, _MIN_SHARE * orders) or not known:
        return
    raise InputError.single(
        "recorded-too-short",
        f"{count:,} of {orders:,} orders are of a time of which RECORDED has no purchase: it has "
        f"purchases of {_period(first, last)}. Does it cover the time of the orders?",
        Location(label),
        hint="give the other exports too (RECORDED may be several files); to compare only the "
        "time that both cover, say --recorded-covers both; if RECORDED is whole and these orders "
        "were lost, --recorded-covers all",
    )


def _period(first: datetime, last: datetime) -> str:
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
