"""``cn-validator reconcile``: the shop's orders against what Connectif recorded."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
import cloup

from validator.cli.options.api_access import ApiAccess, api_access_options
from validator.cli.options.option_group import OptionGroup
from validator.cli.options.order_values import (
    AmountType,
    DateFormatType,
    DateTimeType,
    ShareType,
    TimeSpanType,
)
from validator.cli.options.output import color_option
from validator.cli.options.report_targets import ReportTarget, check_writable, report_option
from validator.cli.options.value_types import NameValueType, TimeZoneType
from validator.cli.reconcile_reports import REPORT_FORMATS, write_reports
from validator.cli.terminal.capabilities import terminal_columns, wants_color
from validator.cli.terminal.echo import echo
from validator.core.command_line import expand_pattern
from validator.core.exit_code import ExitCode
from validator.reconcile.id_matching import EXACT, ID_SPELLINGS
from validator.reconcile.model import (
    DEFAULT_FAIL_ON,
    DifferenceKind,
    ReconcileOptions,
    SourceOptions,
)

if TYPE_CHECKING:
    from validator.reconcile.api_purchases import ApiPurchaseSource

API_SOURCE = "api"
"""The value of RECORDED for the Connectif API."""


def _group_values(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return column → its values, of an option COLUMN=VALUE that is given several times."""
    values: dict[str, tuple[str, ...]] = {}
    for column, value in pairs:
        values[column] = (*values.get(column, ()), value)
    return MappingProxyType(values)


def _source_options(side: str, noun: str) -> OptionGroup:
    """Return the options of one source, which the command receives as ``SIDE_options``."""

    def build(**given: Any) -> dict[str, Any]:
        found = {name.removeprefix(f"{side}_"): value for name, value in given.items()}
        zone: ZoneInfo | None = found.pop("timezone")
        columns: Mapping[str, str] = MappingProxyType(dict(found.pop("column")))
        only = _group_values(found.pop("only"))
        texts = {name: text for name, text in found.items() if text}
        named_zone = {"timezone": zone.key} if zone else {}
        return {"side": side, "columns": columns, "only": only} | texts | named_zone

    return OptionGroup(
        f"File of the {noun}",
        f"{side}_options",
        click.option(
            f"--{side}-column",
            type=NameValueType("FIELD=COLUMN"),
            multiple=True,
            help=f"The column of the {noun} that holds a field. Repeatable.",
        ),
        click.option(
            f"--{side}-only",
            type=NameValueType("COLUMN=VALUE"),
            multiple=True,
            help=f"Only {noun} with this value in a column; of one column, with any of the values. "
            "Repeatable.",
        ),
        click.option(
            f"--{side}-encoding",
            metavar="NAME",
            help=f"The encoding of the {noun}: utf-8, latin-1, windows-1252 …",
        ),
        click.option(
            f"--{side}-delimiter",
            metavar="CHAR",
            help=f"The separator of the cells of the {noun}: , or ; or tab.",
        ),
        click.option(
            f"--{side}-sheet",
            metavar="NAME",
            help=f"The sheet of a spreadsheet that has the {noun}.",
        ),
        click.option(
            f"--{side}-decimal",
            type=click.Choice([".", ","]),
            help=f"The decimal separator in the {noun}.",
        ),
        click.option(
            f"--{side}-date-format",
            type=DateFormatType(),
            help=f"The format of dates in the {noun}; the pattern is one of strptime.",
        ),
        click.option(
            f"--{side}-timezone",
            type=TimeZoneType(),
            help=f"The time zone of dates without one in the {noun}.  [default: UTC]",
        ),
        build=build,
    )


@cloup.command(name="reconcile")
@click.argument("orders", metavar="ORDERS")
@click.argument("recorded", nargs=-1, required=True, metavar="RECORDED...")
@cloup.option_group(
    "Orders",
    click.option(
        "--query", metavar="SQL", help="The SQL that selects the orders from the database ORDERS."
    ),
    click.option(
        "--preset", metavar="PLATFORM", help="The platform whose tables the database ORDERS has."
    ),
    click.option(
        "--table-prefix",
        metavar="PREFIX",
        help="The prefix of the preset's tables, such as wp_ or ps_.",
    ),
    click.option(
        "--paid-status",
        "paid",
        multiple=True,
        metavar="STATUS",
        help="A status of paid orders; all: every order is paid. Repeatable.",
    ),
    click.option("--since", type=DateTimeType(), help="Only orders at or after this time."),
    click.option("--until", type=DateTimeType(), help="Only orders before this time."),
    click.option(
        "--ignore",
        "ignored",
        type=NameValueType("COLUMN=VALUE"),
        multiple=True,
        help="Leave out orders that no browser made, such as those of a till: channel=POS. VALUE "
        "may have * and ?. Repeatable.",
    ),
    click.option(
        "--exclude-email",
        "exclude_emails",
        multiple=True,
        metavar="PATTERN",
        help="Leave out orders of test customers, such as *@shop.example. Repeatable.",
    ),
)
@cloup.option_group(
    "Comparison",
    click.option(
        "--grace",
        type=TimeSpanType(),
        default="0m",
        show_default=True,
        help="Only orders older than this are missing: 30m, 2h, 1d.",
    ),
    click.option(
        "--as-of",
        type=DateTimeType(),
        help="The time at which RECORDED was exported, for --grace.  [default: now]",
    ),
    click.option(
        "--id-map",
        default="",
        metavar="FILE",
        help="A CSV file of two columns: the id of the order, and the id it is recorded with.",
    ),
    click.option(
        "--match-ids",
        multiple=True,
        type=click.Choice([EXACT, *ID_SPELLINGS]),
        help="What does not count when ids are compared; exact: everything counts. Repeatable.",
    ),
    click.option(
        "--repeated-ids",
        type=click.Choice(["lines"]),
        help="Rows of one id are lines of one order, even where date, e-mail or total differ.",
    ),
    click.option(
        "--recorded-covers",
        type=click.Choice(["both", "all"]),
        help="both: compare only the time of which RECORDED has purchases; all: it is complete.",
    ),
    click.option(
        "--group-by",
        multiple=True,
        metavar="COLUMN",
        help="Another column of the orders in which to look for causes. Repeatable.",
    ),
    click.option(
        "--tolerance",
        type=AmountType(),
        default="0.005",
        show_default=True,
        help="Totals that differ by this much or less are equal.",
    ),
    click.option(
        "--date-tolerance",
        type=TimeSpanType(),
        default="1d",
        show_default=True,
        help="Dates that differ by this much or less are equal.",
    ),
    click.option(
        "--allow-disjoint", is_flag=True, help="Accept that not a single order is recorded."
    ),
    click.option(
        "--fail-on",
        "failing",
        multiple=True,
        type=click.Choice([str(kind) for kind in DifferenceKind]),
        default=[str(kind) for kind in DEFAULT_FAIL_ON],
        show_default=True,
        help="The kinds of differences with exit code 1. Repeatable.",
    ),
    click.option(
        "--fail-above",
        type=ShareType(),
        default="0%",
        show_default=True,
        help="Missing orders have exit code 1 if they are a larger share than this.",
    ),
    click.option(
        "--memory",
        default="",
        metavar="SIZE",
        help="The most memory to use, such as 2GB; the rest goes to disk.",
    ),
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    default="cn-validator-recorded.sqlite",
    show_default=True,
    help="The file for answers of the API, so that an interrupted run can go on.",
)
@api_access_options
@_source_options("orders", "orders")
@_source_options("recorded", "recorded purchases")
@cloup.option_group(
    "Output",
    report_option(
        REPORT_FORMATS,
        "; csv and jsonl are the missing orders, for spreadsheets and for `cn-validator backfill`",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print only the differences."),
    color_option,
)
def command(orders: str, recorded: tuple[str, ...], **given: Any) -> int:
    """Compare the shop's ORDERS with the purchases that Connectif RECORDED.

    ORDERS is CSV, TSV, JSON, Parquet, Excel, or the URL of a database: postgresql://, mysql://,
    mariadb:// or sqlite:// with --query or --preset. RECORDED is any of these, or the ZIP of a
    Connectif activities export; several of them for a longer time; or the word api: the Connectif
    API is then asked for each order, with the key CONNECTIF_API_KEY=id:secret of the environment
    or .env. Columns are recognised by their names, or named by --orders-column and
    --recorded-column. Exit code 1: paid orders are missing, or recorded wrongly.
    """
    # Loaded here: the help must not wait for the engine.
    from validator.reconcile.duckdb_engine import Engine
    from validator.reconcile.reconciliation import reconcile
    from validator.reconcile.terminal_report import terminal_text

    ours, theirs = given.pop("orders_options"), given.pop("recorded_options")
    for name in ("query", "preset"):
        ours[name] = given.pop(name) or ""
    ours["prefix"] = given.pop("table_prefix")
    if _is_given("timeout"):
        ours["timeout"] = theirs["timeout"] = given["access"].timeout / 1000
    targets: tuple[ReportTarget, ...] = given.pop("reports")
    check_writable(targets)
    quiet, color, memory = (given.pop(name) for name in ("quiet", "color", "memory"))
    access, journal = given.pop("access"), given.pop("journal")
    failing = tuple(DifferenceKind(kind) for kind in given.pop("failing"))
    given["ignored"] = _group_values(given["ignored"])
    for name in ("repeated_ids", "recorded_covers"):
        given[name] = given[name] or ""
    request = ReconcileOptions(**given, failing=failing)
    if API_SOURCE in recorded and len(recorded) > 1:
        raise click.UsageError(f"RECORDED is either {API_SOURCE} or files, not both.")
    if API_SOURCE in recorded and set(request.match_ids) - {"exact"}:
        raise click.UsageError(f"--match-ids compares files; {API_SOURCE} is asked for exact ids.")
    recorded = tuple(file for name in recorded for file in expand_pattern(name))
    source = _api_source(access, journal) if recorded == (API_SOURCE,) else recorded
    with Engine(memory) as engine:
        outcome, loaded = reconcile(
            engine, (orders, SourceOptions(**ours)), (source, SourceOptions(**theirs)), request
        )

        def text() -> str:
            return terminal_text(
                outcome,
                width=terminal_columns(),
                color=wants_color(color, sys.stdout, os.environ),
                quiet=quiet,
            )

        write_reports(targets, outcome, loaded, engine, text)
    return ExitCode.FINDINGS if outcome.has_failed else ExitCode.OK


def _is_given(parameter: str) -> bool:
    """Return whether the user gave an option: a default for requests is none for a query."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is not click.core.ParameterSource.DEFAULT


def _api_source(access: ApiAccess, journal: Path) -> ApiPurchaseSource:
    """Return the API as a source that shows its progress in a terminal."""
    from validator.reconcile.api_purchases import ApiPurchaseSource

    def show_progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            minutes = (total - done) / access.per_minute
            text = f"asked for {done:,} of {total:,} orders, about {minutes:.0f} minutes left"
            echo(f"{text:79}", err=True, nl=done == total, redraws=True)

    return ApiPurchaseSource(access.settings(), access.workers, journal, show_progress)
