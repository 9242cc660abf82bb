"""Amounts: how a text writes one, and what it is.

A shape is a text with every digit but a leading zero replaced by 9: "1.234,50 €" has the shape
"9.999,99 €". A column of ten million cells has a handful of them, so that the decimal separator is
decided on all cells and not on a sample. A text that can be read in two ways is never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from validator.tables.currencies import is_currency


class DecimalNotation(StrEnum):
    """What a shape says of the decimal separator."""

    DOT = "."
    COMMA = ","
    EITHER = "either"
    """One separator before three digits: decimals, or thousands."""
    WHOLE = "whole"
    FREE = "free"
    """A word for nothing to pay, such as "Gratis"."""
    NONE = "none"
    """Not an amount."""


FREE_WORDS = (
    "gratis",
    "free",
    "gratuit",
    "gratuito",
    "gratuita",
    "grátis",
    "kostenlos",
    "umsonst",
    "offert",
    "omaggio",
    "sin coste",
    "sin cargo",
    "no charge",
    "free of charge",
)
EMPTY_WORDS = (
    "null",
    "\\n",
    "n/a",
    "#n/a",
    "na",
    "nan",
    "none",
    "nil",
    "n.a.",
    "n.d.",
    "k.a.",
    "s/d",
    "(null)",
    "<null>",
    "undefined",
    "-",
    "--",
    "\u2013",
    "\u2014",
)
"""What exports write into a cell that has no value, in lower case."""
_DIGIT_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10)
"""Zeros of Arabic, Persian, Devanagari, Bengali, Thai and full-width digits."""
FOREIGN_DIGITS = "".join(chr(zero + n) for zero in _DIGIT_ZEROS for n in range(10))
TRANSLATED_FROM = FOREIGN_DIGITS + "\u066b\uff0e\uff0c\u2212\uff0d\u066c"
ASCII_DIGITS = "0123456789" * len(_DIGIT_ZEROS)
"""What stands for each of ``FOREIGN_DIGITS``."""
TRANSLATED_TO = ASCII_DIGITS + "..,--"
"""The last sign of ``TRANSLATED_FROM``, which separates thousands in Arabic, is dropped."""
_TRANSLATION = str.maketrans(
    dict(zip(TRANSLATED_FROM, TRANSLATED_TO, strict=False)) | {"\u066c": ""}
)
_GROUPING_SPACES = re.compile(r"[\s\u00a0\u202f'\u2019\u200e\u200f\u061c]")
_DIGITS = re.compile(r"[09](?:[09.,]*[09])?", re.ASCII)
_LAKH_GROUPS = re.compile(r"[09]{1,2}(?:[.,][09]{2})*[.,][09]{3}")


def classify_amount(shape: str) -> DecimalNotation:
    """Return what the shape of a text says."""
    if shape.strip().casefold() in FREE_WORDS:
        return DecimalNotation.FREE
    text = _strip_parentheses(_GROUPING_SPACES.sub("", shape.translate(_TRANSLATION)))
    text = re.sub("[1-8]", "9", text)
    found = _DIGITS.search(text)
    if found is None or not _are_affixes(text[: found.start()], text[found.end() :]):
        return DecimalNotation.NONE
    digits = found.group()
    if text[: found.start()].lstrip("+-") in (".", ","):
        digits = text[found.start() - 1] + digits
    return _classify_digits(digits)


def _strip_parentheses(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _are_affixes(before: str, after: str) -> bool:
    """Return whether what stands around the digits is a sign, a currency or both."""
    signs = sum(map(before.count, "+-")) + after.count("-") - len(re.findall("[.,:]-+", after))
    after = re.sub("^[.,:][-\u2013\u2014]{1,2}", "", after)  # "59,-" and "59:-": no decimals
    before, after = before.strip("+-"), after.removesuffix("-").removeprefix("-")
    is_before_good = before in ("", ".", ",") or is_currency(before)
    # "$1,234.50 MXN" has the sign and the code of its currency.
    return signs <= 1 and is_before_good and (not after or is_currency(after))


def _classify_digits(digits: str) -> DecimalNotation:
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return DecimalNotation.WHOLE
    if len(set(signs)) == 2:
        return _classify_two_separators(digits)
    whole, *groups = re.split("[.,]", digits)
    other = DecimalNotation.COMMA if signs[0] == "." else DecimalNotation.DOT
    in_thousands = 0 < len(whole) <= 3 and all(len(group) == 3 for group in groups)
    if len(signs) > 1:
        is_grouped = in_thousands or _LAKH_GROUPS.fullmatch(digits)
        return other if is_grouped else DecimalNotation.NONE
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
    is_good = is_good or _LAKH_GROUPS.fullmatch(whole) is not None
    return DecimalNotation(sign) if is_good else DecimalNotation.NONE


def parse_amount(text: str, decimal: str) -> Decimal:
    """Return the amount that a text writes with ``decimal`` ("." or ",") as decimal separator.

    Raises ValueError where it is not an amount, or is not written with that separator.
    """
    notation = classify_amount(text)
    if notation is DecimalNotation.FREE:
        return Decimal(0)
    is_other = notation in (DecimalNotation.DOT, DecimalNotation.COMMA) and notation != decimal
    if notation is DecimalNotation.NONE or is_other:
        raise ValueError(text)
    plain = _GROUPING_SPACES.sub("", text.translate(_TRANSLATION))
    found = re.search(r"[0-9](?:.*[0-9])?", plain, re.ASCII)
    assert found is not None  # noqa: S101 - it was classified as an amount
    has_leading_separator = re.match(r"[+-]?[.,][0-9]", plain)
    digits = ("0" + decimal if has_leading_separator else "") + found.group()
    number = Decimal(digits.replace("," if decimal == "." else ".", "").replace(",", "."))
    is_negative = plain.startswith("(") or re.search(r"^[^0-9]*-|[0-9]-", plain)
    return -number if is_negative else number
