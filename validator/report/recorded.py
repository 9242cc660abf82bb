"""The report of what Connectif would record: the events as the page would send them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from validator.core.result import Report
from validator.page.javascript import format_number

_UNSAFE_CHARACTER = re.compile(
    r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that JSON allows in a string and that a terminal would interpret."""


def recorded_report(report: Report) -> str:
    """Return one JSON object per event, in the order of the pages; "" where nothing is recorded.

    The values are those of ``events`` in the body of the page's data POST, or of the data beside
    them: the cart, the contact. Data that is not known to be sent is under the name of its tag.
    """
    events = (
        reading.event
        for result in report.results
        for reading in result.readings
        if reading.event is not None
    )
    return "".join(
        f"{_UNSAFE_CHARACTER.sub(_escape_character, _stringify_json(event))}\n" for event in events
    )


def undocumented_event_notes(report: Report) -> Iterator[str]:
    """Yield a note on the tags whose data is sent in an unknown form."""
    readings = (each for result in report.results for each in result.readings)
    names = {each.tag: None for each in readings if each.event and set(each.event) == {each.tag}}
    if names:
        yield (
            f"the data of {', '.join(names)} is what the script reads; the form in which it is "
            "sent is not known, so it is shown under the name of the tag"
        )


def _stringify_json(value: object, indent: str = "") -> str:
    """Return JSON as ``JSON.stringify(value, null, 2)`` formats it, including numbers."""
    inner = indent + "  "
    if isinstance(value, Mapping):
        parts = [
            f"{json.dumps(str(key))}: {_stringify_json(each, inner)}" for key, each in value.items()
        ]
        return _format_block("{", parts, "}", indent)
    if isinstance(value, list | tuple):
        return _format_block("[", [_stringify_json(each, inner) for each in value], "]", indent)
    if isinstance(value, float) and math.isfinite(value):
        return format_number(value)
    return json.dumps(value, ensure_ascii=False)


def _format_block(opening: str, parts: Sequence[str], closing: str, indent: str) -> str:
    if not parts:
        return opening + closing
    lines = ",\n".join(f"{indent}  {part}" for part in parts)
    return f"{opening}\n{lines}\n{indent}{closing}"


def _escape_character(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
