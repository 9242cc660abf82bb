"""The answer for people: what matters first."""

from __future__ import annotations

from collections.abc import Iterator

from validator.reconcile.cause_search import format_percent
from validator.reconcile.model import Conclusion, DifferenceKind, ReconcileResult, SourceSummary
from validator.report.sanitize import sanitize
from validator.report.text_layout import Layout

MAX_SHOWN = 10
KIND_LABELS = {
    DifferenceKind.MISSING: "missing",
    DifferenceKind.TWICE: "recorded more than once",
    DifferenceKind.TOTAL: "recorded with another total",
    DifferenceKind.QUANTITY: "recorded with another quantity",
    DifferenceKind.DATE: "recorded with another date",
    DifferenceKind.UNPAID: "recorded, though not paid",
    DifferenceKind.EXTRA: "recorded, though the shop has no such order",
}
_INDENT = 4


def terminal_text(outcome: ReconcileResult, *, width: int, color: bool, quiet: bool = False) -> str:
    """Return the answer for a terminal of ``width`` columns; ``quiet``: only what was found."""
    layout = Layout(width)
    _write_verdict(layout, outcome)
    if not quiet:
        _write_causes(layout, outcome)
    for kind in DifferenceKind:
        _write_differences(layout, outcome, kind, quiet=quiet)
    if not quiet:
        _write_sources(layout, outcome)
    return layout.text(color=color)


def _write_verdict(layout: Layout, outcome: ReconcileResult) -> None:
    missing = outcome.counts.get(DifferenceKind.MISSING, 0)
    if missing:
        worth = f", {outcome.missing_total:,.2f} in total" if outcome.missing_total else ""
        layout.add_paragraph(
            (
                f"{missing:,} of {_format_order_count(outcome.counted)} missing in Connectif",
                "bold red",
            ),
            f" ({format_percent(missing, outcome.counted)}){worth}",
            first=("✗", "red"),
            indent=2,
        )
    else:
        layout.add_paragraph(
            (f"none of {_format_order_count(outcome.counted)} is missing in Connectif", "bold"),
            first=("✓", "green"),
            indent=2,
        )
    for kind, words in KIND_LABELS.items():
        count = outcome.counts.get(kind, 0)
        if count and kind is not DifferenceKind.MISSING:
            fails = kind in outcome.failing
            mark = ("✗", "red") if fails else ("·", "yellow")
            layout.add_paragraph(f"{count:,} {words}", first=mark, indent=2)
    if outcome.not_compared:
        what = ", ".join(outcome.not_compared)
        layout.add_paragraph(f"not compared: {what} (not in both sources)", first="·", indent=2)
    for note in outcome.notes:
        layout.add_paragraph(sanitize(note), first=("!", "yellow"), indent=2)


def _format_order_count(count: int) -> str:
    return f"{count:,} order" if count == 1 else f"{count:,} orders"


def _write_causes(layout: Layout, outcome: ReconcileResult) -> None:
    why = outcome.why
    if not why.missing:
        return
    layout.blank()
    layout.line(("Why", "bold"))
    for number, conclusion in enumerate(why.conclusions, 1):
        for part, first in _conclusion_paragraphs(conclusion, f"{number}."):
            layout.add_paragraph(part, first=f"  {first}", indent=_INDENT + 1)
    if why.note:
        layout.add_paragraph(sanitize(why.note, 1000), first="  ", indent=2)


def _conclusion_paragraphs(each: Conclusion, number: str) -> Iterator[tuple[str, str]]:
    yield sanitize(each.sentence), number
    yield (
        f"Rests on {each.missing_here:,} missing of {each.orders_here:,} such orders, against "
        f"{each.missing_rest:,} of {each.orders_rest:,} others; {format_p_value(each.p)}.",
        "",
    )
    yield f"Most likely {each.means}.", ""
    yield f"See: {', '.join(f'cn-validator rules {rule}' for rule in each.rules)}", ""
    yield sanitize(f"Would be caught by {each.scenario}."), ""


def format_p_value(p: float) -> str:
    """How likely so much is by chance, in words that no one reads as zero."""
    return "by chance: p < 0.000001" if p < 1e-6 else f"by chance: p = {p:.2g}"


def _write_differences(
    layout: Layout, outcome: ReconcileResult, kind: DifferenceKind, *, quiet: bool
) -> None:
    listed = outcome.listed.get(kind, ())
    if not listed:
        return
    layout.blank()
    layout.line((KIND_LABELS[kind].capitalize(), "bold"))
    shown = listed if quiet else listed[:MAX_SHOWN]
    width = min(max(len(sanitize(each.id, 60)) for each in shown), 40)
    for each in shown:
        parts = [f"  {sanitize(each.id, 60):{width}}", each.date or ""]
        if kind in (DifferenceKind.MISSING, DifferenceKind.EXTRA):
            parts.append(sanitize(each.in_shop or each.recorded or "", 60))
        elif kind is DifferenceKind.TWICE:
            parts.append(f"{each.recorded} times")
        else:
            parts.append(
                f"shop {sanitize(each.in_shop or '-', 60)}, "
                f"recorded {sanitize(each.recorded or '-', 60)}"
            )
        layout.line("  ".join(part for part in parts if part))
    rest = outcome.counts.get(kind, 0) - len(shown)
    if rest:
        where = "--report csv=FILE" if kind is DifferenceKind.MISSING else "--report json=FILE"
        layout.line(f"  … and {rest:,} more: {where} lists them")


def _write_sources(layout: Layout, outcome: ReconcileResult) -> None:
    layout.blank()
    layout.line(("How it was read", "bold"))
    for side, reading in (("orders", outcome.orders), ("recorded", outcome.recorded)):
        layout.add_paragraph(
            sanitize(_describe_source(reading), 2000), first=f"  {side}", indent=12
        )
    for reason, count in outcome.left_out.items():
        layout.add_paragraph(
            f"{_format_order_count(count)} {reason}", first="  left out", indent=12
        )


def _describe_source(reading: SourceSummary) -> str:
    columns = ", ".join(
        field if field == column else f"{field} = {column}"
        for field, column in reading.columns.items()
    )
    notes = "".join(f"; {note}" for note in reading.notes)
    return f"{reading.label}, {reading.rows:,} rows: {columns}{notes}"
