"""Files, whatever their format, as tables whose cells are all text."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.duckdb_engine import Engine, EngineError, quote_identifier, quote_literal
from validator.reconcile.model import SourceOptions
from validator.tables.columns import names_an_order
from validator.tables.csv_files import DelimitedFile, open_delimited
from validator.tables.spreadsheets import (
    Sheet,
    is_markup,
    is_workbook,
    read_markup,
    read_workbook,
)

_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
SUPPORTED_FORMATS = (
    "CSV, TSV, JSON, JSON Lines, Parquet, Excel (.xlsx, .xls, .ods) or a ZIP of Connectif"
)
_JSON_START = re.compile(rb"(\xef\xbb\xbf)?\s*(\[\s*\{|\{\s*\")")
_MAX_WRAPPERS = 4
"""So many objects may stand around a list of orders."""
MAX_UNPACKED_BYTES = 64 << 30
"""Bytes. A ZIP file that would unpack to more is not one of orders."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A source as the engine reads it: ``relation`` is SQL in which each column is VARCHAR.

    ``place`` leads from a record, counted from zero, to where a person finds it. ``broken`` says
    what is wrong when the engine cannot read on.
    """

    label: str
    relation: str
    columns: tuple[str, ...]
    place: Callable[[int], Location]
    broken: Callable[[EngineError], InputError]
    notes: tuple[str, ...] = ()
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A name that several columns have → their unique names here."""


def open_file(engine: Engine, text: str, options: SourceOptions) -> SourceTable:
    """Return a file's table. Raises InputError where it is not there or no format fits."""
    path = Path(text)
    if not path.is_file():
        raise InputError.single(
            "file-unreadable",
            "there is no such file",
            Location(text),
            hint=f"give {SUPPORTED_FORMATS}",
        )
    with path.open("rb") as file:
        start = file.read(256)
    kind = path.suffix.lower()
    if start.startswith(b"PAR1"):
        return _open_parquet(engine, path, text)
    if is_markup(start):
        sheet = read_markup(path, options.sheet, f"--{options.side}-sheet")
        return _table_from_sheet(engine, text, sheet, options)
    if start.lstrip().lower().startswith(b"mime-version:"):
        raise InputError.single(
            "file-unreadable",
            "this is a saved web page (MHTML), not a table",
            Location(text),
            hint="open it in a spreadsheet and save it as CSV or .xlsx",
        )
    # Many shops call a text file .xls or .xlsx.
    if kind in _WORKBOOK_SUFFIXES and is_workbook(start):
        sheet = read_workbook(path, options.sheet, f"--{options.side}-sheet")
        return _table_from_sheet(engine, text, sheet, options)
    if start.startswith(b"PK"):
        return _open_zip(engine, path, options)
    if kind in (".jsonl", ".ndjson", ".json") or _JSON_START.match(start):
        return _open_json(engine, path, text)
    return _open_csv(engine, path, text, options)


def _quote_path(path: Path) -> str:
    """Return the path of one file as a literal of SQL, in which wildcards mean themselves."""
    return quote_literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def _open_csv(engine: Engine, path: Path, label: str, options: SourceOptions) -> SourceTable:
    delimiter = options.delimiter or ("tab" if path.suffix.lower() == ".tsv" else "")
    file = open_delimited(
        path,
        label,
        engine.folder,
        encoding=options.encoding,
        delimiter=delimiter,
        known=tuple(options.columns.values()),
        option="--orders-" if options.side == "orders" else "--recorded-",
    )
    return table_from_delimited(file)


def table_from_delimited(
    file: DelimitedFile, place: Callable[[int], Location] | None = None
) -> SourceTable:
    """Return the table of a text file; ``place`` where its own lines mean nothing to people."""
    columns = ", ".join(f"{quote_literal(column)}: 'VARCHAR'" for column in file.header)
    relation = (
        f"read_csv({_quote_path(file.path)}, delim={quote_literal(file.delimiter)}, "
        f"quote='\"', "
        f"escape='\"', header=true, auto_detect=false, strict_mode=true, "
        f"max_line_size=33554432, columns={{{columns}}})"
    )
    return SourceTable(
        file.label,
        relation,
        file.header,
        place or file.place,
        lambda _: file.broken(),
        file.notes,
        file.repeated,
    )


def table_from_rows(
    engine: Engine,
    label: str,
    columns: Sequence[str],
    batches: Iterable[Iterable[Sequence[object]]],
    row_name: str = "row",
) -> SourceTable:
    """Return the table of rows that are not in a text file, by way of one in the run's folder."""
    path = engine.folder / f"rows-{len(list(engine.folder.iterdir()))}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for batch in batches:
            writer.writerows([format_cell(value) for value in row] for row in batch)
    text = open_delimited(path, label, engine.folder, encoding="utf-8", delimiter=",")
    return table_from_delimited(text, lambda record: Location(f"{label}, {row_name} {record + 1}"))


def format_cell(value: object) -> str:
    """A value with a type as text that can be read in one way only."""
    if value is None:
        return ""
    if isinstance(value, float):
        # A spreadsheet knows no whole numbers: 1001.0 is what was written as 1001.
        return str(int(value)) if value.is_integer() else _format_decimal(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _format_decimal(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def _format_decimal(value: Decimal) -> str:
    text = format(value, "f")
    # Three decimals look like thousands: "1.234". A fourth tells that they are none.
    return text + "0" if len(text.rpartition(".")[2]) == 3 and "." in text else text


def _open_parquet(engine: Engine, path: Path, label: str) -> SourceTable:
    source = f"read_parquet({_quote_path(path)})"
    try:
        described = engine.columns(source)
    except EngineError as error:
        raise _unreadable_error(label, error) from error
    cells = ", ".join(
        f"{_text_sql(column, kind)} AS {quote_identifier(column)}" for column, kind in described
    )
    return SourceTable(
        label,
        f"(SELECT {cells} FROM {source})",
        tuple(column for column, _ in described),
        lambda record: Location(f"{label}, row {record + 1}"),
        lambda error: _unreadable_error(label, error),
    )


def _text_sql(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{quote_identifier(column)} = trunc({quote_identifier(column)})"
        return (
            f"CASE WHEN {whole} THEN {quote_identifier(column)}::BIGINT::VARCHAR "
            f"ELSE {quote_identifier(column)}::DECIMAL(30, 6)::VARCHAR END"
        )
    if kind.startswith("DECIMAL"):
        return f"{quote_identifier(column)}::DECIMAL(38, 6)::VARCHAR"
    return f"{quote_identifier(column)}::VARCHAR"


def _open_json(engine: Engine, path: Path, label: str) -> SourceTable:
    """Read JSON Lines, an array of objects, or an object that holds one: {"orders": […]}."""
    with path.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return _json_table(engine, path, label, "array")
    rows = _unwrap_json(path) if start.startswith(b"{") else None
    if rows is None:
        return _json_table(engine, path, label, "newline_delimited")
    copy = engine.folder / f"rows-{len(list(engine.folder.iterdir()))}.jsonl"
    copy.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    table = _json_table(engine, copy, label, "newline_delimited")
    return replace(table, place=lambda record: Location(f"{label}, order {record + 1}"))


def _unwrap_json(path: Path) -> list[object] | None:
    """Return the orders of a file that is one object around them, or several of several lines."""
    with path.open("rb") as file:
        if file.readline().strip().endswith(b"}") and file.readline().strip():
            return None  # several lines, of which the first is whole
        file.seek(0)
        try:
            whole = _decode_objects(file.read().decode("utf-8-sig"))
        except ValueError:
            return None
    if len(whole) > 1:
        return whole
    return _find_wrapped_orders(whole[0], _MAX_WRAPPERS)


def _decode_objects(text: str) -> list[object]:
    """Return the JSON values that stand one after the other, as jq writes them."""
    decoder, values = json.JSONDecoder(), []
    at, end = len(text) - len(text.lstrip()), len(text.rstrip())
    while at < end:
        value, at = decoder.raw_decode(text, at)
        values.append(value)
        while at < end and text[at].isspace():
            at += 1
    return values


def _find_wrapped_orders(value: object, depth: int) -> list[object] | None:
    """Return the one list of orders in an answer of a REST or GraphQL API of a shop."""
    if not isinstance(value, dict) or not depth or names_an_order(tuple(value)):
        return None
    lists = [each for each in value.values() if isinstance(each, list) and each]
    lists = [each for each in lists if all(isinstance(item, dict) for item in each)]
    nested = (_find_wrapped_orders(each, depth - 1) for each in value.values())
    found = [*lists, *(each for each in nested if each)]
    if len(found) != 1:
        return None
    # GraphQL: {"data": {"orders": {"edges": [{"node": {…}}]}}}
    nodes = [item.get("node") for item in found[0] if isinstance(item, dict)]
    return nodes if all(isinstance(node, dict) for node in nodes) else found[0]


def _json_table(engine: Engine, path: Path, label: str, form: str) -> SourceTable:
    source = (
        f"read_json({_quote_path(path)}, format='{form}', records=true, "
        "maximum_depth=1, sample_size=-1, map_inference_threshold=-1)"
    )
    try:
        columns = tuple(column for column, _ in engine.columns(source))
    except EngineError as error:
        raise _json_error(path, label, error) from error
    cells = ", ".join(
        f"CASE WHEN json_type({quote_identifier(column)}) = 'DOUBLE' "
        f"THEN ({quote_identifier(column)}->>'$')::DECIMAL(38, 6)::VARCHAR "
        f"ELSE {quote_identifier(column)}->>'$' END AS {quote_identifier(column)}"
        for column in columns
    )
    return SourceTable(
        label,
        f"(SELECT {cells} FROM {source})",
        columns,
        lambda record: (
            _locate_json_record(path, label, record)
            if form == "newline_delimited"
            else Location(f"{label}, order {record + 1}")
        ),
        lambda error: _json_error(path, label, error),
    )


def _locate_json_record(path: Path, label: str, record: int) -> Location:
    count = -1
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            count += bool(line.strip())
            if count == record:
                return Location(label, number)
    return Location(label)


def _json_error(path: Path, label: str, error: EngineError) -> InputError:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                value = json.loads(line) if line.strip() else {}
            except ValueError as reason:
                return InputError.single(
                    "json-broken",
                    f"this line is no JSON: {reason}",
                    Location(label, number),
                    hint="one JSON object a line is expected",
                )
            if not isinstance(value, dict):
                return InputError.single(
                    "json-broken",
                    "this line is no JSON object",
                    Location(label, number),
                    hint="one JSON object a line is expected",
                )
    return _unreadable_error(label, error)


def _unreadable_error(label: str, error: EngineError) -> InputError:
    first = str(error).strip().splitlines()[0]
    return InputError.single("file-unreadable", f"cannot be read: {first}", Location(label))


def _table_from_sheet(
    engine: Engine, label: str, sheet: Sheet, options: SourceOptions
) -> SourceTable:
    """Return the table of a sheet, by way of a text file in the run's folder."""
    width = max(map(len, sheet.rows))
    path = engine.folder / f"rows-{len(list(engine.folder.iterdir()))}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        for row in sheet.rows:
            cells = [format_cell(value) for value in row]
            writer.writerow(
                [" ".join(cell.splitlines()) for cell in cells] + [""] * (width - len(row))
            )
    text = open_delimited(
        path,
        label,
        engine.folder,
        encoding="utf-8",
        delimiter=",",
        known=tuple(options.columns.values()),
    )
    table = table_from_delimited(
        text, lambda record: Location(f"{label}, row {record + 1 + text.first_line}")
    )
    return replace(table, notes=(*table.notes, *sheet.notes))


def _open_zip(engine: Engine, path: Path, options: SourceOptions) -> SourceTable:
    """Read the one table of a Connectif export; that of products is beside it.

    File names: connectif activities exports hold ``export-activities-ID.csv`` and
    ``export-activities-ID-products.csv``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                each
                for each in archive.infolist()
                if each.filename.lower().endswith(".csv")
                and not Path(each.filename).name.startswith("._")  # what macOS adds
                and not each.filename.lower().endswith("-products.csv")
            ]
            if len(members) != 1:
                listed = ", ".join(sorted(archive.namelist())[:10])
                raise InputError.single(
                    "zip-ambiguous",
                    f"one CSV file is expected in it; it has: {listed or 'nothing'}",
                    Location(str(path)),
                    hint="unpack it and give the file that is meant",
                )
            if members[0].file_size > MAX_UNPACKED_BYTES:
                raise InputError.single(
                    "zip-too-large", "it unpacks to too much", Location(str(path))
                )
            copy = engine.folder / f"unpacked-{len(list(engine.folder.iterdir()))}.csv"
            with archive.open(members[0]) as packed, copy.open("wb") as out:
                shutil.copyfileobj(packed, out)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError.single(
            "zip-broken", f"cannot be unpacked: {error}", Location(str(path))
        ) from error
    return _open_csv(engine, copy, f"{path}:{Path(members[0].filename).name}", options)
