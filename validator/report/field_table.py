"""What a tag says beside what Connectif would record of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from validator.core.result import FieldReading, Result, TagReading
from validator.report import wording
from validator.report.sanitize import cells, visible

if TYPE_CHECKING:
    from validator.report.layout import Layout

# Always shown, so that a person knows which purchase the table speaks of.
LANDMARKS = ("/purchase_id", "/total_quantity", "/total_price")
ROWS = 12
MARGIN = 5
DIFFERS = "✗ differs"


def side_by_side(result: Result, layout: Layout) -> None:
    """One table a tag: the fields of which something else, or nothing, would be recorded."""
    for reading in result.readings:
        rows = _rows(reading)
        if rows or reading.dropped_items:
            _table(reading, rows, layout)
            layout.blank()


def _rows(reading: TagReading) -> list[FieldReading]:
    """Of another tag than the purchase's, nothing is of interest while it is recorded as it is."""
    is_plain = reading.event is not None and not any(map(is_surprising, reading.fields))
    if reading.tag != "cn_purchase" and is_plain:
        return []
    return [field for field in reading.fields if _is_of_interest(field)]


def _is_of_interest(field: FieldReading) -> bool:
    return is_surprising(field) or field.pointer in LANDMARKS


def is_surprising(field: FieldReading) -> bool:
    """Tell whether something else than the text, or nothing of it, is recorded."""
    return field.differs or (field.recorded is None and bool(field.text))


def recorded_lines(result: Result) -> Iterator[str]:
    """The same for reports that are lines of text: ``total_price: 133,95 → 133  ✗ differs``."""
    for reading in result.readings:
        fields = _rows(reading)
        if fields or reading.event is None or reading.dropped_items:
            yield f"{visible(reading.tag)} at {visible(str(reading.document.locate('')))}"
        if reading.event is None:
            yield f"  nothing is recorded: {visible(reading.lost_because)}"
        yield from (f"  {each}" for each in _left_out(reading))
        for field in fields[:ROWS]:
            name, text = wording.field_name(field.pointer), visible(field.text, 60) or '""'
            mark = f"  {DIFFERS}" if is_surprising(field) else ""
            yield f"  {name}: {text} → {wording.recorded_text(field.recorded)}{mark}"


def in_short(result: Result) -> Iterator[str]:
    """The same in one line a tag, for a page that has passed: ``total_price 64.300000 → 64.3``."""
    for reading in result.readings:
        if fields := _rows(reading)[:ROWS]:
            yield f"recorded by Connectif: {', '.join(map(_short, fields))}"


def _short(field: FieldReading) -> str:
    text, recorded = visible(field.text, 60), wording.recorded_text(field.recorded)
    change = "" if text == recorded else f"{text} → "
    return f"{wording.field_name(field.pointer)} {change}{recorded}"


def _left_out(reading: TagReading) -> Iterator[str]:
    """Say which products are dropped alone, of a tag that is recorded."""
    dropped = reading.dropped_items if reading.event is not None else ()
    for item in dropped[:ROWS]:
        yield f"{wording.field_name(item.pointer)} is not recorded: {visible(item.because)}"
    if len(dropped) > ROWS:
        yield f"and {len(dropped) - ROWS} more products are not recorded"


def _table(reading: TagReading, fields: Sequence[FieldReading], layout: Layout) -> None:
    place = visible(str(reading.document.locate("")))
    # Of a tag that is dropped, Connectif's script reads the values and then records nothing.
    verb = "recorded" if reading.event is not None else "read"
    heading = f"rendered → {verb} by Connectif"
    if reading.tag != "cn_purchase":
        heading = f"{visible(reading.tag)}: {heading}"
    layout.prose((heading, "bold"), (f"  {place}", "dim"), indent=MARGIN)
    if reading.event is None:
        reason = visible(reading.lost_because) or "the tag is dropped"
        layout.prose((f"nothing is recorded: {reason}", "bold red"), indent=MARGIN)
    for line in _left_out(reading):
        layout.prose((line, "red"), indent=MARGIN)
    shown = fields[:ROWS]
    rows = [(wording.field_name(f.pointer), visible(f.text, 60) or '""') for f in shown]
    names = max((cells(name) for name, _ in rows), default=0)
    widest = max((cells(text) for _, text in rows), default=0)
    texts = min(widest, max(layout.width - names - 30, 12))
    for field, (name, text) in zip(shown, rows, strict=True):
        first = f"{'':{MARGIN}}{name}{'':{names - cells(name)}}  "
        gap = " " * max(texts - cells(text), 0)
        recorded = wording.recorded_text(field.recorded)
        layout.prose(
            f"{text}{gap} → ",
            (recorded, "bold red" if is_surprising(field) else ""),
            (f"  {DIFFERS}" if is_surprising(field) else "", "red"),
            first=(first, "dim"),
            indent=cells(first),
        )
    if more := len(fields) - len(shown):
        layout.prose(
            (f"and {more} more fields: --report json=FILE lists all", "yellow"), indent=MARGIN
        )
