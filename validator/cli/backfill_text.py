"""What ``cn-validator backfill`` prints: what it would send, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import click

from validator.backfill.orders import NotSendable, Orders, Sendable
from validator.backfill.report import GOOD, Account, Fate, Told
from validator.backfill.rows import Table
from validator.core.result import ExitCode
from validator.report.sanitize import visible

_MOST_LINES = 20
_LONGEST = 2_000

_MEANINGS: Mapping[Fate, str] = {
    Fate.CREATED: "created",
    Fate.REPLACED: "deleted and created anew",
    Fate.ALREADY_THERE: "already there",
    Fate.DONE_BEFORE: "done by an earlier run",
    Fate.DIFFERS: "recorded with other amounts",
    Fate.REFUSED: "refused by the API",
    Fate.NOT_FOUND: "not found afterwards",
    Fate.FAILED: "without an answer",
    Fate.NOT_SENDABLE: "cannot be sent",
    Fate.NOT_REACHED: "not reached",
}


def show_plan(
    table: Table,
    orders: Orders,
    *,
    file: str,
    triggers: bool,
    per_minute: float,
    most: int | None,
) -> None:
    """Print what would be sent: ``most`` requests in full; None: all."""
    sendable = orders.sendable
    click.echo(
        f"{visible(file)}: {_count(len(sendable), 'order')} to send, "
        f"{len(orders.not_sendable)} that cannot be sent"
    )
    _show_reading(table)
    _show_not_sendable(orders.not_sendable)
    _show_notes(sendable)
    flag = "true" if triggers else "false"
    for order in sendable[:most]:
        click.echo(f"\nPOST /purchases/?triggerPurchaseEvent={flag}")
        body = json.dumps(order.purchase.body(), indent=2, ensure_ascii=False)
        click.echo("\n".join(visible(line, _LONGEST) for line in body.split("\n")))
    if most is not None and len(sendable) > most:
        click.echo(f"\n… and {len(sendable) - most} more: --show all")
    if sendable:
        _show_terms(len(sendable), triggers, per_minute)
    click.echo("Nothing was sent: --apply sends.")


def _show_terms(number: int, triggers: bool, per_minute: float) -> None:
    workflows = (
        "On-Purchase workflows run, as for an order of today."
        if triggers
        else "On-Purchase workflows do not run, for customers would be sent today what belongs to "
        "an order of the past: --trigger-workflows runs them."
    )
    click.echo(
        f"\nA contact or product that the API does not know is created first (PATCH). {workflows}\n"
        f"Each is asked for afterwards: {2 * number} requests or more, at most {per_minute:g} a "
        f"minute, so {_minutes(2 * number / per_minute)} or more."
    )


def _show_reading(table: Table) -> None:
    names = [
        field if field == name else f"{visible(name, 40)} as {field}"
        for field, name in table.read_from.items()
    ]
    click.echo(f"  read: {', '.join(names)}")
    if table.ignored:
        click.echo(f"  not sent: {', '.join(visible(name, 40) for name in table.ignored)}")
    for note in table.notes:
        click.echo(f"  {note}")


def _show_not_sendable(orders: Iterable[NotSendable]) -> None:
    lines = [
        f"  {visible(str(order.place))}: {visible(order.purchase_id, 60) or 'no id'}: "
        f"{visible('; '.join(order.reasons), _LONGEST)}"
        for order in orders
    ]
    _show_some("Cannot be sent:", lines)


def _show_notes(orders: Iterable[Sendable]) -> None:
    """Print each note once, with how many orders it is of and the first of them."""
    first: dict[str, list[Sendable]] = {}
    for order in orders:
        for note in order.notes:
            first.setdefault(note, []).append(order)
    lines = [
        f"  {_count(len(those), 'order')}, such as {visible(those[0].purchase.purchase_id, 60)}: "
        f"{visible(note)}"
        for note, those in first.items()
    ]
    _show_some("Take care:", lines)


def show_account(account: Account, *, journal: str) -> None:
    """Print what became of the orders, those in need of somebody first."""
    for fate in (Fate.NOT_SENDABLE, Fate.REFUSED, Fate.DIFFERS, Fate.NOT_FOUND, Fate.FAILED):
        told = [each for each in account.told if each.fate is fate]
        meaning = _MEANINGS[fate]
        _show_some(f"{meaning[0].upper()}{meaning[1:]}:", [_line(each) for each in told])
    minor = [each for each in account.told if each.fate in GOOD and each.differences]
    _show_some("Recorded with the right amounts, and otherwise:", [_line(each) for each in minor])
    counts = account.counts()
    summary = ", ".join(f"{counts[fate]} {_MEANINGS[fate]}" for fate in Fate if counts[fate])
    click.echo(summary or "Nothing was done.")
    if counts[Fate.DIFFERS]:
        click.echo("Amounts are mended by deleting and creating: --replace.")
    if account.stopped:
        click.echo(f"Stopped: {visible(account.stopped, _LONGEST)}", err=True)
        click.echo(f"  to fix: {account.hint}", err=True)
    if account.exit_code is ExitCode.BROKEN:
        click.echo(f"Run it again to go on: {visible(journal)} knows what is done.", err=True)
    elif account.exit_code:
        click.echo(
            f"Mend what is named above and run it again: {visible(journal)} knows what is done.",
            err=True,
        )


def _line(told: Told) -> str:
    different = "; ".join(
        f"{each.name} should be {each.expected}, is {each.recorded}" for each in told.differences
    )
    said = "; ".join(filter(None, (told.message, different)))
    return f"  {visible(told.purchase_id, 60) or 'no id'}: {visible(said, _LONGEST)}"


def _show_some(title: str, lines: list[str]) -> None:
    if not lines:
        return
    click.echo(title)
    for line in lines[:_MOST_LINES]:
        click.echo(line)
    if len(lines) > _MOST_LINES:
        click.echo(f"  … and {len(lines) - _MOST_LINES} more: --results FILE has them all")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
