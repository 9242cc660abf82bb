"""JavaScript's functions for text and numbers, as ECMA-262 defines them.

The Connectif script (client script 1.3.0) trims each text and passes numbers to ``parseFloat`` and
``parseInt``: https://tc39.es/ecma262/#sec-parsefloat-string
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""The characters that ``String.prototype.trim`` removes; those of ``str.strip`` differ."""

_FLOAT = re.compile(r"[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


def trim(text: str) -> str:
    return text.strip(WHITE_SPACE)


def parse_float(text: str) -> float:
    """Return the result of ``parseFloat(text)``: the number at the start of the text, or NaN."""
    return _parse_prefix(_FLOAT, text)


def parse_int(text: str) -> float:
    """Return the result of ``parseInt(text, 10)``: a whole number, NaN, or infinity."""
    return _parse_prefix(_INTEGER, text)


def _parse_prefix(start: re.Pattern[str], text: str) -> float:
    found = start.match(text.lstrip(WHITE_SPACE))
    return float(found[0]) if found else math.nan


def format_number(number: float) -> str:
    """Return a finite number as JavaScript formats it.

    https://tc39.es/ecma262/#sec-numeric-types-number-tostring
    The digits are those of Python: the shortest that identify the number. Zeros and exponent
    differ.
    """
    if number == 0:
        return "0"
    mantissa, _, power = f"{Decimal(repr(number)):e}".lower().partition("e")
    exponent = int(power)
    if -7 < exponent < 21:
        text = f"{Decimal(repr(number)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{exponent:+d}"
