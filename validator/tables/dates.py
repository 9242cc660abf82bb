"""Dates and times: how a text writes one, and what it is. Shapes are those of ``amounts``."""

from __future__ import annotations

import re
import unicodedata
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
_MONTH_WORDS = (
    "jan januar january janvier janv enero ene gennaio gen janeiro",
    "feb februar february fevrier fevr fev febrero febbraio fevereiro",
    "mar marz maerz march mars marzo marco mrz",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio",
    "jun juni june juin junio giugno giu junho",
    "jul juli july juillet juil julio luglio lug julho",
    "aug august aout agosto ago",
    "sep sept september septembre septiembre settembre set setembro",
    "oct okt oktober october octobre octubre ottobre ott out outubro",
    "nov november novembre noviembre novembro",
    "dec dez dezember december decembre diciembre dic dicembre dezembro",
)
"""Names of months in six languages, without accents and in lower case."""
_ZONE_WORDS = {
    "wet": "+00:00",
    "west": "+01:00",
    "cet": "+01:00",
    "cest": "+02:00",
    "eet": "+02:00",
    "eest": "+03:00",
    "est": "-05:00",
    "edt": "-04:00",
    "cst": "-06:00",
    "cdt": "-05:00",
    "mst": "-07:00",
    "mdt": "-06:00",
    "pst": "-08:00",
    "pdt": "-07:00",
}
"""Abbreviations of Europe, and those of https://www.rfc-editor.org/rfc/rfc2822#section-4.3"""
_ORDINAL = "(?:st|nd|rd|th|er|o|\u00ba)?[.]?"
_OF = "(?:de |del |of )?"
DATE_REWRITES: tuple[tuple[str, str], ...] = (
    (r"\[[a-z_/]+\]$", ""),
    *((rf" ?\b{word}$", offset) for word, offset in _ZONE_WORDS.items()),
    *(
        (rf"(^|[^a-z])(?:{'|'.join(words.split())})(?:[^a-z]|$)", rf"\1 {{{number:02}}} ")
        for number, words in enumerate(_MONTH_WORDS, 1)
    ),
    (r"^[a-z]+[.]?,? +", ""),  # the day of the week
    (
        rf"^([0-9]{{1,2}}){_ORDINAL}[ -]*{_OF} *\{{([0-9]{{2}})\}}[ .,-]*{_OF}([0-9]{{4}})",
        r"\3-\2-\1",
    ),
    (rf"^ *\{{([0-9]{{2}})\}} *([0-9]{{1,2}}){_ORDINAL},? *([0-9]{{4}})", r"\3-\1-\2"),
    (r"^([0-9]{4}-[0-9]{2}-)([0-9])([^0-9]|$)", r"\10\2\3"),
    (r"^([0-9]{4})([0-9]{2})([0-9]{2})(t|$)", r"\1-\2-\3\4"),
    (r"t([0-9]{2})([0-9]{2})([0-9]{2})(z|[+-]|$)", r"t\1:\2:\3\4"),
    (r"([0-9]),? *(?:a|as|a las|alle|alle ore|at|um|-|\||t) *([0-9]{1,2}[:.h][0-9]{2})", r"\1 \2"),
    (r"([0-9]),? +([0-9]{1,2}) ?[.h] ?([0-9]{2})([^0-9]|$)", r"\1 \2:\3\4"),
    (r"( [0-9]{1,2}:[0-9]{2})[.]([0-9]{2})([^0-9:]|$)", r"\1:\2\3"),
    (r"([0-9]), +([0-9])", r"\1 \2"),
    (r"([0-9])(?: ?uhr| ?h| ?hrs)$", r"\1"),
    (r" ?([ap])[.]? ?m[.]?$", r" \1m"),
    (r" 12(:[0-9:]+) am$", r" 00\1"),
    *((rf" 0?{hour}(:[0-9:]+) pm$", rf" {hour + 12}\1") for hour in range(1, 12)),
    (r" ([0-9])(:[0-9])", r" 0\1\2"),
    (r" [ap]m$", ""),
    (r" *z$", "Z"),
    (r" *(?:utc|gmt)$", "Z"),
    (r" *(?:utc|gmt)?([+-][0-9:]+)$", r"\1"),
)
"""Patterns and what replaces them, one after the other, in a date in lower case without accents.

They turn dates with words, in six languages, into those of ``_DATE_SHAPES``. The syntax is that of
both ``re`` and RE2.
"""
_ZONE_SUFFIX = re.compile(r"\s+(?=Z|[+-]\d)|(?<=[\d ])\s*(?:UTC|GMT)(?=[+-]|$)")


def classify_date(shape: str) -> DateFormat:
    """Return the format of a date's shape."""
    return next(
        (form for form, pattern in _DATE_SHAPES if pattern.fullmatch(shape)), DateFormat.NONE
    )


def rewrite_date(shape: str) -> str:
    """Return a date's shape as ``DATE_REWRITES`` leave it; ``9`` stands for each digit."""
    letters = unicodedata.normalize("NFKD", shape.lower())
    text = "".join(each for each in letters if not unicodedata.combining(each))
    for pattern, replacement in DATE_REWRITES:
        text = re.sub(pattern, re.sub(r"\\([0-9])", r"\\g<\1>", replacement), text)
    return re.sub("[0-9]", "9", text).strip()


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
