"""Durations as people write them: ``500ms``, ``5s``, ``1m``."""

from __future__ import annotations

import re

_MILLISECONDS = {"ms": 1.0, "s": 1_000.0, "m": 60_000.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)", re.ASCII)


def parse_duration(text: str) -> float | None:
    """Return milliseconds; None for a text that is not a duration."""
    found = _DURATION.fullmatch(text)
    return float(found[1]) * _MILLISECONDS[found[2]] if found else None
