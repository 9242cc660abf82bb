"""The named formats of a tag's texts, for jsonschema.

Texts arrive trimmed. An empty text has no format to be wrong: whether it may be empty is for
``minLength`` to say.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from jsonschema import FormatChecker

CHECKER = FormatChecker(formats=())

_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?", re.ASCII
)
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
_HOST = re.compile(r"[^\s/?#@]+")


@CHECKER.checks("cn-decimal")
def is_decimal(text: object) -> bool:
    """Digits, a dot, digits: no thousands separator, currency or exponent."""
    return not text or bool(_DECIMAL.fullmatch(str(text)))


@CHECKER.checks("cn-integer")
def is_integer(text: object) -> bool:
    return not text or bool(_INTEGER.fullmatch(str(text)))


@CHECKER.checks("cn-date-time")
def is_date_time(text: object) -> bool:
    """ISO 8601 as Connectif's documentation and modules write it, and a day that exists.

    Between date and time stands ``T`` or a space; fraction and zone (``Z``, ``+02:00``,
    ``+0200``) may be missing, and so may the time.
    """
    if not text:
        return True
    if not _DATE_TIME.fullmatch(str(text)):
        return False
    try:
        datetime.fromisoformat(str(text))
    except ValueError:
        return False
    return True


@CHECKER.checks("cn-url")
def is_url(text: object) -> bool:
    """Absolute http or https. Letters need no percent encoding: Connectif asks for none."""
    if not text:
        return True
    try:
        parts = urlsplit(str(text))
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and port_is_number and _is_host(parts.hostname)


@CHECKER.checks("cn-email")
def is_email(text: object) -> bool:
    """Something, an @ and a domain: no more is certain of addresses."""
    return not text or bool(_EMAIL.fullmatch(str(text)))


@CHECKER.checks("cn-availability")
def is_availability(text: object) -> bool:
    """``InStock`` or ``OutOfStock``, in any case: Connectif's modules write lower case."""
    return not text or str(text).lower() in ("instock", "outofstock")


def _is_host(name: str | None) -> bool:
    return name is not None and bool(_HOST.fullmatch(name))
