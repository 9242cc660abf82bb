"""``cn-validator reconcile``: the shop's orders against what Connectif recorded."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from validator.cli.api_options import ApiAccess, api_access_options
from validator.cli.reconcile_reports import ReconcileReport, reports_option, write_reports
from validator.cli.report_options import terminal_width, wants_color
from validator.core.result import ExitCode
from validator.reconcile.model import (
    DEFAULT_FAIL_ON,
    DifferenceKind,
    ReconcileOptions,
    SourceOptions,
)

if TYPE_CHECKING:
    from validator.reconcile.api_purchases import ApiPurchaseSource

Command = TypeVar("Command", bound=Callable[..., Any])
API_SOURCE = "api"
"""RECORDED that is no file: the Connectif API."""
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
            self.fail(f'"{value}" is no duration: write 30m, 2h or 1d', param, ctx)
        return int(number) * _SPAN_UNITS[unit]


class DateTimeType(click.ParamType[Any]):
    """A date or time in ISO 8601, UTC where it names no zone."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is no date: write 2026-11-02 or 2026-11-02T14:00Z', param, ctx)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


class AssignmentType(click.ParamType[Any]):
    """``NAME=VALUE``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        first, found, second = str(value).partition("=")
        if not (first and found and second):
            self.fail(f'"{value}" is not written as {self.name}', param, ctx)
        return first, second


class TimeZoneNameType(click.ParamType[Any]):
    """A time zone by its IANA name."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):
            self.fail(f'there is no time zone "{value}": write Europe/Madrid or UTC', param, ctx)


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
            self.fail(f'"{value}" is no amount: write 0.01', param, ctx)
        return amount


class DateFormatType(click.ParamType[Any]):
    """How dates are written."""

    name = "day-first|month-first|%d.%m.%Y"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in ("day-first", "month-first") and "%" not in value:
            self.fail(f'"{value}" is none of day-first, month-first, %d.%m.%Y', param, ctx)
        return str(value)


def _source_options(side: str) -> Callable[[Command], Command]:
    """Add the options of one source, and hand them over as ``SIDE_options``."""
    whose = "orders" if side == "orders" else "recorded purchases"
    options = {
        "column": (
            AssignmentType("FIELD=COLUMN"),
            True,
            f"Which column of the {whose} is a field.",
        ),
        "only": (
            AssignmentType("COLUMN=VALUE"),
            True,
            f"Only {whose} with this value in a column.",
        ),
        "encoding": (str, False, f"Encoding of the {whose}: utf-8, latin-1, windows-1252 …"),
        "delimiter": (str, False, f"What parts the cells of the {whose}: , or ; or tab."),
        "decimal": (click.Choice([".", ","]), False, f"The sign for decimals in the {whose}."),
        "date-format": (DateFormatType(), False, f"How dates of the {whose} are written."),
        "timezone": (
            TimeZoneNameType(),
            False,
            f"Of dates of the {whose} that name none.  [default: UTC]",
        ),
    }

    def add(command: Command) -> Command:
        for name, (kind, many, text) in reversed(options.items()):
            command = click.option(f"--{side}-{name}", type=kind, multiple=many, help=text)(command)
        return command

    return add


def _pop_source_options(given: dict[str, Any], side: str) -> dict[str, Any]:
    """Take the options of one source out of those of the command."""
    names = ("column", "only", "encoding", "delimiter", "decimal", "date_format", "timezone")
    found = {name: given.pop(f"{side}_{name}") for name in names}
    columns: Mapping[str, str] = MappingProxyType(dict(found.pop("column")))
    only: Mapping[str, str] = MappingProxyType(dict(found.pop("only")))
    return {"columns": columns, "only": only} | {name: text for name, text in found.items() if text}


@click.command(name="reconcile")
@click.argument("orders", metavar="ORDERS")
@click.argument("recorded", metavar="RECORDED")
@click.option("--query", help="SQL that selects the orders from the database ORDERS.")
@click.option("--preset", help="The platform whose tables the database ORDERS has.")
@click.option("--table-prefix", help="What the preset's tables begin with, as in wp_ or ps_.")
@click.option(
    "--paid-status",
    "paid",
    multiple=True,
    metavar="STATUS",
    help="A status of paid orders (repeatable); all: every order counts.",
)
@click.option("--since", type=DateTimeType(), help="Only orders from this moment on.")
@click.option("--until", type=DateTimeType(), help="Only orders before this moment.")
@click.option(
    "--exclude-email",
    "exclude_emails",
    multiple=True,
    metavar="PATTERN",
    help="Leave out orders of test customers, as in *@shop.example. Repeatable.",
)
@click.option(
    "--grace",
    type=TimeSpanType(),
    default="0m",
    help="How old a missing order must be to count: 30m, 2h, 1d.",
)
@click.option(
    "--as-of", type=DateTimeType(), help="When RECORDED was taken, for --grace.  [default: now]"
)
@click.option(
    "--id-map",
    default="",
    metavar="FILE",
    help="CSV of two columns: the order's id, and the id it is recorded with.",
)
@click.option(
    "--group-by",
    multiple=True,
    metavar="COLUMN",
    help="A further column of the orders in which to look for causes. Repeatable.",
)
@click.option(
    "--tolerance",
    type=AmountType(),
    default="0.005",
    show_default=True,
    help="Totals that differ by no more are the same.",
)
@click.option(
    "--date-tolerance", type=TimeSpanType(), default="1d", show_default=True, help="Likewise dates."
)
@click.option("--allow-disjoint", is_flag=True, help="Accept that no order at all was recorded.")
@click.option(
    "--fail-on",
    "failing",
    multiple=True,
    type=click.Choice([str(kind) for kind in DifferenceKind]),
    default=[str(kind) for kind in DEFAULT_FAIL_ON],
    show_default=True,
    help="What makes the command exit 1. Repeatable.",
)
@click.option(
    "--memory",
    default="",
    metavar="SIZE",
    help="At most so much memory, as in 2GB; the rest goes to disk.",
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    default="cn-validator-recorded.sqlite",
    show_default=True,
    help="Where the answers of the API are kept until all are there.",
)
@api_access_options
@_source_options("orders")
@_source_options("recorded")
@reports_option
@click.option("-q", "--quiet", is_flag=True, help="Only what was found.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
)
def command(orders: str, recorded: str, **given: Any) -> int:
    """Compare the shop's ORDERS with the purchases that Connectif RECORDED.

    ORDERS is CSV, TSV, JSON Lines, Parquet, Excel, or the URL of a database: postgresql://,
    mysql://, mariadb:// or sqlite:// with --query or --preset. RECORDED is any of these, or the
    ZIP of a Connectif activities export, or the word api: the Connectif API is then asked for each
    order, with the key CONNECTIF_API_KEY=id:secret of the environment or .env. Columns are
    recognised by their names, or named by --orders-column and --recorded-column. Exit code 1: paid
    orders are missing, or recorded wrongly.
    """
    # Loaded here: the help must not wait for the engine.
    from validator.reconcile.duckdb_engine import Engine
    from validator.reconcile.reconciliation import reconcile
    from validator.reconcile.terminal_report import terminal_text

    ours, theirs = _pop_source_options(given, "orders"), _pop_source_options(given, "recorded")
    for name in ("query", "preset"):
        ours[name] = given.pop(name) or ""
    ours["prefix"] = given.pop("table_prefix")
    wanted: tuple[ReconcileReport, ...] = given.pop("reports")
    quiet, color, memory = (given.pop(name) for name in ("quiet", "color", "memory"))
    access, journal = given.pop("access"), given.pop("journal")
    failing = tuple(DifferenceKind(kind) for kind in given.pop("failing"))
    request = ReconcileOptions(**given, failing=failing)
    source = _api_source(access, journal) if recorded == API_SOURCE else recorded
    with Engine(memory) as engine:
        outcome, loaded = reconcile(
            engine, (orders, SourceOptions(**ours)), (source, SourceOptions(**theirs)), request
        )

        def text() -> str:
            return terminal_text(
                outcome,
                width=terminal_width(),
                color=wants_color(color, sys.stdout, os.environ),
                quiet=quiet,
            )

        write_reports(wanted, outcome, loaded, engine, text)
    return ExitCode.FINDINGS if outcome.has_failed else ExitCode.OK


def _api_source(access: ApiAccess, journal: Path) -> ApiPurchaseSource:
    """Return the API as a source, which says on a terminal how far it is."""
    from validator.reconcile.api_purchases import ApiPurchaseSource

    def told(done: int, total: int) -> None:
        if sys.stderr.isatty():
            minutes = (total - done) / access.per_minute
            text = f"asked for {done:,} of {total:,} orders, about {minutes:.0f} minutes left"
            click.echo(f"\r{text:79}", err=True, nl=done == total)

    return ApiPurchaseSource(access.settings(), access.workers, journal, told)
