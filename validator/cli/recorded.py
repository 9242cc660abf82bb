"""``cn-validator recorded``: asks the Connectif API whether it has purchases."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
import cloup

from validator.cli.options.api_access import ApiAccess, api_access_options
from validator.cli.options.report_targets import TextReports, report_options
from validator.cli.terminal.echo import echo
from validator.connectif_api.purchases import RecordedPurchase, json_value
from validator.core.document import Json
from validator.core.errors import InputError, ServiceError
from validator.core.exit_code import ExitCode
from validator.report.sanitize import sanitize, terminal_width
from validator.tables.columns import names_an_order
from validator.tables.ids import SHORTENED_MESSAGE, is_shortened

if TYPE_CHECKING:
    from validator.connectif_api.client import ConnectifApi

_COLUMNS = ("totalPrice", "totalQuantity", "purchaseDate", "cartId", "paymentMethod")
_MAX_WIDTH = 40
_ID_MARKS = " \t\r\n\ufeff\"'"
"""What exports put around an id: blanks, the byte order mark, quotes."""


@dataclass(frozen=True, slots=True)
class RecordedAnswers:
    """The purchases by order id, None for one that is not recorded, and the failed requests."""

    found: dict[str, RecordedPurchase | None] = field(default_factory=dict)
    failures: list[ServiceError] = field(default_factory=list)


@cloup.command(
    name="recorded",
    epilog="Exit codes: 0 all are recorded · 1 some are not · 2 wrong input · 3 the API could not "
    "be asked for all of them · 130 interrupted.",
)
@click.argument("ids", nargs=-1, required=True, metavar="ORDER_ID...")
@api_access_options
@report_options("terminal", "jsonl")
def command(ids: tuple[str, ...], access: ApiAccess, reports: TextReports) -> int:
    """Ask the Connectif API whether it has purchases, by the shop's order ids.

    With - for an id, ids are read from standard input, one a line. The key is
    CONNECTIF_API_KEY=id:secret in the environment or in .env.
    """
    order_ids = _read_ids(ids)
    settings = access.settings()
    # Imported here: wrong input must not wait for httpx.
    from validator.connectif_api.client import open_connectif_api

    answers = RecordedAnswers()

    async def ask() -> None:
        async with open_connectif_api(settings) as api:
            await _find_all(api, order_ids, access.workers, answers)

    asyncio.run(ask())
    rows = [name for name in order_ids if name in answers.found]
    reports.write(
        {
            "terminal": lambda: "".join(f"{line}\n" for line in _table(rows, answers)),
            "jsonl": lambda: "".join(f"{line}\n" for line in _json_lines(rows, answers)),
        }
    )
    return _finish(order_ids, answers)


def _read_ids(ids: Sequence[str]) -> list[str]:
    """Return the ids once each. Of a column of a CSV, its header and quotes are left out."""
    given = [name for name in ids if name != "-"]
    if "-" in ids:
        lines = [line.strip(_ID_MARKS) for line in sys.stdin]
        given += lines[1:] if lines and names_an_order(lines[:1]) else lines
    unique = list(dict.fromkeys(name.strip() for name in given if name.strip()))
    if not unique:
        raise InputError.single("no-ids", "there is no order id to ask for")
    if shortened := [name for name in unique if is_shortened(name)]:
        raise InputError.single("ids-shortened", f'the id "{shortened[0]}" {SHORTENED_MESSAGE}')
    return unique


async def _find_all(
    api: ConnectifApi, order_ids: Sequence[str], workers: int, answers: RecordedAnswers
) -> None:
    """Ask for all ids, ``workers`` at a time, until one request fails for good."""
    queue = iter(order_ids)

    async def worker() -> None:
        for name in queue:
            if answers.failures:
                return
            try:
                answers.found[name] = await api.find_purchase(name)
            except ServiceError as error:
                answers.failures.append(error)

    await asyncio.gather(*(worker() for _ in range(workers)))


def _finish(order_ids: Sequence[str], answers: RecordedAnswers) -> ExitCode:
    missing = [name for name, found in answers.found.items() if found is None]
    summary = f"{len(answers.found) - len(missing)} of {len(order_ids)} recorded"
    echo(f"{summary}, {len(missing)} not" if missing else summary, err=True)
    if answers.failures:
        error = answers.failures[0]
        unknown = len(order_ids) - len(answers.found)
        echo(f"error: {unknown} could not be asked for: {sanitize(str(error))}", err=True)
        echo(f"  to fix: {error.hint}", err=True)
        return ExitCode.BROKEN
    return ExitCode.FINDINGS if missing else ExitCode.OK


def _json_lines(rows: Sequence[str], answers: RecordedAnswers) -> list[str]:
    lines = []
    for name in rows:
        found = answers.found[name]
        line: dict[str, Json] = {"purchaseId": name, "recorded": found is not None}
        if found:
            # Other data, such as the buyer, is not passed on.
            line |= {column: json_value(found.data.get(column)) for column in _COLUMNS}
        lines.append(json.dumps(line))
    return lines


def _table(rows: Sequence[str], answers: RecordedAnswers) -> list[str]:
    table: list[tuple[str, ...]] = [("id", "recorded", *_COLUMNS)]
    for name in rows:
        found = answers.found[name]
        values = [sanitize(found.text(column), _MAX_WIDTH) if found else "" for column in _COLUMNS]
        table.append((sanitize(name, _MAX_WIDTH), "yes" if found else "NO", *values))
    widths = [max(terminal_width(row[at]) for row in table) for at in range(len(table[0]))]
    return [
        "  ".join(
            text + " " * (width - terminal_width(text))
            for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    ]
