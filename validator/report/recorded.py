"""What Connectif would record, and nothing else: the events as the page would POST them."""

from __future__ import annotations

import json
import re

from validator.result import Report

_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON allows in a string, and a terminal would obey."""


def recorded_report(report: Report) -> str:
    """One JSON object an event, in the order of the pages; empty where nothing is recorded.

    The values are those of ``events`` in the body of the page's data POST, or of what goes with
    them: the cart, the contact. What is not known to be sent stands under its tag's own name.
    """
    events = (
        reading.event
        for result in report.results
        for reading in result.readings
        if reading.event is not None
    )
    texts = (json.dumps(event, default=dict, ensure_ascii=False, indent=2) for event in events)
    return "".join(f"{_UNSAFE.sub(_escaped, text)}\n" for text in texts)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
