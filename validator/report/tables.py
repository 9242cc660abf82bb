"""What a tag says beside what Connectif would record of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from validator.report import wording
from validator.report.plain import cells, visible
from validator.result import FieldReading, Result, TagReading

if TYPE_CHECKING:
    from validator.report.layout import Layout

# Always shown, so that a person knows which purchase the table speaks of.
LANDMARKS = ("/purchase_id", "/total_quantity", "/total_price")
ROWS = 12
MARGIN = 5


def side_by_side(result: Result, layout: Layout) -> None:
    """One table a tag: the fields of which something else, or nothing, would be recorded."""
    for reading in result.readings:
        rows = [f for f in reading.fields if _is_of_interest(f)]
        if rows:
            _table(reading, rows, layout)
            layout.blank()


def _is_of_interest(field: FieldReading) -> bool:
    lost = field.recorded is None and field.text
    return field.differs or bool(lost) or field.pointer in LANDMARKS


def _table(reading: TagReading, fields: Sequence[FieldReading], layout: Layout) -> None:
    place = visible(str(reading.document.locate("")))
    # Of a tag that is dropped, Connectif's script reads the values and then records nothing.
    verb = "recorded" if reading.event is not None else "read"
    heading = f"rendered → {verb} by Connectif"
    layout.prose((heading, "bold"), (f"  {place}", "dim"), indent=MARGIN)
    if reading.event is None:
        reason = visible(reading.lost_because) or "the tag is dropped"
        layout.prose((f"nothing is recorded: {reason}", "bold red"), indent=MARGIN)
    shown = fields[:ROWS]
    rows = [(wording.field_name(f.pointer), visible(f.text, 60) or '""') for f in shown]
    names = max(cells(name) for name, _ in rows)
    texts = min(max(cells(text) for _, text in rows), max(layout.width - names - 30, 12))
    for field, (name, text) in zip(shown, rows, strict=True):
        first = f"{'':{MARGIN}}{name}{'':{names - cells(name)}}  "
        gap = " " * max(texts - cells(text), 0)
        recorded = wording.recorded_text(field.recorded)
        layout.prose(
            f"{text}{gap} → ",
            (recorded, "bold red" if field.differs else ""),
            first=(first, "dim"),
            indent=cells(first),
        )
    if more := len(fields) - len(shown):
        layout.prose(
            (f"and {more} more fields: --report json=FILE lists all", "yellow"), indent=MARGIN
        )
