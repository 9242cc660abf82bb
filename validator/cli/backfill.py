"""``cn-validator backfill``: sends purchases that are missing in Connectif."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import cloup

from validator.backfill.journal import open_journal
from validator.backfill.order_files import (
    FIELDS,
    OrderTable,
    ReadOptions,
    read_orders_and_items,
    read_table,
)
from validator.backfill.order_parsing import ParsedOrders, parse_orders
from validator.backfill.order_results import OrderOutcome, OrderResult, Summary
from validator.backfill.value_parsers import ParseOptions
from validator.cli.backfill_report import show_plan, show_summary
from validator.cli.options.api_access import ApiAccess, api_access_options
from validator.cli.options.value_types import TimeZoneType
from validator.cli.terminal.echo import echo
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.exit_code import ExitCode
from validator.core.files import write_atomically
from validator.report.sanitize import sanitize

_CONFIRMATION_WORD = "replace"


class FieldColumnType(click.ParamType[Any]):
    """``purchaseId=order_id``: a field of the API and its column in the file."""

    name = "FIELD=NAME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        field, _, name = str(value).partition("=")
        if field not in FIELDS or not name:
            self.fail(
                f'"{value}" is not FIELD=NAME: FIELD is one of {", ".join(FIELDS)}', param, ctx
            )
        return field, name


@dataclass(frozen=True, slots=True)
class BackfillArguments:
    """The arguments of ``backfill``."""

    file: Path
    columns: tuple[tuple[str, str], ...]
    items: Path | None
    encoding: str | None
    delimiter: str | None
    timezone: ZoneInfo | None
    decimal: str | None
    product_url: str | None
    show: str
    apply: bool
    trigger_workflows: bool
    replace: bool
    yes: bool
    journal: Path | None
    results: Path | None
    access: ApiAccess


@cloup.command(
    name="backfill",
    epilog="Exit codes: 0 all orders are in Connectif (dry run: all can be sent) · 1 some are not "
    "· 2 wrong input · 3 the API failed: run it again · 130 interrupted: run it again.",
)
@click.argument("file", metavar="MISSING", type=click.Path(path_type=Path, dir_okay=False))
@cloup.option_group(
    "File",
    click.option(
        "--column",
        "columns",
        type=FieldColumnType(),
        multiple=True,
        help="The column of the file that holds a field of the API: purchaseId=id. Repeatable.",
    ),
    click.option(
        "--items",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The line items of the orders, if MISSING has none: a CSV with one row for each item.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        help="The encoding of a CSV. Default: UTF-8, else Windows-1252.",
    ),
    click.option(
        "--delimiter",
        metavar="CHAR",
        help="The separator of a CSV. Default: that of the first line.",
    ),
    click.option(
        "--product-url",
        metavar="TEMPLATE",
        help="The address of products without one: https://shop.example/p/{productId}.",
    ),
    click.option("--timezone", type=TimeZoneType(), help="The time zone of dates without one."),
    click.option(
        "--decimal",
        type=click.Choice([".", ","]),
        help="The decimal separator of amounts written as text.  [default: .]",
    ),
    click.option(
        "--decimal-comma", "decimal", flag_value=",", help="The same as --decimal ',': 38,75."
    ),
)
@cloup.option_group(
    "Sending",
    click.option(
        "--apply", is_flag=True, help="Send the purchases. Without this option nothing is sent."
    ),
    click.option(
        "--show",
        default="3",
        show_default=True,
        metavar="N|all",
        help="In a dry run, the number of requests to show in full.",
    ),
    click.option(
        "--trigger-workflows",
        is_flag=True,
        help="Also run the On-Purchase workflows. Off by default, because customers would get "
        "messages today about an order of last week.",
    ),
    click.option(
        "--replace",
        is_flag=True,
        help="Delete purchases recorded with other amounts, and create them again. Asks first.",
    ),
    click.option("--yes", is_flag=True, help="Do not ask before --replace deletes purchases."),
    click.option(
        "--journal",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The file that lets an interrupted run go on. Default: MISSING.journal.sqlite.",
    ),
    click.option(
        "--results",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write the outcome of each order, as JSON Lines.",
    ),
)
@api_access_options
def command(**given: Any) -> int:
    """Send purchases that are missing in Connectif, through its API.

    MISSING is a file of `reconcile`, or any orders as CSV, JSON Lines or JSON: see
    docs/backfill.md. It is a dry run unless --apply is given. The key is
    CONNECTIF_API_KEY=id:secret in the environment or in .env.
    """
    arguments = BackfillArguments(**given)
    _reject_contradictions(arguments)
    reading = ReadOptions(dict(arguments.columns), arguments.encoding, arguments.delimiter)
    items: OrderTable | None = None
    if arguments.items:
        table, items = read_orders_and_items(arguments.file, arguments.items, reading)
    else:
        table = read_table(arguments.file, reading)
    orders = parse_orders(
        table,
        ParseOptions(arguments.timezone, arguments.decimal or "", arguments.product_url or ""),
        items,
    )
    if not arguments.apply:
        return _dry_run(arguments, table, orders)
    return _send_orders(arguments, orders)


def _reject_contradictions(arguments: BackfillArguments) -> None:
    if arguments.yes and not arguments.replace:
        raise click.UsageError("--yes confirms --replace, and has no effect without it.")
    if arguments.show != "all" and not arguments.show.isdecimal():
        raise click.UsageError(f'--show {arguments.show} is neither a number nor "all".')
    if arguments.product_url and "{productId}" not in arguments.product_url:
        raise click.UsageError("--product-url has {productId} where the id of the product stands.")
    if arguments.delimiter and len(arguments.delimiter) != 1:
        raise click.UsageError("--delimiter must be one character.")


def _dry_run(arguments: BackfillArguments, table: OrderTable, orders: ParsedOrders) -> int:
    most = None if arguments.show == "all" else int(arguments.show)
    show_plan(
        table,
        orders,
        file=str(arguments.file),
        triggers=arguments.trigger_workflows,
        per_minute=arguments.access.per_minute,
        most=most,
    )
    if arguments.replace:
        echo("With --apply, --replace deletes those with other amounts and creates them again.")
    if arguments.results:
        _write_results(arguments.results, _unsendable_results(orders))
    return ExitCode.FINDINGS if orders.not_sendable else ExitCode.OK


def _send_orders(arguments: BackfillArguments, orders: ParsedOrders) -> int:
    settings = arguments.access.settings()
    if arguments.results:
        # Found out before anything is sent.
        _write_results(arguments.results, [])
    if arguments.replace and not arguments.yes:
        _confirm()
    name = arguments.file.name
    journal_path = arguments.journal or arguments.file.with_name(f"{name}.journal.sqlite")
    account = Summary(_unsendable_results(orders))
    # Imported here: a dry run and wrong input must not wait for httpx.
    from validator.backfill.sending import BackfillRun, SendOptions
    from validator.cli.terminal.backfill_progress import sending_progress
    from validator.connectif_api.client import open_connectif_api

    sending = SendOptions(
        arguments.trigger_workflows, replaces=arguments.replace, workers=arguments.access.workers
    )
    purchases = [order.purchase for order in orders.sendable]

    async def send(
        on_done: Callable[[OrderResult], None], on_wait: Callable[[str, float], None]
    ) -> None:
        async with open_connectif_api(settings, on_wait) as api:
            await BackfillRun(api, journal, sending, on_done, account).run(purchases)

    with open_journal(journal_path, settings.account) as journal:
        try:
            with sending_progress(len(purchases)) as (on_done, on_wait):
                asyncio.run(send(on_done, on_wait))
        finally:
            # An interrupted run also reports what was done and what was not.
            told = {each.purchase_id for each in account.told}
            names = (purchase.purchase_id for purchase in purchases)
            account.told += [
                OrderResult(name, OrderOutcome.NOT_REACHED) for name in names if name not in told
            ]
            if arguments.results:
                _write_results(arguments.results, account.told)
            show_summary(account, journal=str(journal_path))
    return account.exit_code


def _confirm() -> None:
    """Ask for the confirmation word: Connectif cannot restore what --replace deletes."""
    warning = (
        "--replace deletes purchases that are recorded with other amounts, and creates them again. "
        "Connectif then recalculates the contact and its statistics; workflows that ran are not "
        "undone."
    )
    if not sys.stdin.isatty():
        raise click.UsageError(f"{warning} Confirm it with --yes.")
    echo(warning, err=True)
    if (
        click.prompt(f'Type "{_CONFIRMATION_WORD}" to go on', err=True, default="")
        != _CONFIRMATION_WORD
    ):
        raise click.UsageError("Not confirmed: nothing was sent.")


def _unsendable_results(orders: ParsedOrders) -> list[OrderResult]:
    return [
        OrderResult(
            order.purchase_id,
            OrderOutcome.NOT_SENDABLE,
            f"{order.place}: {'; '.join(order.reasons)}",
        )
        for order in orders.not_sendable
    ]


def _write_results(path: Path, told: list[OrderResult]) -> None:
    lines = "".join(json.dumps(each.as_json(), ensure_ascii=False) + "\n" for each in told)
    try:
        write_atomically(path, lines)
    except OSError as error:
        raise InputError.single(
            "results-not-writable",
            f"the results cannot be written: {error.strerror}",
            Location(sanitize(str(path))),
            hint="name a file in a folder you may write to",
        ) from error
