from __future__ import annotations

from decimal import Decimal

import pytest

from validator.page.amounts import possible_amounts


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("180.75", ["180.75"]),
        ("1.234", ["1.234"]),
        ("-5", ["-5"]),
        ("180,75", ["180.75"]),
        ("1.234,56 €", ["1234.56"]),
        ("€1,234.56", ["1234.56"]),
        ("1 234,56", ["1234.56"]),
        ("1\u00a0234,56\u202f€", ["1234.56"]),
        ("CHF 1'234.50", ["1234.50"]),
        ("1,234,567", ["1234567"]),
        ("1.234.567", ["1234567"]),
        ("1,234", ["1234", "1.234"]),
        ("1.234 €", ["1234", "1.234"]),
        ("0,123", ["0.123"]),
        (".25", ["0.25"]),
        ("-,5", ["-0.5"]),
        ("Rs.250", ["250"]),
        ("1e3", ["1000"]),
        ("12 units", ["12"]),
        ("", []),
        ("free", []),
        ("2 for €5", []),
        ("1,2,3", []),
        ("1.2,3.4", []),
    ],
)
def test_an_amount_means_what_a_person_reads(text: str, numbers: list[str]) -> None:
    assert possible_amounts(text) == {Decimal(number) for number in numbers}
