"""Tables of what a tag says and what Connectif would record of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from validator.core.result import FieldReading, Result, TagReading
from validator.report import formatting
from validator.report.sanitize import sanitize, terminal_width

if TYPE_CHECKING:
    from validator.report.text_layout import Layout

# Always shown, so that a person knows which purchase the table is about.
KEY_FIELDS = ("/purchase_id", "/total_quantity", "/total_price")
MAX_ROWS = 12
MARGIN = 5
DIFFERS_MARK = "✗ differs"


def add_field_tables(result: Result, layout: Layout) -> None:
    """Add a table for each tag, with the fields that are recorded differently or not at all."""
    for reading in result.readings:
        rows = _select_fields(reading)
        if rows or reading.dropped_items:
            _add_table(reading, rows, formatting.format_recorder(result), layout)
            layout.blank()


def _select_fields(reading: TagReading) -> list[FieldReading]:
    """Return the fields to show. Other tags than the purchase are shown only with differences."""
    is_plain = reading.event is not None and not any(map(is_recorded_otherwise, reading.fields))
    if reading.tag != "cn_purchase" and is_plain:
        return []
    return [field for field in reading.fields if _is_listed(field)]


def _is_listed(field: FieldReading) -> bool:
    return is_recorded_otherwise(field) or field.pointer in KEY_FIELDS


def is_recorded_otherwise(field: FieldReading) -> bool:
    """Tell whether something other than the text is recorded, or nothing."""
    return field.differs or (field.recorded is None and bool(field.text))


def format_field_lines(result: Result) -> Iterator[str]:
    """Yield the fields as lines of text: ``total_price: 133,95 → 133  ✗ differs``."""
    for reading in result.readings:
        fields = _select_fields(reading)
        if fields or reading.event is None or reading.dropped_items:
            yield f"{sanitize(reading.tag)} at {sanitize(str(reading.document.locate('')))}"
        if reading.event is None:
            yield f"  nothing is recorded: {sanitize(reading.lost_because)}"
        yield from (f"  {each}" for each in _dropped_item_lines(reading))
        for field in fields[:MAX_ROWS]:
            name, text = formatting.format_field(field.pointer), sanitize(field.text, 60) or '""'
            mark = f"  {DIFFERS_MARK}" if is_recorded_otherwise(field) else ""
            yield f"  {name}: {text} → {formatting.format_recorded(field.recorded)}{mark}"


def summarize_fields(result: Result) -> Iterator[str]:
    """Yield one line for each tag of a passed page: ``total_price 64.300000 → 64.3``."""
    for reading in result.readings:
        if fields := _select_fields(reading)[:MAX_ROWS]:
            recorder = formatting.format_recorder(result)
            yield f"{recorder}: {', '.join(map(_format_field, fields))}"


def _format_field(field: FieldReading) -> str:
    text, recorded = sanitize(field.text, 60), formatting.format_recorded(field.recorded)
    change = "" if text == recorded else f"{text} → "
    return f"{formatting.format_field(field.pointer)} {change}{recorded}"


def _dropped_item_lines(reading: TagReading) -> Iterator[str]:
    """Yield the products that are dropped from a tag that is recorded."""
    dropped = reading.dropped_items if reading.event is not None else ()
    for item in dropped[:MAX_ROWS]:
        yield f"{formatting.format_field(item.pointer)} is not recorded: {sanitize(item.because)}"
    if len(dropped) > MAX_ROWS:
        yield f"and {len(dropped) - MAX_ROWS} more products are not recorded"


def _add_table(
    reading: TagReading, fields: Sequence[FieldReading], recorder: str, layout: Layout
) -> None:
    place = sanitize(str(reading.document.locate("")))
    # The script reads the values of a tag that it drops, but records nothing.
    heading = f"rendered → {recorder if reading.event is not None else 'read by Connectif'}"
    if reading.tag != "cn_purchase":
        heading = f"{sanitize(reading.tag)}: {heading}"
    layout.add_paragraph((heading, "bold"), (f"  {place}", "dim"), indent=MARGIN)
    if reading.event is None:
        reason = sanitize(reading.lost_because) or "the tag is dropped"
        layout.add_paragraph((f"nothing is recorded: {reason}", "bold red"), indent=MARGIN)
    for line in _dropped_item_lines(reading):
        layout.add_paragraph((line, "red"), indent=MARGIN)
    shown = fields[:MAX_ROWS]
    rows = [(formatting.format_field(f.pointer), sanitize(f.text, 60) or '""') for f in shown]
    names = max((terminal_width(name) for name, _ in rows), default=0)
    widest = max((terminal_width(text) for _, text in rows), default=0)
    texts = min(widest, max(layout.width - names - 30, 12))
    for field, (name, text) in zip(shown, rows, strict=True):
        first = f"{'':{MARGIN}}{name}{'':{names - terminal_width(name)}}  "
        gap = " " * max(texts - terminal_width(text), 0)
        recorded = formatting.format_recorded(field.recorded)
        layout.add_paragraph(
            f"{text}{gap} → ",
            (recorded, "bold red" if is_recorded_otherwise(field) else ""),
            (f"  {DIFFERS_MARK}" if is_recorded_otherwise(field) else "", "red"),
            first=(first, "dim"),
            indent=terminal_width(first),
        )
    if more := len(fields) - len(shown):
        layout.add_paragraph(
            (f"and {more} more fields: --report json=FILE lists all", "yellow"), indent=MARGIN
        )
