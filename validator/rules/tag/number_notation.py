"""Describes how the text of a number differs from the documented notation."""

from __future__ import annotations

import re


def describe_notation(text: str, *, is_integer: bool) -> str:
    """Describe what the text of a number has that the documented form does not allow."""
    if re.search(r"[^\D0-9]", text):
        return "digits that are not 0 to 9"
    if _HEXADECIMAL.fullmatch(text):
        return "a hexadecimal number"
    power = _EXPONENT_NUMBER.search(text)
    digits = power or re.search(r"\d(?:.*\d)?", text, re.DOTALL)
    if digits is None:
        return "no digits"
    before, after = text[: digits.start()], text[digits.end() :]
    has_no_whole = before.endswith(".") and not power
    has_no_fraction = after.startswith(".")
    before = before.removesuffix("." * has_no_whole).strip(" +-")
    after = after.removeprefix("." * has_no_fraction).strip()
    parts = [
        f'"{before}" before the number' if before else "",
        "no digit before the dot" * has_no_whole,
        *(["an exponent"] if power else _find_separators(digits[0])),
        "no digit after the dot" * has_no_fraction,
        f'"{after}" after the number' if after else "",
    ]
    found = " and ".join(part for part in parts if part)
    return found or ("decimals" if is_integer else "an extra sign or space")


_HEXADECIMAL = re.compile(r"[+-]?0[xX][0-9a-fA-F]+")
_EXPONENT_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+", re.ASCII)


def _find_separators(digits: str) -> list[str]:
    if re.search(r"[^\d.,\s'’]", digits):  # noqa: RUF001 - Swiss thousands
        return ["text between the digits"]
    if re.fullmatch(r"\d+\.\d+", digits):
        return []
    thousands = re.search(r"(?<!\d)\d{1,3}(?:[.,\s'’]\d{3})+(?!\d)", digits)  # noqa: RUF001 - shops write it
    comma = re.fullmatch(r"[^,]*,\d+", digits) and not re.fullmatch(r"\d{1,3},\d{3}", digits)
    return ["a thousands separator"] * bool(thousands) + ["a decimal comma"] * bool(comma)
