"""Values of options about orders: durations, dates, amounts and shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import click

_SPAN_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class TimeSpanType(click.ParamType[Any]):
    """``30m``, ``2h``, ``1d``."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        number, unit = str(value)[:-1], str(value)[-1:]
        if (
            unit not in _SPAN_UNITS
            or not number.isascii()
            or not number.isdigit()
            or len(number) > 4
        ):
            self.fail(f'"{value}" is not a duration: write 30m, 2h or 1d', param, ctx)
        return int(number) * _SPAN_UNITS[unit]


class DateTimeType(click.ParamType[Any]):
    """A date or time in ISO 8601, in UTC unless it names a zone."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is not a date: write 2026-11-02 or 2026-11-02T14:00Z', param, ctx)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


class AmountType(click.ParamType[Any]):
    """A decimal that is not negative."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount < 10**9:
            self.fail(f'"{value}" is not an amount: write 0.01', param, ctx)
        return amount


class ShareType(click.ParamType[Any]):
    """A share in percent, such as ``2%``, as a fraction."""

    name = "percent"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        try:
            share = float(str(value).removesuffix("%").strip()) / 100
        except ValueError:
            share = -1
        if not 0 <= share <= 1 or not str(value).endswith("%"):
            self.fail(f'"{value}" is not a share: write 2%', param, ctx)
        return share


class DateFormatType(click.ParamType[Any]):
    """The format of dates: day-first, month-first, or a strptime pattern."""

    name = "date format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        return "[day-first|month-first|%d.%m.%Y]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in ("day-first", "month-first") and "%" not in value:
            self.fail(f'"{value}" is none of day-first, month-first, %d.%m.%Y', param, ctx)
        return str(value)
