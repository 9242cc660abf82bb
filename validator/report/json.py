"""The report for programs: everything that is known, as schemas/results.schema.json describes.

Pure ASCII: characters that could confuse a reader of the text (bidi overrides, lone surrogates,
control characters) are JSON escapes, and decode to exactly what the page said.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from validator.core.capture import Capture
from validator.core.document import Json
from validator.core.result import Report, Result, TagReading, Verdict

SCHEMA_VERSION = 1
"""Increased when a reader of the old form would misread the new one, not for new keys."""


def json_report(report: Report) -> str:
    """Return the whole run as one JSON object; ends with a newline."""
    data: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "run_id": report.run_id,
        "started": report.started,
        "duration_ms": round(report.duration_ms, 3),
        "interrupted": report.interrupted,
        "exit_code": report.exit_code.value,
        "new_findings": report.new_findings,
        "fails_on_flaky": report.fails_on_flaky,
        "failure": None if report.failure is None else report.failure.value,
        "counts": {str(verdict): report.count(verdict) for verdict in Verdict},
        "versions": _to_json(report.versions),
        "notes": list(report.notes),
        "results": [_result_object(result) for result in report.results],
    }
    return json.dumps(data, indent=2, allow_nan=False) + "\n"


def result_line(result: Result) -> str:
    """Return one result on one line, as in the report's ``results``; ends with a newline."""
    return json.dumps(_result_object(result), allow_nan=False) + "\n"


def _result_object(result: Result) -> dict[str, Json]:
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
        {**_dataclass_object(field), "location": _to_json(document.locate(field.pointer))}
        for field in reading.fields
    ]
    return {
        "label": document.label,
        "location": _to_json(document.locate("")),
        "data": _to_json(document.data),
        "fields": list(fields),
        "event": _to_json(reading.event),
        "lost_because": reading.lost_because,
        "shadowed": _to_json(reading.shadowed),
        "tag": reading.tag,
        "dropped_items": [
            {**_dataclass_object(item), "location": _to_json(document.locate(item.pointer))}
            for item in reading.dropped_items
        ],
    }


def _dataclass_object(value: Any) -> dict[str, Json]:  # Any: dataclasses.fields has no closer type
    named = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.compare}
    return {
        name: round(item, 3) if _is_duration(name, item) else _to_json(item)
        for name, item in named.items()
    }


def _is_duration(name: str, value: object) -> bool:
    return isinstance(value, float) and (name == "ms" or name.endswith("_ms"))


def _to_json(value: object) -> Json:
    if dataclasses.is_dataclass(value):
        return _dataclass_object(value)
    if isinstance(value, Mapping):
        return {str(key): _to_json(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [_to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # a page may post NaN; JSON has no such number
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"no JSON for {type(value).__name__}")
