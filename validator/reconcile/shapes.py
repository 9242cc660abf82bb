"""How the amounts and dates of a column are written, told from their shapes.

A shape is a cell with every digit replaced by 9: "1.234,50 €" has the shape "9.999,99 €". A column
of ten million cells has a handful of them, so that its form is decided on all cells and not on a
sample. What can be read in two ways is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape, the first record (from zero) that has it, that cell, and how many have it."""

    text: str
    record: int
    example: str
    count: int


class DecimalNotation(StrEnum):
    """What a shape says of the sign for decimals."""

    DOT = "."
    COMMA = ","
    EITHER = "either"
    WHOLE = "whole"
    NONE = "none"
    """It is no amount."""


_GROUPING_SPACES = re.compile(r"[\s\u00a0\u202f'\u2019]")
_CURRENCY = (
    "(?:[A-Z]{2,3}[$]?|[$\u20ac\u00a3\u00a5\u20a1\u20a6\u20a9\u20aa\u20ab\u20b1\u20b4"
    "\u20b9\u20ba\u20bd])"
)
"""Codes and signs of currencies before or after an amount."""
_CURRENCY_AFFIX = re.compile(rf"^{_CURRENCY}?([+-]?){_CURRENCY}?|{_CURRENCY}$")
_AMOUNT_SHAPE = re.compile(r"[+-]?(?:[09][09.,]*|[.,]9+)", re.ASCII)


def classify_amount(shape: str) -> DecimalNotation:
    """Return what an amount's shape says."""
    digits = _CURRENCY_AFFIX.sub(r"\1", _GROUPING_SPACES.sub("", shape))
    if not _AMOUNT_SHAPE.fullmatch(digits) or digits[-1] in ".,":
        return DecimalNotation.NONE
    digits = digits.lstrip("+-")
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return DecimalNotation.WHOLE
    if len(set(signs)) == 2:
        return _classify_two_separators(digits)
    whole, *groups = re.split("[.,]", digits)
    other = DecimalNotation.COMMA if signs[0] == "." else DecimalNotation.DOT
    in_thousands = 0 < len(whole) <= 3 and all(len(group) == 3 for group in groups)
    if len(signs) > 1:
        return other if in_thousands else DecimalNotation.NONE
    if in_thousands and not whole.startswith("0"):
        return DecimalNotation.EITHER
    return DecimalNotation(signs[0])


def _classify_two_separators(digits: str) -> DecimalNotation:
    sign = max(".,", key=digits.rindex)
    whole, _, fraction = digits.rpartition(sign)
    if sign in whole or not fraction:
        return DecimalNotation.NONE
    first, *groups = re.split("[.,]", whole)
    is_good = 0 < len(first) <= 3 and all(len(group) == 3 for group in groups)
    return DecimalNotation(sign) if is_good else DecimalNotation.NONE


class DateFormat(StrEnum):
    """How a date is written. NUMBERS: day and month first or the other way round."""

    ISO = "ISO 8601"
    ISO_WITH_ZONE = "ISO 8601 with a zone"
    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"
    NUMBERS = "numbers"
    NONE = "none"


_DATE_SHAPES = (
    (DateFormat.ISO, re.compile(r"9{4}[-/]9{2}[-/]9{2}(?:[T ]\s?9{2}:9{2}(?::9{2}(?:[.,]9+)?)?)?")),
    (
        DateFormat.ISO_WITH_ZONE,
        re.compile(
            r"9{4}-9{2}-9{2}[T ]9{2}:9{2}(?::9{2}(?:[.]9+)?)? ?(?:Z|UTC|[+-]9{2}(?::?9{2})?)"
        ),
    ),
    (DateFormat.SECONDS, re.compile(r"9{10}(?:[.]9+)?")),
    (DateFormat.MILLISECONDS, re.compile(r"9{13}")),
    (
        DateFormat.NUMBERS,
        re.compile(
            r"9{1,2}(?P<sign>[/.-])9{1,2}(?P=sign)9{4}"
            r"(?:,? 9{1,2}:9{2}(?::9{2})?(?: ?[AaPp][Mm])?)?"
        ),
    ),
)


def classify_date(shape: str) -> DateFormat:
    """Return the form of a date's shape."""
    return next(
        (form for form, pattern in _DATE_SHAPES if pattern.fullmatch(shape)), DateFormat.NONE
    )


def strptime_formats(shapes: Iterable[Shape], *, day_first: bool) -> tuple[str, ...]:
    """Return the strptime pattern of each shape of numbers, in DuckDB's spelling."""
    return tuple(dict.fromkeys(_strptime_format(shape.text, day_first) for shape in shapes))


def _strptime_format(shape: str, day_first: bool) -> str:
    return "".join(_strptime_parts(shape, day_first))


def _strptime_parts(shape: str, day_first: bool) -> Iterator[str]:
    separator = next(sign for sign in shape if not sign.isdigit())
    yield separator.join(("%d", "%m", "%Y") if day_first else ("%m", "%d", "%Y"))
    clock = shape[re.match(r"9+\D9+\D9{4}", shape).end() :]  # type: ignore[union-attr]  # it is of numbers
    if not clock:
        return
    has_half = clock[-1] in "mM"
    yield ", " if clock.startswith(",") else " "
    yield "%I:%M" if has_half else "%H:%M"
    if clock.count(":") == 2:
        yield ":%S"
    if has_half:
        yield " %p" if " " in clock.strip(", ") else "%p"
