"""How amounts and dates are written, told from their shapes."""

from __future__ import annotations

import re

import pytest

from validator.tables.amounts import DecimalNotation, classify_amount
from validator.tables.dates import DateFormat, classify_date, strptime_formats


def shape_of(cell: str) -> str:
    """Put a 9 for each digit but a leading zero, as the engine does."""
    nines = re.sub("[0-8]", "9", cell)
    return cell[0] + nines[1:] if cell.startswith("0") else nines


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("12", DecimalNotation.WHOLE),
        ("-12", DecimalNotation.WHOLE),
        ("12.5", DecimalNotation.DOT),
        ("12,50", DecimalNotation.COMMA),
        ("180.750000", DecimalNotation.DOT),
        ("1.234", DecimalNotation.EITHER),
        ("1,234", DecimalNotation.EITHER),
        ("0.123", DecimalNotation.DOT),
        ("0,123", DecimalNotation.COMMA),
        ("1234.567", DecimalNotation.DOT),
        ("1.234,50", DecimalNotation.COMMA),
        ("1,234.50", DecimalNotation.DOT),
        ("1.234.567", DecimalNotation.COMMA),
        ("1,234,567.8", DecimalNotation.DOT),
        (".5", DecimalNotation.DOT),
        ("1 234,50 €", DecimalNotation.COMMA),
        ("EUR 12.50", DecimalNotation.DOT),
        ("US$12.50", DecimalNotation.DOT),
        ("12.50EUR", DecimalNotation.DOT),
        ("-€12,50", DecimalNotation.COMMA),
        ("1'234.50", DecimalNotation.DOT),
        ("12.", DecimalNotation.NONE),
        ("1.2.3", DecimalNotation.NONE),
        ("1,23.45", DecimalNotation.NONE),
        ("12.50.10", DecimalNotation.NONE),
        ("abc", DecimalNotation.NONE),
        ("12 pcs", DecimalNotation.NONE),
        ("1e5", DecimalNotation.NONE),
        ("10%", DecimalNotation.NONE),
    ],
)
def test_an_amount_says_its_sign_for_decimals(cell: str, kind: DecimalNotation) -> None:
    assert classify_amount(shape_of(cell)) is kind


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2026-11-02", DateFormat.ISO),
        ("2026/11/02 14:00", DateFormat.ISO),
        ("2026-11-02T14:00:00.123", DateFormat.ISO),
        ("2026-11-02T14:00:00Z", DateFormat.ISO_WITH_ZONE),
        ("2026-11-02 14:00:00 UTC", DateFormat.ISO_WITH_ZONE),
        ("2026-11-02T14:00:00+0100", DateFormat.ISO_WITH_ZONE),
        ("2026-11-02 14:00:00+01", DateFormat.ISO_WITH_ZONE),
        ("1775210400", DateFormat.SECONDS),
        ("1775210400000", DateFormat.MILLISECONDS),
        ("2/11/2026", DateFormat.NUMBERS),
        ("02.11.2026 14:00", DateFormat.NUMBERS),
        ("11-02-2026, 2:00:00 PM", DateFormat.NUMBERS),
        ("02/11-2026", DateFormat.NONE),
        ("02/11/26", DateFormat.NONE),
        ("20261102", DateFormat.NONE),
        ("2 Nov 2026", DateFormat.NONE),
    ],
)
def test_a_date_says_its_form(cell: str, form: DateFormat) -> None:
    assert classify_date(re.sub("[0-8]", "9", cell)) is form


@pytest.mark.parametrize(
    ("shape", "pattern"),
    [
        ("99/99/9999", "%d/%m/%Y"),
        ("9.9.9999 99:99", "%d.%m.%Y %H:%M"),
        ("99/99/9999, 9:99:99 PM", "%d/%m/%Y, %I:%M:%S %p"),
        ("99-99-9999 9:99am", "%d-%m-%Y %I:%M%p"),
    ],
)
def test_numbers_become_a_pattern(shape: str, pattern: str) -> None:
    assert strptime_formats([shape], day_first=True) == (pattern,)
    month_first = pattern.replace("%d", "?").replace("%m", "%d").replace("?", "%m")
    assert strptime_formats([shape], day_first=False) == (month_first,)
