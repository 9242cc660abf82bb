"""What the Connectif script would record of a tag: the purchase event, or why there is none.

Facts read in client script 1.3.0: numbers go through ``parseFloat`` and ``parseInt``, and a number
that is not finite is left out. A purchase without an id, or without a quantity and a price of zero
or more, is dropped without a message; so is an item without name, url, product id or unit price.
How the script handles an empty text is not documented; here nothing is recorded for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from validator.contract.fields import Field
from validator.core.document import Document, Json, json_pointer
from validator.core.result import DroppedItem, FieldReading, ShadowedField, TagReading
from validator.page import javascript
from validator.page.amounts import possible_amounts

LIST_KEY_SUFFIX = "[]"
"""The end of the key of a value that is in a list with the values of other tags."""


def build_reading(
    tag: Field, document: Document, shadowed: tuple[ShadowedField, ...] = ()
) -> TagReading:
    """Read the texts of a tag as the script does."""
    data = cast("dict[str, Json]", document.data)
    lost = _describe_losses(tag, data)
    recorded = _record_fields(tag, data)
    return TagReading(
        document=document,
        fields=tuple(_build_field_readings(tag, data, "")),
        event=None if lost else _build_event(tag, recorded),
        lost_because=lost,
        shadowed=shadowed,
        tag=tag.name,
        dropped_items=tuple(_dropped_items(tag.fields.values(), data)),
    )


def find_recorded_purchase(reading: TagReading) -> Mapping[str, Any] | None:
    """Return the purchase that would be recorded, by the event's field names; None for no
    purchase."""
    purchase = (reading.event or {}).get("purchase")
    return purchase if isinstance(purchase, dict) else None


def _build_event(tag: Field, recorded: dict[str, Json]) -> dict[str, Json]:
    """Return what the page would send for a tag: an event, or data that goes with events."""
    data: dict[str, Json] = {tag.key: recorded} if tag.key else recorded
    return {"type": tag.event, **data} if tag.event else data


def causes_drop(field: Field, text: Json) -> bool:
    """Tell whether this text of the field (None: missing) makes the script drop the whole."""
    value = parse_recorded_value(field, text)
    return bool(field.drop) and (value is None or (isinstance(value, int | float) and value < 0))


def parse_recorded_value(field: Field, text: Json) -> Json:
    """Return what is recorded of one text: a number, the text, or None for nothing."""
    if not isinstance(text, str) or not text or field.read == "not-read":
        return None
    if field.read == "text":
        return text
    number = _parse_number(field, text)
    if not math.isfinite(number):
        return None
    # As JavaScript formats it: the shortest digits that identify the number, then zeros.
    is_written_out = number.is_integer() and abs(number) < 1e21
    return int(Decimal(repr(number))) if is_written_out else number


def _parse_number(field: Field, text: str) -> float:
    parse = javascript.parse_float if field.read == "float" else javascript.parse_int
    return parse(text)


def _record_fields(owner: Field, data: dict[str, Json]) -> dict[str, Json]:
    recorded: dict[str, Json] = {}
    for name in dict.fromkeys((*owner.fields, *data)):
        field = owner[name]
        value = _record_field(field, data.get(name))
        if value is None or not field.key:
            continue
        if field.key.endswith(LIST_KEY_SUFFIX):
            recorded[field.key.removesuffix(LIST_KEY_SUFFIX)] = [value]
        else:
            recorded[field.key] = value
    return recorded


def _record_field(field: Field, texts: Json) -> Json:
    if field.fields:
        # The list of products is sent even where it is empty.
        items = cast("list[dict[str, Json]]", texts or [])
        return [_record_fields(field, item) for item in items if not _describe_losses(field, item)]
    if isinstance(texts, list):
        return [
            each for text in texts if (each := parse_recorded_value(field, text)) is not None
        ] or None
    return parse_recorded_value(field, texts)


def _dropped_items(fields: Iterable[Field], data: dict[str, Json]) -> Iterator[DroppedItem]:
    for field in fields:
        items = data.get(field.name)
        if field.fields and isinstance(items, list):
            for index, item in enumerate(cast("list[dict[str, Json]]", items)):
                if because := _describe_losses(field, item):
                    yield DroppedItem(json_pointer(field.name, index), because)


def _describe_losses(owner: Field, data: dict[str, Json]) -> str:
    """Return why the script drops a tag or an item; "" where it does not."""
    return ", ".join(
        _describe_loss(field, data.get(field.name))
        for field in owner.fields.values()
        if causes_drop(field, data.get(field.name))
    )


def _build_field_readings(owner: Field, data: dict[str, Json], at: str) -> Iterator[FieldReading]:
    for name, value in data.items():
        field, here = owner[name], at + json_pointer(name)
        if not isinstance(value, list):
            yield _build_field_reading(field, str(value), here)
            continue
        for index, each in enumerate(value):
            if isinstance(each, dict):
                yield from _build_field_readings(field, each, here + json_pointer(index))
            else:
                yield _build_field_reading(field, str(each), here + json_pointer(index))


def _build_field_reading(field: Field, text: str, at: str) -> FieldReading:
    recorded = parse_recorded_value(field, text)
    is_number = field.read in ("float", "integer")
    return FieldReading(
        at, text, recorded, is_number and bool(text) and _differs_from_expectation(text, recorded)
    )


def _differs_from_expectation(text: str, recorded: Json) -> bool:
    """Tell whether a person reads, or could read, another number than the recorded one."""
    if not isinstance(recorded, int | float):
        return True
    return {float(number) for number in possible_amounts(text)} != {float(recorded)}


def _describe_loss(field: Field, text: Json) -> str:
    if text is None:
        return f"{field.name} is missing"
    if not text:
        return f"{field.name} is empty"
    shown = text if isinstance(text, str) and len(text) <= 60 else f"{str(text)[:30]}…"
    if parse_recorded_value(field, text) is not None:
        return f'{field.name} "{shown}" is negative'
    is_number = isinstance(text, str) and not math.isnan(_parse_number(field, text))
    fault = "is too large a number" if is_number else "does not begin with a number"
    return f'{field.name} "{shown}" {fault}'
