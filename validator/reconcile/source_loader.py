"""Both sources in the engine, as typed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.column_parsers import (
    AMOUNT_TYPE,
    ParsedColumn,
    parse_amounts,
    parse_timestamps,
    trimmed_sql,
    without_empty_words_sql,
)
from validator.reconcile.duckdb_engine import Engine, EngineError, quote_identifier, quote_literal
from validator.reconcile.model import SourceOptions, SourceSummary
from validator.reconcile.raw_source import RawSource
from validator.reconcile.source_files import SourceTable, open_file
from validator.tables.columns import CLOCK_COLUMN_NAMES, find_columns, find_store_columns
from validator.tables.ids import EXACT_DIGITS, SHORTENED_MESSAGE, SHORTENED_PATTERN

DIMENSION_FIELDS = (
    "payment_method",
    "device",
    "country",
    "language",
    "currency",
    "release",
    "channel",
)
"""Fields of which each value may be a cause."""
TEXT_FIELDS = ("status", "contact_email", "cart_id", *DIMENSION_FIELDS)
_AMOUNT_COLUMNS = {"total_price": "total", "total_quantity": "quantity", "parcels": "parcels"}
_TYPED_COLUMNS = _AMOUNT_COLUMNS | {"purchase_date": "date"}
"""Fields that are no texts, and the columns that they become."""
_CLOCK_PATTERN = r"^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][.]? ?[Mm][.]?)?$"
_MIN_LOST_DIGITS = 3
"""So many digits that are zero in all long ids are not zero by chance."""


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """A source in the engine: table ``NAME_source`` as it was, ``NAME`` with our columns.

    ``NAME`` has row (from zero, of the source), id, total, quantity, date (UTC), and is_local:
    whether the date named no zone and none was given. Of several files, ``table`` is the first.
    """

    table: SourceTable
    columns: Mapping[str, str]
    reading: SourceSummary
    without_id: int


def open_source(engine: Engine, source: str, options: SourceOptions) -> SourceTable:
    """Return the table of a file or a database. Raises InputError where it cannot be opened."""
    if "://" in source:
        from validator.reconcile.databases import open_database

        return open_database(engine, source, options)
    if options.query or options.preset:
        raise InputError.single(
            "option-invalid",
            f"--query and --preset ask a database, and {source} is a file",
            hint="write the database as in postgresql://user@host/shop",
        )
    return open_file(engine, source, options)


def parse_columns(engine: Engine, raw: RawSource) -> dict[str, ParsedColumn]:
    """Find out how the columns that are no text are written. Raises InputError where it is open.

    A column that was taken for some words of its name, and holds other things, is left out.
    """
    parsed: dict[str, ParsedColumn] = {}
    raw.clock = _find_clock(engine, raw)
    for field in _TYPED_COLUMNS:
        if field not in raw.columns:
            continue
        parse = parse_timestamps if field == "purchase_date" else parse_amounts
        try:
            parsed[field] = parse(engine, raw.column(field), raw.options)
        except InputError as error:
            if not raw.is_guessed(field) or "ambiguous" in error.findings[0].rule:
                raise
            column = raw.columns.pop(field)
            what = "dates" if field == "purchase_date" else "amounts"
            raw.notes.append(f"{column} is not read as {field}: not all of its cells are {what}")
    return parsed


def _find_clock(engine: Engine, raw: RawSource) -> str:
    """Return the column of times of day that completes dates without one; "" for none."""
    if "purchase_date" not in raw.columns:
        return ""
    date = trimmed_sql(raw.columns["purchase_date"])
    for column in find_columns(raw.kept, CLOCK_COLUMN_NAMES):
        clock = trimmed_sql(column)
        is_clock = f"regexp_matches({clock}, {quote_literal(_CLOCK_PATTERN)})"
        dates, timed, clocks, others = engine.row(
            f"SELECT count({date}), count(*) FILTER (contains({date}, ':')), "
            f"count(*) FILTER ({is_clock}), count(*) FILTER (NOT {is_clock}) "
            f"FROM {raw.name} WHERE {raw.where}"
        )
        if clocks and dates and not timed and not others:
            return column
    return ""


def load_orders(
    engine: Engine, raw: RawSource, parsed: Mapping[str, ParsedColumn], further: Sequence[str]
) -> LoadedSource:
    """Make the table ``orders``. ``further``: columns in which causes are looked for.

    Raises InputError for a cell that cannot be read, and for shortened ids.
    """
    columns = raw.columns
    texts = {
        field: without_empty_words_sql(trimmed_sql(columns[field]))
        if field in columns
        else "NULL::VARCHAR"
        for field in TEXT_FIELDS
    }
    texts |= {f"further_{at}": trimmed_sql(column) for at, column in enumerate(further)}
    stores = find_store_columns(raw.table.columns)
    texts["store"] = trimmed_sql(stores[0]) if stores else "NULL::VARCHAR"
    return _load(engine, raw, parsed, texts)


def load_recorded(
    engine: Engine, sources: Sequence[tuple[RawSource, Mapping[str, ParsedColumn]]]
) -> LoadedSource:
    """Make the table ``recorded`` of one or several sources.

    A purchase that is in several files, because their times overlap, counts once. Raises
    InputError likewise.
    """
    loaded = [_load(engine, raw, parsed, {}) for raw, parsed in sources]
    names = [raw.side for raw, _ in sources]
    if len(names) > 1:
        engine.run(f"CREATE TABLE recorded AS SELECT *, 0 AS file FROM {names[0]}")
        for at, name in enumerate(names[1:], 1):
            same = " AND ".join(
                f"e.{each} IS NOT DISTINCT FROM n.{each}"
                for each in ("id", "total", "quantity", "date")
            )
            engine.run(
                f"INSERT INTO recorded BY NAME SELECT n.row, n.id, n.total, n.quantity, n.parcels, "
                f"n.date, n.is_local, {at} AS file FROM {name} n WHERE NOT EXISTS "
                f"(SELECT 1 FROM recorded e WHERE {same})"
            )
    for raw, _ in sources:
        engine.run(f"DROP TABLE {raw.name}")
    first = loaded[0]
    if len(loaded) == 1:
        return first
    columns = {
        field: column
        for field, column in first.columns.items()
        if all(field in each.columns for each in loaded)
    }
    summary = SourceSummary(
        ", ".join(each.table.label for each in loaded),
        sum(each.reading.rows for each in loaded),
        columns,
        tuple(dict.fromkeys(note for each in loaded for note in each.reading.notes)),
    )
    return LoadedSource(first.table, columns, summary, sum(each.without_id for each in loaded))


def _load(
    engine: Engine,
    raw: RawSource,
    parsed: Mapping[str, ParsedColumn],
    texts: Mapping[str, str],
) -> LoadedSource:
    notes = [*raw.notes]
    id_cell = trimmed_sql(raw.columns["order_id"])
    cells = {"id": id_cell, **_typed_columns_sql(raw, parsed, notes), **texts}
    cells |= {
        f"no_{key}": f"({parsed[field].cell} IS NOT NULL AND {parsed[field].sql} IS NULL)"
        for field, key in _TYPED_COLUMNS.items()
        if field in parsed
    }
    selected = ", ".join(f"{sql} AS {quote_identifier(name)}" for name, sql in cells.items())
    _create_table(
        engine,
        f"CREATE TABLE {raw.side} AS SELECT * FROM (SELECT rowid AS row, {selected} "
        f"FROM {raw.name} WHERE {raw.where}) WHERE id IS NOT NULL",
        raw,
    )
    _reject_unparsed_cells(engine, raw)
    _reject_shortened_ids(engine, raw)
    rows, without = engine.row(
        f"SELECT count(*), count(*) FILTER ({id_cell} IS NULL AND {raw.where}) FROM {raw.name}"
    )
    summary = SourceSummary(raw.table.label, rows, dict(raw.columns), tuple(notes))
    return LoadedSource(raw.table, summary.columns, summary, without)


def _typed_columns_sql(
    raw: RawSource, parsed: Mapping[str, ParsedColumn], notes: list[str]
) -> dict[str, str]:
    """Return SQL of the columns that are compared."""
    if raw.clock:
        notes.append(f"purchase_date has the time of column {raw.clock}")
    typed = {"date": "NULL::TIMESTAMP", "is_local": "false"}
    for field, key in _TYPED_COLUMNS.items():
        if field in parsed:
            typed[key] = parsed[field].sql
            notes += [
                f"{field}: {note}" if field == "purchase_date" else note
                for note in parsed[field].notes
            ]
        elif key != "date":
            typed[key] = f"NULL::{AMOUNT_TYPE}"
    dates = parsed.get("purchase_date")
    if dates is not None and dates.local and not raw.options.timezone:
        typed["is_local"] = f"({dates.local}) IS NOT NULL"
    return typed


def _create_table(engine: Engine, sql: str, raw: RawSource) -> None:
    try:
        engine.run(sql)
    except EngineError as error:
        if not raw.options.date_format and not raw.options.timezone:
            raise
        # A pattern or a zone that the engine does not know is refused as a whole.
        raise InputError.single(
            "option-invalid",
            f"{raw.option}-date-format or {raw.option}-timezone: {str(error).splitlines()[0]}",
        ) from error


def _reject_unparsed_cells(engine: Engine, raw: RawSource) -> None:
    """Raise InputError at the first cell of which nothing was read."""
    fields = [field for field in _TYPED_COLUMNS if field in raw.columns]
    if not fields:
        return
    firsts = ", ".join(f"min(row) FILTER (no_{_TYPED_COLUMNS[field]})" for field in fields)
    for field, record in zip(fields, engine.row(f"SELECT {firsts} FROM {raw.side}"), strict=True):
        if record is not None:
            column = raw.column(field)
            what = "is no date" if field == "purchase_date" else "is no amount"
            raise column.unread(record, column.text(engine, record), what)


def _reject_shortened_ids(engine: Engine, raw: RawSource) -> None:
    """Raise InputError where ids lost digits: in scientific notation, or with zeros at the end."""
    pattern = quote_literal(SHORTENED_PATTERN)
    for row, text in engine.rows(
        f"SELECT row, id FROM {raw.side} WHERE (contains(id, 'E') OR contains(id, 'e')) "
        f"AND regexp_full_match(id, {pattern}) ORDER BY row LIMIT 1"
    ):
        raise _shortened_error(raw, row, f'the id "{text}" {SHORTENED_MESSAGE}')
    is_long = f"length(id) > {EXACT_DIGITS} AND regexp_full_match(id, '[1-9][0-9]+')"
    lost = f"substr(id, {EXACT_DIGITS + 1})"
    row, text, has_other, digits = engine.row(
        f"SELECT min(row), min_by(id, row), bool_or(NOT regexp_full_match({lost}, '0+')), "
        f"sum(length(id) - {EXACT_DIGITS}) FROM (SELECT id, min(row) AS row FROM {raw.side} "
        f"WHERE {is_long} GROUP BY id)"
    )
    if row is not None and not has_other and digits >= _MIN_LOST_DIGITS:
        raise _shortened_error(
            raw,
            row,
            f'the id "{text}" and all others of its length end with zeros after '
            f"{EXACT_DIGITS} digits: each {SHORTENED_MESSAGE}",
        )


def _shortened_error(raw: RawSource, row: int, message: str) -> InputError:
    place: Location = raw.table.place(row)
    return InputError.single(
        "ids-shortened",
        message,
        place,
        hint="export them again, or open the file by an import that keeps the column as text; "
        f"or name another column: {raw.option}-column order_id=COLUMN",
    )
