"""How amounts and dates are written, told from their shapes."""

from __future__ import annotations

import re

import pytest

from validator.reconcile.shapes import (
    DateForm,
    Decimals,
    Shape,
    date_form,
    decimals,
    strptime_formats,
)


def shape_of(cell: str) -> str:
    """Put a 9 for each digit but a leading zero, as the engine does."""
    nines = re.sub("[0-8]", "9", cell)
    return cell[0] + nines[1:] if cell.startswith("0") else nines


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("12", Decimals.WHOLE),
        ("-12", Decimals.WHOLE),
        ("12.5", Decimals.DOT),
        ("12,50", Decimals.COMMA),
        ("180.750000", Decimals.DOT),
        ("1.234", Decimals.EITHER),
        ("1,234", Decimals.EITHER),
        ("0.123", Decimals.DOT),
        ("0,123", Decimals.COMMA),
        ("1234.567", Decimals.DOT),
        ("1.234,50", Decimals.COMMA),
        ("1,234.50", Decimals.DOT),
        ("1.234.567", Decimals.COMMA),
        ("1,234,567.8", Decimals.DOT),
        (".5", Decimals.DOT),
        ("1 234,50 €", Decimals.COMMA),
        ("EUR 12.50", Decimals.DOT),
        ("US$12.50", Decimals.DOT),
        ("12.50EUR", Decimals.DOT),
        ("-€12,50", Decimals.COMMA),
        ("1'234.50", Decimals.DOT),
        ("12.", Decimals.NONE),
        ("1.2.3", Decimals.NONE),
        ("1,23.45", Decimals.NONE),
        ("12.50.10", Decimals.NONE),
        ("abc", Decimals.NONE),
        ("12 pcs", Decimals.NONE),
        ("1e5", Decimals.NONE),
        ("10%", Decimals.NONE),
    ],
)
def test_an_amount_says_its_sign_for_decimals(cell: str, kind: Decimals) -> None:
    assert decimals(shape_of(cell)) is kind


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2026-11-02", DateForm.ISO),
        ("2026/11/02 14:00", DateForm.ISO),
        ("2026-11-02T14:00:00.123", DateForm.ISO),
        ("2026-11-02T14:00:00Z", DateForm.ISO_WITH_ZONE),
        ("2026-11-02 14:00:00 UTC", DateForm.ISO_WITH_ZONE),
        ("2026-11-02T14:00:00+0100", DateForm.ISO_WITH_ZONE),
        ("2026-11-02 14:00:00+01", DateForm.ISO_WITH_ZONE),
        ("1775210400", DateForm.SECONDS),
        ("1775210400000", DateForm.MILLISECONDS),
        ("2/11/2026", DateForm.NUMBERS),
        ("02.11.2026 14:00", DateForm.NUMBERS),
        ("11-02-2026, 2:00:00 PM", DateForm.NUMBERS),
        ("02/11-2026", DateForm.NONE),
        ("02/11/26", DateForm.NONE),
        ("20261102", DateForm.NONE),
        ("2 Nov 2026", DateForm.NONE),
    ],
)
def test_a_date_says_its_form(cell: str, form: DateForm) -> None:
    assert date_form(re.sub("[0-8]", "9", cell)) is form


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
    shapes = [Shape(shape, 0, shape, 1)]
    assert strptime_formats(shapes, day_first=True) == (pattern,)
    month_first = pattern.replace("%d", "?").replace("%m", "%d").replace("?", "%m")
    assert strptime_formats(shapes, day_first=False) == (month_first,)
