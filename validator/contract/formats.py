"""The named formats of the texts in a tag, for jsonschema.

The texts are trimmed. An empty text matches every format; ``minLength`` forbids it.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from jsonschema import FormatChecker

FORMAT_CHECKER = FormatChecker(formats=())

_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d([T ](?!24)\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?", re.ASCII
)
_ISO_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<day>\d{3})|-(?P<month>\d\d)|-?W\d\d(?:-?[1-7])?"
    r"|-\d\d-\d\d|\d{4})?",
    re.ASCII,
)
_ISO_TIME = re.compile(
    r"(?P<time>\d\d(?::\d\d(?::\d\d)?|\d\d(?:\d\d)?)?)(?:[.,]\d+)?"
    r"(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_EMAIL = re.compile(
    r"(?!.*(?:\*\*|[•●…]))[^\s@<>,;:()\[\]\"]+"
    r"@(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)",
    re.IGNORECASE,
)
"""Neither a link (mailto:) nor masked: a***@example.org is the key of several contacts."""
INVISIBLE_CHARACTER = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Control characters, line breaks, unusual spaces, zero-width, direction and variation marks."""
_HOST = re.compile(r"[^\s/?#@]+")


@FORMAT_CHECKER.checks("cn-decimal")
def is_decimal(text: object) -> bool:
    """Return whether it is digits, a dot and digits, without separators, currency or exponent."""
    return not text or bool(_DECIMAL.fullmatch(str(text)))


@FORMAT_CHECKER.checks("cn-integer")
def is_integer(text: object) -> bool:
    return not text or bool(_INTEGER.fullmatch(str(text)))


@FORMAT_CHECKER.checks("cn-date-time")
def is_date_time(text: object) -> bool:
    """Return whether it is an existing date in the ISO 8601 form of Connectif's documentation.

    ``T`` or a space separates date and time. The time is optional, and so are its fraction and
    its zone (``Z``, ``+02:00``, ``+0200``).
    """
    if not text:
        return True
    return bool(_DATE_TIME.fullmatch(str(text))) and _is_parsable(str(text))


def is_iso_8601(text: str) -> bool:
    """Return whether it is a date, or a date and time, in any form of ISO 8601.

    The rare forms have no hyphens and colons, a comma before the fraction, a week or a day of the
    year, only a year or a month, or 24:00 for the end of a day.
    """
    date, separator, time = text.replace("t", "T").replace(" ", "T", 1).partition("T")
    return _is_iso_date(date) and (not separator or _is_iso_time(time))


def _is_iso_date(text: str) -> bool:
    found = _ISO_DATE.fullmatch(text)
    if found is None:
        return False
    if day := found["day"]:
        return 1 <= int(day) <= 366
    is_part = text == found["year"] or found["month"]
    return _is_parsable(f"{text}-01-01"[:10] if is_part else text)


def _is_iso_time(text: str) -> bool:
    found = _ISO_TIME.fullmatch(text)
    if found is None:
        return False
    time = found["time"]
    is_midnight = time.startswith("24") and not time[2:].replace(":", "").strip("0")
    zone = (found["zone"] or "").upper()
    return _is_parsable(f"2000-01-01T{'00' + time[2:] if is_midnight else time}{zone}")


def _is_parsable(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@FORMAT_CHECKER.checks("cn-url")
def is_url(text: object) -> bool:
    """Return whether it is an absolute http or https URL, percent-encoded or not."""
    if not text:
        return True
    try:
        parts = urlsplit(str(text))
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and port_is_number and _is_host_name(parts.hostname)


@FORMAT_CHECKER.checks("cn-email")
def is_email(text: object) -> bool:
    """Return whether it has text, an @ and a domain: nothing more is certain of addresses.

    A rule of its own reports invisible characters.
    """
    return not text or bool(_EMAIL.fullmatch(INVISIBLE_CHARACTER.sub("", str(text))))


@FORMAT_CHECKER.checks("cn-availability")
def is_availability(text: object) -> bool:
    """Return whether it is InStock or OutOfStock in any case; Connectif's modules write lower."""
    return not text or str(text).lower() in ("instock", "outofstock")


def _is_host_name(name: str | None) -> bool:
    return name is not None and bool(_HOST.fullmatch(name))
