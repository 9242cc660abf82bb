"""Texts and JSON values as amounts, counts and moments. Ambiguous values are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from validator.tables.amounts import DecimalNotation, classify_amount
from validator.tables.amounts import parse_amount as parse_written_amount
from validator.tables.dates import parse_iso_timestamp
from validator.tables.ids import SHORTENED_MESSAGE, is_shortened

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class AmbiguousValue(Exception):  # noqa: N818 - a reason why an order cannot be sent
    """A value that has no single reading. The message follows the field's name."""


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How the file writes dates and amounts.

    ``zone`` is of dates that name none; ``decimal`` the decimal separator, "" where it is not
    said: then amounts have a dot, and "1.234" is refused. ``product_url`` is the address of a
    product that has none in the file, with ``{productId}`` for its id.
    """

    zone: tzinfo | None = None
    decimal: str = ""
    product_url: str = ""


def parse_id(value: Any) -> str:
    """Return an id as text. Raises AmbiguousValue, as all parsers here do."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise AmbiguousValue(f"is no text: {value}")
    if is_shortened(value.strip()):
        raise AmbiguousValue(f'"{value}" {SHORTENED_MESSAGE}')
    return value.strip()


def parse_email(value: Any) -> str:
    """Return an address in lower case, so that one customer is one contact."""
    if not isinstance(value, str) or not _EMAIL.fullmatch(value):
        raise AmbiguousValue(f'"{value}" is no e-mail address')
    return value.lower()


def parse_url(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"https?://[^/\s]", value):
        raise AmbiguousValue(f'"{value}" is no absolute URL: it begins with https://')
    return value


def parse_amount(value: Any, habits: ParseOptions) -> Decimal:
    """Return an amount that a JSON number carries exactly."""
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
    notation = classify_amount(text)
    if notation is DecimalNotation.EITHER and not habits.decimal:
        raise AmbiguousValue(
            f'"{text}" is no plain number: does it have three decimals, or thousands? '
            "Say --decimal . or --decimal ,"
        )
    # What reconcile writes has decimal dots beside the shop's own amounts: each that can be read in
    # one way only is read so.
    is_sure = notation is DecimalNotation.DOT or (habits.decimal and notation in (".", ","))
    try:
        return parse_written_amount(text, str(notation) if is_sure else habits.decimal or ".")
    except ValueError:
        if notation is DecimalNotation.COMMA:
            raise AmbiguousValue(
                f'"{text}" is no plain number: it has a comma. Is it a decimal one? '
                "Then say --decimal-comma"
            ) from None
        raise AmbiguousValue(f'"{text}" is no plain number: write it as 1234.50') from None


def parse_count(value: Any, habits: ParseOptions) -> int:
    number = parse_amount(value, habits)
    if number != number.to_integral_value():
        raise AmbiguousValue(f"{value} is no whole number")
    return int(number)


def parse_timestamp(value: Any, habits: ParseOptions) -> str:
    """Return a moment in RFC 3339."""
    text = str(value).strip()
    try:
        read: datetime = parse_iso_timestamp(text)
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
    """Return a list; a cell separates its items by bars, as Connectif's product import does."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return [part.strip() for part in str(value).split("|") if part.strip()]


def parse_text(value: Any) -> str:
    if isinstance(value, dict | list | bool):
        raise AmbiguousValue(f"is no text: {value}")
    return str(value)
