"""How a person reads an amount, where the Connectif script reads it differently."""

from __future__ import annotations

import re
from decimal import Decimal

from validator.contract.formats import is_decimal

EXPONENT_NOTATION = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
_AMOUNT = re.compile(r"[+-]?\d(?:[\d., ]*\d)?", re.ASCII)
_FRACTION = re.compile(r"[+-]?[.,]\d+", re.ASCII)
_THOUSANDS_SPACES = re.compile(r"[\s'’]+")  # noqa: RUF001 - the Swiss thousands separator
_GROUPED_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)


def possible_amounts(text: str) -> frozenset[Decimal]:
    """Return the numbers that a person could read: one, none, or two for an ambiguous separator.

    ``1.234,56 €`` is 1234.56 in any country; ``1,234`` is 1234 in London and 1.234 in Madrid. The
    documented form, ``1.234``, always means 1.234.
    """
    text = text.strip()
    if text and is_decimal(text):
        return frozenset({Decimal(text)})
    if EXPONENT_NOTATION.fullmatch(text):
        return frozenset({Decimal(text)})
    if _FRACTION.fullmatch(text):
        return frozenset({Decimal(text.replace(",", "."))})
    amounts = _AMOUNT.findall(_THOUSANDS_SPACES.sub(" ", text))
    if len(amounts) != 1:
        return frozenset()
    digits = amounts[0].replace(" ", "")
    return frozenset(Decimal(reading) for reading in _possible_notations(digits))


def _possible_notations(digits: str) -> set[str]:
    """Return the digits with a dot for decimals and no other separator, in each possible
    reading."""
    separators = set(digits) & {".", ","}
    if not separators:
        return {digits}
    if len(separators) == 2:
        decimal = max(separators, key=digits.rindex)
        whole, _, fraction = digits.rpartition(decimal)
        if decimal in whole:
            return set()
        return {re.sub("[.,]", "", whole) + "." + fraction}
    separator = separators.pop()
    sign = digits[: len(digits) - len(digits.lstrip("+-"))]
    as_whole = digits.replace(separator, "")
    if digits.count(separator) > 1:
        return {as_whole} if _GROUPED_THOUSANDS.fullmatch(digits[len(sign) :]) else set()
    as_fraction = digits.replace(separator, ".")
    if _GROUPED_THOUSANDS.fullmatch(digits[len(sign) :]) and not digits.startswith("0"):
        return {as_whole, as_fraction}
    return {as_fraction}
