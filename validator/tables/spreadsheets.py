"""Spreadsheets: workbooks by calamine, and HTML or XML tables that are called .xls."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.installation import install_command
from validator.tables.columns import names_an_order

if TYPE_CHECKING:
    from bs4 import Tag

_WORKBOOK_MARKS = (b"PK", b"\xd0\xcf\x11\xe0")
_MAX_HEADER_ROW = 20
_MAX_SPAN = 1_000
"""Rows or columns that one cell of HTML may span, as browsers have it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that are not empty, the header among them."""

    name: str
    rows: Sequence[Sequence[object]]
    notes: tuple[str, ...] = ()


def is_workbook(start: bytes) -> bool:
    """Return whether a file begins as one of Excel or LibreOffice does."""
    return start.startswith(_WORKBOOK_MARKS)


def is_markup(start: bytes) -> bool:
    """Return whether a file begins as HTML or XML does, whatever its name."""
    text = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    return text.startswith(b"<")


def read_workbook(path: Path, name: str, option: str) -> Sheet:
    """Return the sheet called ``name``; "": the one that has orders.

    ``option`` is the one that names a sheet. Raises InputError where several sheets fit or none is
    readable.
    """
    try:
        import python_calamine
    except ImportError as error:
        raise InputError.single(
            "extra-missing",
            "reading Excel files needs python-calamine",
            Location(str(path)),
            hint=install_command("reconcile"),
        ) from error
    try:
        book = python_calamine.load_workbook(str(path))
        sheets = {
            each: _filled_rows(book.get_sheet_by_name(each).to_python(skip_empty_area=True))
            for each in book.sheet_names
            if not name or each == name
        }
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise _unreadable_error(path, f"this is no readable spreadsheet: {error}") from error
    return _choose(path, sheets, name, option)


def read_markup(path: Path, name: str, option: str) -> Sheet:
    """Return the table of an HTML page, or a sheet of Excel's XML of 2003, likewise."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    try:
        with warnings.catch_warnings():
            # The parser of HTML is enough for the elements of rows and cells.
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
            soup = BeautifulSoup(path.read_bytes(), "html.parser")
    except OSError as error:
        raise _unreadable_error(path, f"cannot be read: {error.strerror or error}") from error
    sheets = {
        str(sheet.get("ss:name") or f"sheet {number}"): _filled_rows(
            [_xml_cells(row) for row in sheet.find_all("row")]
        )
        for number, sheet in enumerate(soup.find_all("worksheet"), 1)
    } or {
        f"table {number}": _filled_rows(_html_rows(table))
        for number, table in enumerate(soup.find_all("table"), 1)
        if not table.find("table")  # one that lays others out
    }
    if not sheets:
        raise _unreadable_error(path, "this is a page of HTML or XML without a table")
    chosen = _choose(path, sheets, name, option)
    kind = "XML" if soup.find("worksheet") else "HTML"
    return Sheet(chosen.name, chosen.rows, (f"read as a table of {kind}", *chosen.notes))


def _html_rows(table: Tag) -> list[list[str]]:
    """Return the cells of each row; a cell that spans several stands in each of them."""
    rows: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    for row in table.find_all("tr"):
        cells: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        for cell in row.find_all(["th", "td"]):
            _fill_spanned(cells, spanning)
            texts = [cell.get_text().strip(), *[""] * (_span(cell, "colspan") - 1)]
            rows_left = _span(cell, "rowspan") - 1
            if rows_left:
                below |= {len(cells) + at: (rows_left, text) for at, text in enumerate(texts)}
            cells += texts
        _fill_spanned(cells, spanning)
        spanning |= below
        rows.append(cells)
    return rows


def _fill_spanned(cells: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Add the cells that come from rows above; ``spanning``: column → rows left, and the text."""
    while (at := len(cells)) in spanning:
        left, text = spanning.pop(at)
        if left > 1:
            spanning[at] = (left - 1, text)
        cells.append(text)


def _span(cell: Tag, name: str) -> int:
    text = str(cell.get(name) or "")
    return min(max(int(text), 1), _MAX_SPAN) if text.isascii() and text.isdigit() else 1


def _xml_cells(row: object) -> list[str]:
    """Return a row's cells; ``ss:Index`` passes over empty ones."""
    cells: list[str] = []
    for cell in row.find_all("cell"):  # type: ignore[attr-defined]  # bs4's union of nodes
        index = int(cell.get("ss:index") or len(cells) + 1)
        cells += [""] * (index - 1 - len(cells))
        cells.append(cell.get_text().strip())
    return cells


def _filled_rows(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(row) for row in rows if any(value not in ("", None) for value in row)]


def _choose(path: Path, sheets: Mapping[str, list[list[object]]], name: str, option: str) -> Sheet:
    if name and name not in sheets:
        raise _unreadable_error(path, f'it has no sheet "{name}"')
    filled = {each: rows for each, rows in sheets.items() if rows}
    if not filled:
        raise InputError.single("file-empty", "the first sheet is empty", Location(str(path)))
    fitting = [each for each, rows in filled.items() if _has_header(rows)] or list(filled)
    if len(fitting) > 1 and not name:
        listed = ", ".join(f'"{each}"' for each in fitting[:10])
        raise InputError.single(
            "sheet-ambiguous",
            f"which sheet holds the orders? There are {listed}",
            Location(str(path)),
            hint=f'name it: {option} "{fitting[0]}"',
        )
    chosen = fitting[0]
    notes = (f'sheet "{chosen}" of {len(sheets)}',) if len(sheets) > 1 else ()
    return Sheet(chosen, filled[chosen], notes)


def _has_header(rows: Sequence[Sequence[object]]) -> bool:
    return any(names_an_order([str(cell) for cell in row]) for row in rows[:_MAX_HEADER_ROW])


def _unreadable_error(path: Path, message: str) -> InputError:
    return InputError.single("file-unreadable", message, Location(str(path)))
