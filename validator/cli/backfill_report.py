"""The output of ``cn-validator backfill``: the plan of a dry run, and the outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from validator.backfill.order_files import OrderTable
from validator.backfill.order_parsing import ParsedOrders, SendableOrder, UnsendableOrder
from validator.backfill.order_results import SUCCESSFUL_OUTCOMES, OrderOutcome, OrderResult, Summary
from validator.cli.terminal.echo import echo
from validator.core.exit_code import ExitCode
from validator.report.sanitize import sanitize

_MAX_LINES = 20
_MAX_TEXT_LENGTH = 2_000

_OUTCOME_LABELS: Mapping[OrderOutcome, str] = {
    OrderOutcome.CREATED: "created",
    OrderOutcome.REPLACED: "deleted and created again",
    OrderOutcome.ALREADY_THERE: "already there",
    OrderOutcome.DONE_BEFORE: "done by an earlier run",
    OrderOutcome.DIFFERS: "recorded with other amounts",
    OrderOutcome.REFUSED: "refused by the API",
    OrderOutcome.NOT_FOUND: "not found afterwards",
    OrderOutcome.FAILED: "without an answer",
    OrderOutcome.NOT_SENDABLE: "cannot be sent",
    OrderOutcome.NOT_REACHED: "not reached",
}


def show_plan(
    table: OrderTable,
    orders: ParsedOrders,
    *,
    file: str,
    triggers: bool,
    per_minute: float,
    most: int | None,
) -> None:
    """Print what would be sent, with ``most`` requests in full; None for all."""
    sendable = orders.sendable
    echo(
        f"{sanitize(file)}: {_format_count(len(sendable), 'order')} to send, "
        f"{len(orders.not_sendable)} that cannot be sent"
    )
    _show_columns(table)
    _show_not_sendable(orders.not_sendable)
    _show_notes(sendable)
    flag = "true" if triggers else "false"
    for order in sendable[:most]:
        echo(f"\nPOST /purchases/?triggerPurchaseEvent={flag}")
        body = json.dumps(order.purchase.body(), indent=2, ensure_ascii=False)
        echo("\n".join(sanitize(line, _MAX_TEXT_LENGTH) for line in body.split("\n")))
    if most is not None and len(sendable) > most:
        echo(f"\n… and {len(sendable) - most} more: --show all")
    if sendable:
        _show_send_conditions(len(sendable), triggers, per_minute)
    echo("Nothing was sent: --apply sends the purchases.")


def _show_send_conditions(number: int, triggers: bool, per_minute: float) -> None:
    workflows = (
        "On-Purchase workflows run, as for an order of today."
        if triggers
        else "On-Purchase workflows do not run, because customers would get messages today about a "
        "past order: --trigger-workflows runs them."
    )
    echo(
        f"\nA contact or product that the API does not know is created first (PATCH). {workflows}\n"
        f"Each is read back afterwards: {2 * number} requests or more, at most {per_minute:g} a "
        f"minute, so {_format_minutes(2 * number / per_minute)} or more."
    )


def _show_columns(table: OrderTable) -> None:
    names = [
        field if field == name else f"{sanitize(name, 40)} as {field}"
        for field, name in table.column_by_field.items()
    ]
    echo(f"  read: {', '.join(names)}")
    if table.ignored:
        echo(f"  not sent: {', '.join(sanitize(name, 40) for name in table.ignored)}")
    for note in table.notes:
        echo(f"  {note}")


def _show_not_sendable(orders: Iterable[UnsendableOrder]) -> None:
    lines = [
        f"  {sanitize(str(order.place))}: {sanitize(order.purchase_id, 60) or 'no id'}: "
        f"{sanitize('; '.join(order.reasons), _MAX_TEXT_LENGTH)}"
        for order in orders
    ]
    _show_section("Cannot be sent:", lines)


def _show_notes(orders: Iterable[SendableOrder]) -> None:
    """Print each note once, with the number of its orders and the first of them."""
    first: dict[str, list[SendableOrder]] = {}
    for order in orders:
        for note in order.notes:
            first.setdefault(note, []).append(order)
    lines = [
        f"  {_format_count(len(those), 'order')}, such as "
        f"{sanitize(those[0].purchase.purchase_id, 60)}: "
        f"{sanitize(note)}"
        for note, those in first.items()
    ]
    _show_section("Take care:", lines)


def show_summary(account: Summary, *, journal: str) -> None:
    """Print the outcomes of the orders, those that need attention first."""
    for fate in (
        OrderOutcome.NOT_SENDABLE,
        OrderOutcome.REFUSED,
        OrderOutcome.DIFFERS,
        OrderOutcome.NOT_FOUND,
        OrderOutcome.FAILED,
    ):
        told = [each for each in account.told if each.fate is fate]
        meaning = _OUTCOME_LABELS[fate]
        _show_section(
            f"{meaning[0].upper()}{meaning[1:]}:", [_format_result(each) for each in told]
        )
    minor = [each for each in account.told if each.fate in SUCCESSFUL_OUTCOMES and each.differences]
    _show_section(
        "Recorded with the right amounts and other differences:",
        [_format_result(each) for each in minor],
    )
    counts = account.counts()
    summary = ", ".join(
        f"{counts[fate]} {_OUTCOME_LABELS[fate]}" for fate in OrderOutcome if counts[fate]
    )
    echo(summary or "Nothing was done.")
    if counts[OrderOutcome.DIFFERS]:
        echo("To fix amounts, delete and create the purchases again: --replace.")
    if account.stopped:
        echo(f"Stopped: {sanitize(account.stopped, _MAX_TEXT_LENGTH)}", err=True)
        echo(f"  to fix: {account.hint}", err=True)
    if account.exit_code is ExitCode.BROKEN:
        echo(f"Run it again to go on: {sanitize(journal)} holds what is done.", err=True)
    elif account.exit_code:
        echo(
            f"Fix what is named above and run it again: {sanitize(journal)} holds what is done.",
            err=True,
        )


def _format_result(told: OrderResult) -> str:
    different = "; ".join(
        f"{each.name} should be {each.expected}, is {each.recorded}" for each in told.differences
    )
    said = "; ".join(filter(None, (told.message, different)))
    return f"  {sanitize(told.purchase_id, 60) or 'no id'}: {sanitize(said, _MAX_TEXT_LENGTH)}"


def _show_section(title: str, lines: list[str]) -> None:
    if not lines:
        return
    echo(title)
    for line in lines[:_MAX_LINES]:
        echo(line)
    if len(lines) > _MAX_LINES:
        echo(f"  … and {len(lines) - _MAX_LINES} more: --results FILE has all of them")


def _format_count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _format_minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
