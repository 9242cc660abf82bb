"""Spreadsheets, by calamine. The one door to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.tables import INSTALL_HINT


def read_first_sheet(path: Path) -> Iterator[Sequence[object]]:
    """Yield the rows of the first sheet, the header first.

    Raises InputError where there is none.
    """
    try:
        import python_calamine
    except ImportError as error:
        raise InputError.single(
            "extra-missing",
            "reading Excel files needs python-calamine",
            Location(str(path)),
            hint=INSTALL_HINT,
        ) from error
    try:
        sheet = python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise InputError.single(
            "file-unreadable", f"this is no readable spreadsheet: {error}", Location(str(path))
        ) from error
    yield from (
        list(row)
        for row in sheet.to_python(skip_empty_area=True)
        if any(_is_filled(v) for v in row)
    )


def _is_filled(value: object) -> bool:
    return value not in ("", None)
