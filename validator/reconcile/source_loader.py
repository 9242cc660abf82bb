"""Both sources into the engine, as typed rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.core.errors import InputError
from validator.reconcile.column_parsers import (
    AMOUNT_TYPE,
    ParsedColumn,
    SourceColumn,
    parse_amounts,
    parse_timestamps,
    trimmed_sql,
)
from validator.reconcile.duckdb_engine import (
    Engine,
    EngineError,
    quote_identifier,
    quote_identifiers,
)
from validator.reconcile.model import SourceOptions, SourceSummary
from validator.reconcile.source_files import SourceTable, open_file
from validator.tables.columns import map_columns

DIMENSION_FIELDS = ("payment_method", "device", "country", "language", "currency", "release")
"""Fields of which each value may be a cause."""
TEXT_FIELDS = ("status", "contact_email", "cart_id", *DIMENSION_FIELDS)


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """A source in the engine: table ``NAME_source`` as it was, ``NAME`` with our columns.

    ``NAME`` has row (from zero, of the source), id, total, quantity, date (UTC).
    """

    table: SourceTable
    columns: Mapping[str, str]
    reading: SourceSummary
    without_id: int


def load_source(
    engine: Engine,
    table: SourceTable,
    options: SourceOptions,
    *,
    is_recorded: bool = False,
    further: tuple[str, ...] = (),
) -> LoadedSource:
    """Read a source. ``further``: columns of the orders in which causes are looked for.

    Raises InputError for what cannot be read, is broken, or can be read in two ways.
    """
    side = "recorded" if is_recorded else "orders"
    option = f"--{side}"
    columns = map_columns(
        table.label, table.columns, options.columns, f"{option}-column", is_recorded=is_recorded
    )
    for column in (*further, *options.only):
        map_columns(table.label, table.columns, {"order_id": column}, "--group-by or -only")
    kept = (
        tuple(dict.fromkeys([*columns.values(), *options.only])) if is_recorded else table.columns
    )
    where = " AND ".join(f"{trimmed_sql(column)} = ?" for column in options.only) or "true"
    try:
        engine.run(
            f"CREATE TABLE {side}_source AS SELECT {quote_identifiers(kept)} FROM {table.relation}"
        )
    except EngineError as error:
        raise table.broken(error) from error
    notes = [*table.notes]
    read = _SourceContext(f"{side}_source", option, table, columns, options)
    parsed = _parse_columns(engine, read)
    typed = _typed_columns_sql(read, parsed, notes)
    if not is_recorded:
        typed |= {field: trimmed_sql(columns[field]) for field in TEXT_FIELDS if field in columns}
        typed |= {field: "NULL::VARCHAR" for field in TEXT_FIELDS if field not in columns}
        typed |= {f"further_{at}": trimmed_sql(column) for at, column in enumerate(further)}
    cells = [f"{sql} AS {quote_identifier(field)}" for field, sql in typed.items()]
    cells += [
        f"({parsed[field].cell} IS NOT NULL AND {parsed[field].sql} IS NULL) AS "
        f"{quote_identifier('no_' + key)}"
        for field, key in _TYPED_COLUMNS.items()
        if field in columns
    ]
    _create_table(
        engine,
        f"CREATE TABLE {side} AS SELECT * FROM (SELECT rowid AS row, {', '.join(cells)} "
        f"FROM {side}_source WHERE {where}) WHERE id IS NOT NULL",
        options,
        option,
    )
    _reject_unparsed_cells(engine, side, read)
    rows, without = engine.row(
        f"SELECT count(*), count(*) FILTER ({trimmed_sql(columns['order_id'])} IS NULL) "
        f"FROM {side}_source"
    )
    if is_recorded:
        engine.run("DROP TABLE recorded_source")
    reading = SourceSummary(table.label, rows, columns, tuple(notes))
    return LoadedSource(table, columns, reading, without)


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


@dataclass(frozen=True, slots=True)
class _SourceContext:
    """One of the two sources while it is read; ``option`` is the prefix of its options."""

    loaded: str
    option: str
    table: SourceTable
    columns: Mapping[str, str]
    options: SourceOptions

    def column(self, field: str) -> SourceColumn:
        return SourceColumn(self.loaded, self.columns[field], field, self.table, self.option)


_AMOUNT_COLUMNS = {"total_price": "total", "total_quantity": "quantity", "parcels": "parcels"}
_TYPED_COLUMNS = _AMOUNT_COLUMNS | {"purchase_date": "date"}
"""Fields that are no texts, and the columns that they become."""


def _parse_columns(engine: Engine, side: _SourceContext) -> dict[str, ParsedColumn]:
    """Find out how the columns that are not text are written."""
    return {
        field: (parse_timestamps if field == "purchase_date" else parse_amounts)(
            engine, side.column(field), side.options
        )
        for field in _TYPED_COLUMNS
        if field in side.columns
    }


def _typed_columns_sql(
    side: _SourceContext, parsed: Mapping[str, ParsedColumn], notes: list[str]
) -> dict[str, str]:
    """Return SQL of the columns that are compared."""
    typed = {"id": trimmed_sql(side.columns["order_id"]), "date": "NULL::TIMESTAMP"}
    for field, key in _TYPED_COLUMNS.items():
        if field in parsed:
            typed[key] = parsed[field].sql
            notes += [
                f"{field}: {note}" if field == "purchase_date" else note
                for note in parsed[field].notes
            ]
        elif key != "date":
            typed[key] = f"NULL::{AMOUNT_TYPE}"
    return typed


def _create_table(engine: Engine, sql: str, options: SourceOptions, option: str) -> None:
    try:
        engine.run(sql, *options.only.values())
    except EngineError as error:
        if not options.date_format and options.timezone == "UTC":
            raise
        # A pattern or a zone that the engine does not know is refused as a whole.
        raise InputError.single(
            "option-invalid",
            f"{option}-date-format or {option}-timezone: {str(error).splitlines()[0]}",
        ) from error


def _reject_unparsed_cells(engine: Engine, made: str, side: _SourceContext) -> None:
    """Raise InputError at the first cell of which nothing was read."""
    fields = [field for field in _TYPED_COLUMNS if field in side.columns]
    if not fields:
        return
    firsts = ", ".join(f"min(row) FILTER (no_{_TYPED_COLUMNS[field]})" for field in fields)
    for field, record in zip(fields, engine.row(f"SELECT {firsts} FROM {made}"), strict=True):
        if record is not None:
            column = side.column(field)
            what = "is no date" if field == "purchase_date" else "is no amount"
            raise column.unread(record, column.text(engine, record), what)
