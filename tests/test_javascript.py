"""The two parsers against what JavaScript says of the same text."""

from __future__ import annotations

import math

import pytest

from validator.javascript import parse_float, parse_int, trim

NAN = math.nan
NUMBERS = [
    # What shops write, with the values Node gives.
    ("180.75", 180.75, 180),
    ("180.750000", 180.75, 180),
    ("180,75", 180, 180),
    ("1.234,56", 1.234, 1),
    ("1,234.56", 1, 1),
    ("1 234,56", 1, 1),
    ("1\u00a0234,56", 1, 1),
    ("1'234.50", 1, 1),
    ("180.75 €", 180.75, 180),
    ("180.75€", 180.75, 180),
    ("€180.75", NAN, NAN),
    ("$180.75", NAN, NAN),
    ("EUR 180.75", NAN, NAN),
    ("", NAN, NAN),
    ("{{ order.total }}", NAN, NAN),
    ("{$total}", NAN, NAN),
    ("-5.00", -5, -5),
    ("1e3", 1000, 1),
    # What nobody should write.
    ("  \n\t\ufeff\u00a0\u20287.5", 7.5, 7),
    ("\x1c7", NAN, NAN),
    ("\x857", NAN, NAN),
    ("+7.5", 7.5, 7),
    ("+-7", NAN, NAN),
    ("- 7", NAN, NAN),
    (".5", 0.5, NAN),
    ("-.5", -0.5, NAN),
    ("5.", 5, 5),
    ("5.e2x", 500, 5),
    (".", NAN, NAN),
    ("1.2.3", 1.2, 1),
    ("1e", 1, 1),
    ("1e+", 1, 1),
    ("1e-2x", 0.01, 1),
    ("1E2", 100, 1),
    ("1e400", math.inf, 1),
    ("Infinity", math.inf, NAN),
    ("-Infinityx", -math.inf, NAN),
    ("infinity", NAN, NAN),
    ("NaN", NAN, NAN),
    ("0x1F", 0, 0),
    ("0b11", 0, 0),
    ("010", 10, 10),
    ("1_000", 1, 1),
    ("12px", 12, 12),
    ("٣", NAN, NAN),
    ("9" * 5000, math.inf, math.inf),
]


def same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))


@pytest.mark.parametrize(
    ("text", "as_float", "as_int"), NUMBERS, ids=lambda value: repr(value)[:30]
)
def test_numbers_are_read_as_javascript_reads_them(
    text: str, as_float: float, as_int: float
) -> None:
    assert same(parse_float(text), as_float)
    assert same(parse_int(text), as_int)


def test_trim_takes_what_javascript_takes() -> None:
    assert trim("\u00a0\ufeff\u3000 a b \u2029\n") == "a b"


def test_trim_leaves_what_only_python_takes() -> None:
    assert trim("\x1ca\x85") == "\x1ca\x85"
