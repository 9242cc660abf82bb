"""The time of which RECORDED has purchases, against the time of the orders."""

from __future__ import annotations

from collections.abc import Sequence
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
_Period = tuple[datetime, datetime]


def leave_out_uncovered_orders(
    engine: Engine, request: ReconcileOptions, label: str, left_out: dict[str, int]
) -> None:
    """Ask where many orders are of a time of which RECORDED has no purchase.

    That is before its first or after its last one, or between two of its files. With
    ``--recorded-covers both`` such orders are left out of ``judged``. Raises InputError.
    """
    if request.recorded_covers == ALL:
        return
    periods = _covered_periods(engine)
    if not periods:
        if request.recorded_covers == BOTH and engine.row("SELECT count(*) > 0 FROM recorded")[0]:
            raise InputError.single(
                "column-unknown",
                "--recorded-covers both needs dates, and neither side has any",
                Location(label),
                hint="name them: --recorded-column purchase_date=COLUMN",
            )
        return
    margin = timedelta() if request.recorded_covers == BOTH else _MARGIN
    outside = f"is_missing AND date IS NOT NULL AND NOT ({_inside_sql(periods, margin)})"
    count, orders, known = engine.row(
        f"SELECT count(*) FILTER ({outside}), count(*), count(*) FILTER (NOT is_missing) "
        "FROM judged"
    )
    shown = " and ".join(_format_period(*each) for each in periods)
    if request.recorded_covers == BOTH:
        engine.run(f"DELETE FROM judged WHERE {outside}")
        if count:
            left_out[f"of a time that RECORDED does not cover ({shown})"] = count
        return
    if count < max(_MIN_OUTSIDE, _MIN_SHARE * orders) or not known:
        return
    raise _too_short_error(
        f"{count:,} of {orders:,} orders are of a time of which RECORDED has no purchase: it has "
        f"purchases of {shown}. Does it cover the time of the orders?",
        label,
    )


def _covered_periods(engine: Engine) -> Sequence[_Period]:
    """Return from when to when each file of RECORDED has purchases, overlapping ones as one.

    Where purchases have no dates, those of their orders stand for them.
    """
    columns = [name for name, _ in engine.columns("recorded")]
    file = "file" if "file" in columns else "0"
    dated = (
        f"SELECT {file} AS file, date FROM recorded WHERE date IS NOT NULL"
        if engine.row("SELECT count(date) > 0 FROM recorded")[0]
        else f"SELECT {file} AS file, j.date FROM recorded r JOIN judged j USING (id) "
        "WHERE NOT j.is_missing AND j.date IS NOT NULL"
    )
    periods: list[_Period] = []
    for first, last in engine.rows(
        f"SELECT min(date), max(date) FROM ({dated}) GROUP BY file ORDER BY 1"
    ):
        if periods and first <= periods[-1][1] + _MARGIN:
            periods[-1] = (periods[-1][0], max(periods[-1][1], last))
        else:
            periods.append((first, last))
    return periods


def _inside_sql(periods: Sequence[_Period], margin: timedelta) -> str:
    return " OR ".join(
        f"date BETWEEN TIMESTAMP '{first - margin}' AND TIMESTAMP '{last + margin}'"
        for first, last in periods
    )


def _too_short_error(message: str, label: str) -> InputError:
    return InputError.single(
        "recorded-too-short",
        message,
        Location(label),
        hint="give the other exports too (RECORDED may be several files); to compare only the "
        "time that both cover, say --recorded-covers both; if RECORDED is whole and these orders "
        "were lost, --recorded-covers all",
    )


def leave_out_uncovered_purchases(engine: Engine, request: ReconcileOptions) -> str:
    """Return a sentence about purchases that no order is of, from before or after all orders.

    With ``--recorded-covers both`` they are left out of ``differences``.
    """
    first, last = engine.row("SELECT min(date), max(date) FROM orders")
    if first is None:
        return ""
    outside = (
        f"kind = 'extra' AND (date < TIMESTAMP '{first - _MARGIN}' "
        f"OR date > TIMESTAMP '{last + _MARGIN}')"
    )
    count = engine.row(f"SELECT count(*) FROM differences WHERE {outside}")[0]
    if not count:
        return ""
    period = _format_period(first, last)
    what = f"{count:,} purchases are of a time that ORDERS does not cover ({period})"
    if request.recorded_covers == BOTH:
        engine.run(f"DELETE FROM differences WHERE {outside}")
        return f"{what}: they were left out"
    return f"{what}, so that the shop need not have them here"


def _format_period(first: datetime, last: datetime) -> str:
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
