"""``cn-validator recorded``: asks Connectif's API whether it has purchases."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from validator.cli.api_options import ApiAccess, api_access_options
from validator.connectif_api.purchases import RecordedPurchase, json_value
from validator.core.document import Json
from validator.core.errors import InputError, ServiceError
from validator.core.result import ExitCode
from validator.report.sanitize import sanitize, terminal_width

if TYPE_CHECKING:
    from validator.connectif_api.client import ConnectifApi

_COLUMNS = ("totalPrice", "totalQuantity", "purchaseDate", "cartId", "paymentMethod")
_MAX_WIDTH = 40


@dataclass(frozen=True, slots=True)
class RecordedAnswers:
    """What the API said, by id in the order asked. ``failure`` is why it did not say all."""

    found: dict[str, RecordedPurchase | None] = field(default_factory=dict)
    failures: list[ServiceError] = field(default_factory=list)


@click.command(
    name="recorded",
    epilog="Exit codes: 0 all are recorded · 1 some are not · 2 wrong input · 3 the API could not "
    "be asked for all of them · 130 interrupted.",
)
@click.argument("ids", nargs=-1, required=True, metavar="ORDER_ID...")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one object an id.")
@api_access_options
def command(ids: tuple[str, ...], as_json: bool, access: ApiAccess) -> int:
    """Ask Connectif's API whether it has purchases, by the shop's order ids.

    With - for an id, ids are read from standard input, one a line. The key is
    CONNECTIF_API_KEY=id:secret in the environment or in .env.
    """
    wanted = _read_ids(ids)
    settings = access.settings()
    # Imported here: wrong input must not wait for httpx.
    from validator.connectif_api.client import open_connectif_api

    answers = RecordedAnswers()

    async def ask() -> None:
        async with open_connectif_api(settings) as api:
            await _find_all(api, wanted, access.workers, answers)

    asyncio.run(ask())
    rows = [name for name in wanted if name in answers.found]
    lines = _json_lines(rows, answers) if as_json else _table(rows, answers)
    for line in lines:
        click.echo(line)
    return _finish(wanted, answers)


def _read_ids(ids: Sequence[str]) -> list[str]:
    given = [line for name in ids for line in (sys.stdin if name == "-" else (name,))]
    wanted = list(dict.fromkeys(name.strip() for name in given if name.strip()))
    if not wanted:
        raise InputError.single("no-ids", "there is no order id to ask for")
    return wanted


async def _find_all(
    api: ConnectifApi, wanted: Sequence[str], workers: int, answers: RecordedAnswers
) -> None:
    """Ask for all, some at the same time; the first that fails for good ends it."""
    queue = iter(wanted)

    async def worker() -> None:
        for name in queue:
            if answers.failures:
                return
            try:
                answers.found[name] = await api.find_purchase(name)
            except ServiceError as error:
                answers.failures.append(error)

    await asyncio.gather(*(worker() for _ in range(workers)))


def _finish(wanted: Sequence[str], answers: RecordedAnswers) -> ExitCode:
    missing = [name for name, found in answers.found.items() if found is None]
    said = f"{len(answers.found) - len(missing)} of {len(wanted)} recorded"
    click.echo(f"{said}, {len(missing)} not" if missing else said, err=True)
    if answers.failures:
        error = answers.failures[0]
        unknown = len(wanted) - len(answers.found)
        click.echo(f"error: {unknown} could not be asked for: {sanitize(str(error))}", err=True)
        click.echo(f"  to fix: {error.hint}", err=True)
        return ExitCode.BROKEN
    return ExitCode.FINDINGS if missing else ExitCode.OK


def _json_lines(rows: Sequence[str], answers: RecordedAnswers) -> list[str]:
    lines = []
    for name in rows:
        found = answers.found[name]
        line: dict[str, Json] = {"purchaseId": name, "recorded": found is not None}
        if found:
            # What is not compared, such as who bought it, is not passed on.
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
