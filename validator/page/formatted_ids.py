"""Ids that were printed as numbers: with separators, decimals, exponents or quotes."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import decimal

_GROUPED = re.compile(
    r"\d{1,3}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3})+(?:,\d+)?"
    r"|(?:[ \u00a0\u202f'’٬]\d{3})+(?:[.,]\d+)?)",  # noqa: RUF001 - as locales write them
    re.ASCII,
)
_GROUPED_AS_IN_INDIA = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z]{1,10}[-_#]?(?=\d{1,3}(?:[,'’]\d{3})+\b)|#")  # noqa: RUF001 - as above
"""What shops put before the number of an order. A dot after it may part the year: ORD-2026.042."""
_CURRENCY = re.compile(r"[$€£¥]\s?(?P<after>[\d.,]+)|(?P<before>[\d.,]+)\s?[$€£¥]", re.ASCII)
_WHOLE_DECIMAL = re.compile(r"(\d+)[.,]0{1,6}", re.ASCII)
_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eE](\+?)(\d{1,3})", re.ASCII)
_MAX_CHARS = 100
_QUOTED = re.compile(r"=?([\"'`“”‘’])(?P<id>.*)[\"'`“”‘’]|'(?P<cell>\d+)", re.DOTALL)  # noqa: RUF001 - quotes of all kinds
_SEPARATORS = re.compile(r"[.,  \u00a0\u202f'’٬]")  # noqa: RUF001 - as above


def find_number_for_people(text: str) -> str:
    """Return the id that a text is a formatted number of; "" where it is not formatted."""
    if found := _PREFIX.match(text):
        bare = find_number_for_people(text[found.end() :])
        return bare and f"{found[0]}{bare}"
    if found := _CURRENCY.fullmatch(text):
        amount = found["after"] or found["before"]
        return find_number_for_people(amount) or amount
    ascii_text = "".join(
        str(decimal(each)) if each.isdecimal() and not each.isascii() else each
        for each in text[:_MAX_CHARS]
    )
    if found := _QUOTED.fullmatch(ascii_text):
        return found["id"] if found["id"] is not None else found["cell"]
    if is_in_powers_of_ten(ascii_text):
        return _write_out(ascii_text)
    is_grouped = bool(_GROUPED.fullmatch(ascii_text))
    # 1.000 is a thousand, as people group digits.
    if not is_grouped and (found := _WHOLE_DECIMAL.fullmatch(ascii_text)):
        return found[1]
    if is_grouped or _GROUPED_AS_IN_INDIA.fullmatch(ascii_text):
        return _SEPARATORS.sub("", _without_fraction(ascii_text))
    return "" if ascii_text == text[:_MAX_CHARS] else ascii_text


def is_in_powers_of_ten(text: str) -> bool:
    """Tell whether a number has an exponent: 1.00000042E8. An id such as 7e10 may be letters."""
    found = _POWER.fullmatch(text)
    return found is not None and bool(found[2] or found[3])


def _write_out(text: str) -> str:
    return f"{Decimal(text.replace(',', '.')):f}".removesuffix(".0")


def _without_fraction(text: str) -> str:
    """Return the whole part, where two kinds of separators tell where it ends."""
    kinds = list(dict.fromkeys(_SEPARATORS.findall(text)))
    return text.rpartition(kinds[-1])[0] if len(kinds) > 1 else text
