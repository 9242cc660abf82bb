"""Texts and JSON values → amounts, counts, moments. What is ambiguous is refused, not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

_DOT_DECIMAL = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_COMMA_DECIMAL = re.compile(r"\d+(?:,\d+)?", re.ASCII)
_SCIENTIFIC_NOTATION = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class AmbiguousValue(Exception):  # noqa: N818 - it is told as a reason why an order cannot be sent
    """A value that cannot be read for certain. The message goes on after the field's name."""


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How the file writes what can be written in several ways.

    ``zone`` is of the dates that say none; ``decimal_comma``: 38,75 is a number, 38.75 is none.
    """

    zone: tzinfo | None = None
    decimal_comma: bool = False


def parse_id(value: Any) -> str:
    """Return an id as text. Raises Unclear."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise AmbiguousValue(f"is no text: {value}")
    if _SCIENTIFIC_NOTATION.fullmatch(value):
        raise AmbiguousValue(f'"{value}" was shortened by a spreadsheet: export the ids as text')
    return value.strip()


def parse_email(value: Any) -> str:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value):
        raise AmbiguousValue(f'"{value}" is no e-mail address')
    return value


def parse_url(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"https?://[^/\s]", value):
        raise AmbiguousValue(f'"{value}" is no absolute URL: it begins with https://')
    return value


def parse_amount(value: Any, habits: ParseOptions) -> Decimal:
    """Return an amount that JSON can carry. Raises Unclear."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        number = _parse_written_amount(str(value), habits)
    if number < 0:
        raise AmbiguousValue(f"{value} is less than 0")
    # JSON numbers are read as double precision nearly everywhere.
    if Decimal(repr(float(number))) != number:
        raise AmbiguousValue(f"{value} has more digits than a JSON number carries")
    return number


def _parse_written_amount(text: str, habits: ParseOptions) -> Decimal:
    form = _COMMA_DECIMAL if habits.decimal_comma else _DOT_DECIMAL
    if form.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if _COMMA_DECIMAL.fullmatch(text):
        raise AmbiguousValue(f'"{text}" has a comma: is it a decimal one? Then say --decimal-comma')
    if habits.decimal_comma and _DOT_DECIMAL.fullmatch(text):
        raise AmbiguousValue(
            f'"{text}" has a dot, and --decimal-comma says that decimals have a comma'
        )
    raise AmbiguousValue(f'"{text}" is no plain number: write it as 1234.50')


def parse_count(value: Any, habits: ParseOptions) -> int:
    number = parse_amount(value, habits)
    if number != number.to_integral_value():
        raise AmbiguousValue(f"{value} is no whole number")
    return int(number)


def parse_timestamp(value: Any, habits: ParseOptions) -> str:
    """Return a moment in RFC 3339. Raises Unclear."""
    text = str(value).strip()
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise AmbiguousValue(
            f'"{text}" is no ISO 8601 date: write it as 2026-11-02T14:00:00+01:00'
        ) from error
    if read.tzinfo is None:
        if habits.zone is None:
            raise AmbiguousValue(f'"{text}" has no time zone: say which with --timezone')
        read = read.replace(tzinfo=habits.zone)
        if read.utcoffset() != read.replace(fold=1).utcoffset():
            raise AmbiguousValue(
                f'"{text}" comes twice, or never, as clocks change: give its offset'
            )
    return read.isoformat()


def parse_text_list(value: Any) -> list[str]:
    """Return a list; in a cell its parts stand between bars, as in Connectif's product import."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return [part.strip() for part in str(value).split("|") if part.strip()]


def parse_text(value: Any) -> str:
    if isinstance(value, dict | list | bool):
        raise AmbiguousValue(f"is no text: {value}")
    return str(value)
