"""The answer for people: what matters first."""

from __future__ import annotations

from collections.abc import Iterator

from validator.reconcile.model import Conclusion, Kind, Outcome, Reading
from validator.reconcile.why import percent
from validator.report.layout import Layout
from validator.report.sanitize import visible

SHOWN = 10
WORDS = {
    Kind.MISSING: "missing",
    Kind.TWICE: "recorded more than once",
    Kind.TOTAL: "recorded with another total",
    Kind.QUANTITY: "recorded with another quantity",
    Kind.DATE: "recorded with another date",
    Kind.UNPAID: "recorded, though not paid",
    Kind.EXTRA: "recorded, though the shop has no such order",
}
_INDENT = 4


def terminal_text(outcome: Outcome, *, width: int, color: bool, quiet: bool = False) -> str:
    """Return the answer for a terminal of ``width`` columns; ``quiet``: only what was found."""
    layout = Layout(width)
    _verdict(layout, outcome)
    if not quiet:
        _why(layout, outcome)
    for kind in Kind:
        _list(layout, outcome, kind, quiet=quiet)
    if not quiet:
        _reading(layout, outcome)
    return layout.text(color=color)


def _verdict(layout: Layout, outcome: Outcome) -> None:
    missing = outcome.counts.get(Kind.MISSING, 0)
    if missing:
        worth = f", {outcome.missing_total:,.2f} in total" if outcome.missing_total else ""
        layout.prose(
            (f"{missing:,} of {_orders(outcome.counted)} missing in Connectif", "bold red"),
            f" ({percent(missing, outcome.counted)}){worth}",
            first=("✗", "red"),
            indent=2,
        )
    else:
        layout.prose(
            (f"none of {_orders(outcome.counted)} is missing in Connectif", "bold"),
            first=("✓", "green"),
            indent=2,
        )
    for kind, words in WORDS.items():
        count = outcome.counts.get(kind, 0)
        if count and kind is not Kind.MISSING:
            fails = kind in outcome.failing
            mark = ("✗", "red") if fails else ("·", "yellow")
            layout.prose(f"{count:,} {words}", first=mark, indent=2)
    if outcome.not_compared:
        what = ", ".join(outcome.not_compared)
        layout.prose(f"not compared: {what} (not in both sources)", first="·", indent=2)
    for note in outcome.notes:
        layout.prose(visible(note), first=("!", "yellow"), indent=2)


def _orders(count: int) -> str:
    return f"{count:,} order" if count == 1 else f"{count:,} orders"


def _why(layout: Layout, outcome: Outcome) -> None:
    why = outcome.why
    if not why.missing:
        return
    layout.blank()
    layout.line(("Why", "bold"))
    for number, conclusion in enumerate(why.conclusions, 1):
        for part, first in _conclusion(conclusion, f"{number}."):
            layout.prose(part, first=f"  {first}", indent=_INDENT + 1)
    if why.note:
        layout.prose(visible(why.note, 1000), first="  ", indent=2)


def _conclusion(each: Conclusion, number: str) -> Iterator[tuple[str, str]]:
    yield visible(each.sentence), number
    yield (
        f"Rests on {each.missing_here:,} missing of {each.orders_here:,} such orders, against "
        f"{each.missing_rest:,} of {each.orders_rest:,} others; {chance(each.p)}.",
        "",
    )
    yield f"Most likely {each.means}.", ""
    yield f"See: {', '.join(f'cn-validator rules {rule}' for rule in each.rules)}", ""
    yield visible(f"Would be caught by {each.scenario}."), ""


def chance(p: float) -> str:
    """How likely so much is by chance, in words that no one reads as zero."""
    return "by chance: p < 0.000001" if p < 1e-6 else f"by chance: p = {p:.2g}"


def _list(layout: Layout, outcome: Outcome, kind: Kind, *, quiet: bool) -> None:
    listed = outcome.listed.get(kind, ())
    if not listed:
        return
    layout.blank()
    layout.line((WORDS[kind].capitalize(), "bold"))
    shown = listed if quiet else listed[:SHOWN]
    width = min(max(len(visible(each.id, 60)) for each in shown), 40)
    for each in shown:
        parts = [f"  {visible(each.id, 60):{width}}", each.date or ""]
        if kind in (Kind.MISSING, Kind.EXTRA):
            parts.append(visible(each.in_shop or each.recorded or "", 60))
        elif kind is Kind.TWICE:
            parts.append(f"{each.recorded} times")
        else:
            parts.append(
                f"shop {visible(each.in_shop or '-', 60)}, "
                f"recorded {visible(each.recorded or '-', 60)}"
            )
        layout.line("  ".join(part for part in parts if part))
    rest = outcome.counts.get(kind, 0) - len(shown)
    if rest:
        where = "--report csv=FILE" if kind is Kind.MISSING else "--report json=FILE"
        layout.line(f"  … and {rest:,} more: {where} lists them")


def _reading(layout: Layout, outcome: Outcome) -> None:
    layout.blank()
    layout.line(("How it was read", "bold"))
    for side, reading in (("orders", outcome.orders), ("recorded", outcome.recorded)):
        layout.prose(visible(_read(reading), 2000), first=f"  {side}", indent=12)
    for reason, count in outcome.left_out.items():
        layout.prose(f"{_orders(count)} {reason}", first="  left out", indent=12)


def _read(reading: Reading) -> str:
    columns = ", ".join(
        field if field == column else f"{field} = {column}"
        for field, column in reading.columns.items()
    )
    notes = "".join(f"; {note}" for note in reading.notes)
    return f"{reading.label}, {reading.rows:,} rows: {columns}{notes}"
