"""The two parsers against what JavaScript says of the same text."""

from __future__ import annotations

import math

import pytest

from validator.page.javascript import format_number, parse_float, parse_int, trim

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
    ("0x", 0, 0),
    ("-0x1F", -0.0, -0.0),
    ("0o17", 0, 0),
    ("1e", 1, 1),
    ("1e-", 1, 1),
    ("1e 5", 1, 1),
    ("1 e5", 1, 1),
    ("1e5.5", 100_000, 1),
    ("1e-400", 0, 1),
    ("-1e-400", -0.0, -1),
    ("-1e400", -math.inf, -1),
    ("1.7976931348623157e308", 1.7976931348623157e308, 1),
    ("1.7976931348623159e308", math.inf, 1),
    ("5e-324", 5e-324, 5),
    ("2e-324", 0, 2),
    ("+Infinity", math.inf, NAN),
    ("Infinityish", math.inf, NAN),
    ("-infinity", NAN, NAN),
    ("Inf", NAN, NAN),
    ("++1", NAN, NAN),
    ("+.5e1", 5, NAN),
    ("-", NAN, NAN),
    ("e5", NAN, NAN),
    (".e5", NAN, NAN),
    ("..5", NAN, NAN),
    ("-0", -0.0, -0.0),
    ("-0.0", -0.0, -0.0),
    ("00012.50", 12.5, 12),
    ("9007199254740993", 9007199254740992, 9007199254740992),
    ("0.1", 0.1, 0),
    ("10n", 10, 10),
    ("true", NAN, NAN),
    ("null", NAN, NAN),
    # Characters that look like digits, signs or dots, or are not seen at all.
    ("\uff11\uff12", NAN, NAN),
    ("\u00b2", NAN, NAN),
    ("\u0967", NAN, NAN),
    ("\u22125", NAN, NAN),
    ("1\u066b5", 1, 1),
    ("1\uff0e5", 1, 1),
    ("1\u200b2", 1, 1),
    ("\u200b7", NAN, NAN),
    ("\x007", NAN, NAN),
    ("7\x00", 7, 7),
    ("\ud8007", NAN, NAN),
    ("7\udc00", 7, 7),
]
WHITE_SPACE = (
    *"\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
    *"\u2028\u2029\u202f\u205f\u3000\ufeff",
)
NO_WHITE_SPACE = "\0\x1c\x1d\x1e\x1f\x85\u180e\u200b\u200c\u200d\u2060\u00ad\ud800\udc00"


def is_minus_zero(number: float) -> bool:
    return number == 0 and math.copysign(1, number) < 0


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


@pytest.mark.parametrize("text", ["-0", "-0.0", "-0x1F", "-1e-400"])
def test_minus_zero_keeps_its_sign(text: str) -> None:
    assert is_minus_zero(parse_float(text))


@pytest.mark.parametrize("space", WHITE_SPACE, ids=ascii)
def test_white_space_is_skipped_before_a_number_and_nowhere_else(space: str) -> None:
    assert trim(f"{space}{space}a{space}b{space}") == f"a{space}b"
    assert (parse_float(f"{space}7.5{space}"), parse_int(f"{space}7{space}")) == (7.5, 7)
    assert math.isnan(parse_float(f"-{space}7"))
    assert parse_float(f"1{space}2") == 1


@pytest.mark.parametrize("character", NO_WHITE_SPACE, ids=ascii)
def test_what_only_looks_like_white_space_is_kept(character: str) -> None:
    assert trim(f"{character}a{character}") == f"{character}a{character}"
    assert math.isnan(parse_float(f"{character}7"))
    assert math.isnan(parse_int(f"{character}7"))


def test_trim_takes_what_javascript_takes() -> None:
    assert trim("\u00a0\ufeff\u3000 a b \u2029\n") == "a b"


def test_trim_leaves_what_only_python_takes() -> None:
    assert trim("\x1ca\x85") == "\x1ca\x85"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e-8, "1e-8"),
        (1.5e-7, "1.5e-7"),
        (0.000001, "0.000001"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e20, "100000000000000000000"),
        (-0.0, "0"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (5e-324, "5e-324"),
    ],
)
def test_a_number_is_written_as_javascript_writes_it(number: float, text: str) -> None:
    assert format_number(number) == text
