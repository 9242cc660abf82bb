"""Results as JSON: everything that is known of a page, as schemas/results.schema.json describes."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from validator.core.capture import Capture
from validator.core.document import Json
from validator.core.result import Result, TagReading


def result_line(result: Result) -> str:
    """Return one result on one line, as in the report's ``results``; ends with a newline."""
    return json.dumps(result_object(result), allow_nan=False) + "\n"


def result_object(result: Result) -> dict[str, Json]:
    """Return one result as JSON data."""
    seen = isinstance(result.outcome, Capture)
    outcome = {"kind": "capture" if seen else "breakdown", **_dataclass_object(result.outcome)}
    return {
        "subject": result.subject,
        "verdict": str(result.verdict),
        "attempts": result.attempts,
        **_dataclass_object(result),
        "outcome": outcome,
        "readings": [_reading_object(reading) for reading in result.readings],
        "earlier": [{"kind": "breakdown", **_dataclass_object(each)} for each in result.earlier],
    }


def _reading_object(reading: TagReading) -> Json:
    document = reading.document
    fields = [
        {**_dataclass_object(field), "location": value_to_json(document.locate(field.pointer))}
        for field in reading.fields
    ]
    return {
        "label": document.label,
        "location": value_to_json(document.locate("")),
        "data": value_to_json(document.data),
        "fields": list(fields),
        "event": value_to_json(reading.event),
        "lost_because": reading.lost_because,
        "shadowed": value_to_json(reading.shadowed),
        "tag": reading.tag,
        "dropped_items": [
            {**_dataclass_object(item), "location": value_to_json(document.locate(item.pointer))}
            for item in reading.dropped_items
        ],
    }


def _dataclass_object(value: Any) -> dict[str, Json]:  # Any: dataclasses.fields has no closer type
    named = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.compare}
    return {
        name: round(item, 3) if _is_duration(name, item) else value_to_json(item)
        for name, item in named.items()
    }


def _is_duration(name: str, value: object) -> bool:
    return isinstance(value, float) and (name == "ms" or name.endswith("_ms"))


def value_to_json(value: object) -> Json:
    """Return a value of a result as JSON data."""
    if dataclasses.is_dataclass(value):
        return _dataclass_object(value)
    if isinstance(value, Mapping):
        return {str(key): value_to_json(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [value_to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # a page may post NaN; JSON has no such number
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"no JSON for {type(value).__name__}")
