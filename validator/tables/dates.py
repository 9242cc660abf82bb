"""Dates and times: how a text writes one, and what it is. Shapes are those of ``amounts``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum


class DateFormat(StrEnum):
    """How a date is written. NUMBERS: day and month first or the other way round."""

    ISO = "ISO 8601"
    ISO_WITH_ZONE = "ISO 8601 with a zone"
    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"
    SERIAL = "Excel's days since 1900"
    NAMED = "with an English month"
    NUMBERS = "numbers"
    NONE = "none"


WITHOUT_ZONE = frozenset({DateFormat.ISO, DateFormat.SERIAL, DateFormat.NAMED, DateFormat.NUMBERS})
"""Formats that leave the time zone open."""
_DATE_SHAPES = (
    (
        DateFormat.ISO,
        re.compile(r"9{4}[-/]9{1,2}[-/]9{1,2}(?:[T ]\s?9{1,2}:9{2}(?::9{2}(?:[.,]9+)?)?)?"),
    ),
    (
        DateFormat.ISO_WITH_ZONE,
        re.compile(
            r"9{4}-9{2}-9{2}[T ]9{2}:9{2}(?::9{2}(?:[.]9+)?)? ?"
            r"(?:Z|UTC|GMT|(?:UTC|GMT)?[+-]9{1,2}(?::?9{2})?)"
        ),
    ),
    (DateFormat.SECONDS, re.compile(r"9{10}(?:[.]9+)?")),
    (DateFormat.MILLISECONDS, re.compile(r"9{13}")),
    (DateFormat.SERIAL, re.compile(r"9{5}(?:[.,]9+)?")),
    (
        DateFormat.NAMED,
        re.compile(
            r"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|January|February|March|April|"
            r"June|July|August|September|October|November|December) 9{1,2}, 9{4}|9{1,2}-"
            r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-9{4})"
            r"(?:,? 9{1,2}:9{2}(?::9{2})?(?: ?[AaPp][Mm])?)?"
        ),
    ),
    (
        DateFormat.NUMBERS,
        re.compile(
            r"9{1,2}(?P<sign>[/.-])9{1,2}(?P=sign)9{4}"
            r"(?:,? 9{1,2}:9{2}(?::9{2})?(?: ?[AaPp][Mm])?)?"
        ),
    ),
)
_ZONE_SUFFIX = re.compile(r"\s+(?=Z|[+-]\d)|(?<=[\d ])\s*(?:UTC|GMT)(?=[+-]|$)")


def classify_date(shape: str) -> DateFormat:
    """Return the format of a date's shape."""
    return next(
        (form for form, pattern in _DATE_SHAPES if pattern.fullmatch(shape)), DateFormat.NONE
    )


def parse_iso_timestamp(text: str) -> datetime:
    """Return the moment of an ISO 8601 text, with its zone where it names one.

    A blank may stand before the zone, and UTC or GMT for it. Raises ValueError.
    """
    stripped = text.strip()
    is_named = stripped.endswith(("UTC", "GMT"))
    plain = _ZONE_SUFFIX.sub("", stripped).strip()
    return datetime.fromisoformat(plain + "Z" if is_named else plain)


def named_month_format(shape: str) -> str:
    """Return the strptime pattern of a shape with an English month, in DuckDB's spelling."""
    month = re.search("[A-Z][a-z]{2,}", shape)
    assert month is not None  # noqa: S101 - the shape was classified
    name = "%b" if len(month.group()) == 3 else "%B"
    day = re.match(r"9{1,2}(-)", shape)
    date = f"%d{day.group(1)}{name}{day.group(1)}%Y" if day else f"{name} %d, %Y"
    clock = shape[shape.index("9999") + 4 :]
    return date + _clock_format(clock)


def strptime_formats(shapes: Iterable[str], *, day_first: bool) -> tuple[str, ...]:
    """Return the strptime pattern of each shape of numbers, in DuckDB's spelling."""
    return tuple(dict.fromkeys("".join(_strptime_parts(shape, day_first)) for shape in shapes))


def _strptime_parts(shape: str, day_first: bool) -> Iterator[str]:
    separator = next(sign for sign in shape if not sign.isdigit())
    yield separator.join(("%d", "%m", "%Y") if day_first else ("%m", "%d", "%Y"))
    clock = shape[re.match(r"9+\D9+\D9{4}", shape).end() :]  # type: ignore[union-attr]  # it is of numbers
    yield _clock_format(clock)


def _clock_format(clock: str) -> str:
    """Return the pattern of a time with the separator before it; "" for no time."""
    if not clock:
        return ""
    has_half = clock[-1] in "mM"
    parts = [", " if clock.startswith(",") else " ", "%I:%M" if has_half else "%H:%M"]
    if clock.count(":") == 2:
        parts.append(":%S")
    if has_half:
        parts.append(" %p" if " " in clock.strip(", ") else "%p")
    return "".join(parts)
