"""A source in the engine as it was written, without the rows that are no orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from validator.core.errors import InputError
from validator.reconcile.column_parsers import SourceColumn, trimmed_sql
from validator.reconcile.duckdb_engine import (
    Engine,
    EngineError,
    quote_identifiers,
    quote_literal,
)
from validator.reconcile.model import SourceOptions
from validator.reconcile.source_files import SourceTable
from validator.tables.columns import (
    TYPE_COLUMN_NAMES,
    find_columns,
    find_id_columns,
    find_line_columns,
    is_named_exactly,
    map_columns,
)

_SUMMARY_PATTERN = (
    r"(?i)^\W*((grand|sub|sous|zwischen|order|orders|overall|report|valor|importe)[ -]?)?"
    r"(totals?|totales|totaux|totale|totali|totais|sum|summe|gesamt\w*|suma|somme|somma|soma|"
    r"subtotal|insgesamt|endsumme|sumas|resumen|summary|averages?|avg|mean|media|promedio|moyenne|"
    r"durchschnitt|mittelwert|итого|всего|合計|小計|总计|合计)"
    r"(\b|$)[^0-9]*(\(.*\)|:.*|[0-9]+ \w+)?\s*$|"
    r"^\W*[0-9., ]*\W*(orders|pedidos|commandes|ordini|encomendas|bestellungen|records|rows|filas|"
    r"lignes|righe|zeilen|linhas|registros)\s*[:=]?\s*[0-9., ]*\W*$|"
    r"^\W*(page|pagina|página|seite) [0-9]+\b.*$|^(generated|exported|printed|created|exportado|"
    r"generado|exporté|généré|esportato|generato|exportiert|erstellt|end of|fin de) .*$"
)
"""An id of a row that sums the others up, or tells of the report: "TOTAL (2 orders)"."""
_RULE_PATTERN = r"[-=_*+.~–—Σ ]+"  # noqa: RUF001 - a dash is meant
"""A line drawn of signs, or the sign of a sum."""

_MAX_VALUES_SHOWN = 12
_MAX_UNDATED = 3
_MAX_UNDATED_SHARE = 0.02
"""Where more rows lack a date, orders without one are usual."""


@dataclass(slots=True)
class RawSource:
    """Table ``SIDE_source`` of the engine: each column is text, each row one of the source.

    ``columns``: our field → its column. ``conditions`` is SQL that rows must meet to count.
    ``kept`` are the columns that were copied. ``clock`` is the column of the time of day, where
    the column of dates has none.
    """

    side: str
    table: SourceTable
    options: SourceOptions
    columns: dict[str, str]
    notes: list[str]
    conditions: list[str] = field(default_factory=list)
    kept: tuple[str, ...] = ()
    clock: str = ""

    @property
    def name(self) -> str:
        """Name of the engine's table."""
        return f"{self.side}_source"

    @property
    def option(self) -> str:
        """The prefix of the options of this source."""
        return "--recorded" if self.side.startswith("recorded") else "--orders"

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "true"

    def is_guessed(self, field_name: str) -> bool:
        """Return whether a column was taken for some words of its name alone."""
        column = self.columns[field_name]
        is_given = column in self.options.columns.values()
        return not is_given and not is_named_exactly(field_name, column)

    def column(self, field_name: str) -> SourceColumn:
        return SourceColumn(
            self.name,
            self.columns[field_name],
            field_name,
            self.table,
            self.option,
            self.where,
            self.clock if field_name == "purchase_date" else "",
        )

    def id_candidates(self) -> tuple[str, ...]:
        """Return the columns that may hold the ids; the one that the user named alone."""
        if {"order_id", "purchase_id", "id"} & set(self.options.columns):
            return (self.columns["order_id"],)
        others = find_id_columns(self.table.columns)
        used = {column for name, column in self.columns.items() if name != "order_id"}
        return tuple(
            dict.fromkeys(
                [self.columns["order_id"], *(each for each in others if each not in used)]
            )
        )


def load_raw(
    engine: Engine,
    table: SourceTable,
    options: SourceOptions,
    *,
    side: str,
    further: tuple[str, ...],
) -> RawSource:
    """Copy a source into the engine. ``side`` is "orders", or begins with "recorded".

    Raises InputError for what cannot be read or is broken, and for columns that are not there, not
    recognised, or called the same as another.
    """
    is_recorded = side.startswith("recorded")
    option = "--recorded" if is_recorded else "--orders"
    columns = map_columns(
        table.label, table.columns, options.columns, f"{option}-column", is_recorded=is_recorded
    )
    for column in (*further, *options.only):
        map_columns(table.label, table.columns, {"order_id": column}, "--group-by or -only")
    raw = RawSource(side, table, options, columns, [*table.notes])
    raw.kept = _needed_columns(raw) if is_recorded else table.columns
    try:
        engine.run(
            f"CREATE TABLE {raw.name} AS SELECT {quote_identifiers(raw.kept)} FROM {table.relation}"
        )
    except EngineError as error:
        raise table.broken(error) from error
    _reject_repeated_names(engine, raw)
    for column, values in options.only.items():
        _reject_absent_values(engine, raw, column, values)
        listed = ", ".join(map(quote_literal, values))
        raw.conditions.append(f"coalesce({trimmed_sql(column)} IN ({listed}), false)")
    _leave_out_other_rows(engine, raw)
    if not is_recorded:
        _fill_ids_of_lines(engine, raw)
    return raw


def _reject_absent_values(
    engine: Engine, raw: RawSource, column: str, values: Sequence[str]
) -> None:
    """Refuse a value of ``--orders-only`` or ``--recorded-only`` that no row has."""
    cell = trimmed_sql(column)
    for value in values:
        if engine.row(f"SELECT count(*) FROM {raw.name} WHERE {cell} = ?", value)[0]:
            continue
        found = engine.rows(
            f"SELECT {cell}, count(*) FROM {raw.name} WHERE {cell} IS NOT NULL GROUP BY 1 "
            f"ORDER BY 2 DESC, 1 LIMIT {_MAX_VALUES_SHOWN}"
        )
        shown = ", ".join(f"{each} ({count:,})" for each, count in found)
        raise InputError.single(
            "value-unknown",
            f'no row has "{value}" in column {column}, as {raw.option}-only says: it has '
            f"{shown or 'no values'}",
            raw.table.place(-1),
            hint=f"write {raw.option}-only {column}=VALUE as the column does",
        )


def _needed_columns(raw: RawSource) -> tuple[str, ...]:
    """Return the columns of RECORDED that are used: a database may have many others."""
    used = [*raw.columns.values(), *raw.options.only, *raw.id_candidates()]
    repeated = [twin for column in used for twin in raw.table.repeated.get(column, ())]
    return tuple(dict.fromkeys([*used, *repeated]))


def _reject_repeated_names(engine: Engine, raw: RawSource) -> None:
    """Ask which of several columns of one name is meant, where they hold different values."""
    for name, column in raw.columns.items():
        twins = raw.table.repeated.get(column, ())
        if not twins or column in raw.options.columns.values():
            continue
        others = " OR ".join(
            f"{trimmed_sql(column)} IS DISTINCT FROM {trimmed_sql(twin)}" for twin in twins[1:]
        )
        if not engine.row(f"SELECT count(*) FROM {raw.name} WHERE {others}")[0]:
            continue
        option = f"{raw.option}-column"
        choices = " or ".join(f'{option} {name}="{twin}"' for twin in twins)
        raise InputError.single(
            "column-ambiguous",
            f"{len(twins)} columns are called {column}, and differ: which one is {name}?",
            raw.table.place(-1),
            hint=f"name it: {choices}, counted from the left",
        )


def _leave_out_other_rows(engine: Engine, raw: RawSource) -> None:
    """Leave out rows that repeat the header, sum up the others, or are refunds."""
    name = raw.columns["order_id"]
    cell = trimmed_sql(name)
    # Most ids are numbers, which need no pattern.
    is_word = f"({cell}[1] NOT BETWEEN '0' AND '9' OR {cell}[-1] NOT BETWEEN '0' AND '9')"
    rules = [
        (f"lower({cell}) = {quote_literal(name.lower())}", "of repeated headers"),
        (
            f"{is_word} AND regexp_full_match({cell}, {quote_literal(_RULE_PATTERN)})",
            "of signs",
        ),
        (f"{is_word} AND regexp_matches({cell}, {quote_literal(_SUMMARY_PATTERN)})", "of sums"),
    ]
    if not raw.side.startswith("recorded"):
        rules += [
            (f"lower({trimmed_sql(column)}) LIKE '%refund%'", "of refunds")
            for column in find_columns(raw.table.columns, TYPE_COLUMN_NAMES)
        ]
    _leave_out(engine, raw, rules)
    if "purchase_date" in raw.columns:
        undated = _undated_sql(engine, raw)
        if undated:
            _leave_out(engine, raw, [(undated, "without a date, with ids unlike the others")])


def _leave_out(engine: Engine, raw: RawSource, rules: Sequence[tuple[str, str]]) -> None:
    """Add a condition for each rule that some rows meet, and a note."""
    cell = trimmed_sql(raw.columns["order_id"])
    counts = ", ".join(
        f"count(*) FILTER ({condition}), min({cell}) FILTER ({condition})" for condition, _ in rules
    )
    found = engine.row(f"SELECT {counts} FROM {raw.name} WHERE {raw.where}")
    for at, (condition, what) in enumerate(rules):
        count, example = found[2 * at : 2 * at + 2]
        if count:
            rows = "row" if count == 1 else "rows"
            raw.notes.append(f'left out {count:,} {rows} {what}, such as "{example}"')
            raw.conditions.append(f"NOT coalesce({condition}, false)")


def _undated_sql(engine: Engine, raw: RawSource) -> str:
    """Return SQL of a few rows that have no date, and an id of another shape than the dated ones.

    Reports end with such rows in any language; an id may also be the number of the rows above.
    Returns "" where there are none.
    """
    cell, date = trimmed_sql(raw.columns["order_id"]), trimmed_sql(raw.columns["purchase_date"])
    is_line = " OR ".join(
        f"{trimmed_sql(each)} IS NOT NULL" for each in find_line_columns(raw.kept)
    )
    odd = f"{date} IS NULL AND {cell} IS NOT NULL AND NOT ({is_line or 'false'})"
    undated, rows = engine.row(
        f"SELECT count(*) FILTER ({odd}), count(*) FROM {raw.name} WHERE {raw.where}"
    )
    most = min(max(_MAX_UNDATED, _MAX_UNDATED_SHARE * rows), rows / 2)
    if not undated or undated > most:
        return ""
    letters = f"regexp_replace({cell}, '\\pL+', 'a', 'g')"
    shape = f"regexp_replace({letters}, '[0-9]+', '9', 'g')"
    return (
        f"{odd} AND ({cell} = '{rows - undated}' OR {shape} NOT IN (SELECT DISTINCT {shape} "
        f"FROM {raw.name} WHERE {raw.where} AND {date} IS NOT NULL AND {cell} IS NOT NULL))"
    )


def _fill_ids_of_lines(engine: Engine, raw: RawSource) -> None:
    """Give rows without an id, which continue the order above them, the id of that order."""
    lines = find_line_columns(raw.table.columns)
    cell = trimmed_sql(raw.columns["order_id"])
    if not lines or not engine.row(f"SELECT count(*) FROM {raw.name} WHERE {cell} IS NULL")[0]:
        return
    column = quote_identifiers([raw.columns["order_id"]])
    for other in raw.id_candidates()[1:]:
        key = trimmed_sql(other)
        missing = engine.row(
            f"SELECT count(*) FROM {raw.name} WHERE {cell} IS NULL AND {key} IS NULL"
        )[0]
        if missing:
            continue
        engine.run(
            f"UPDATE {raw.name} SET {column} = known.id_there FROM (SELECT {key} AS key_there, "
            f"min({cell}) AS id_there FROM {raw.name} GROUP BY 1 "
            f"HAVING count(DISTINCT {cell}) = 1) AS known WHERE {cell} IS NULL AND {key} = "
            f"known.key_there"
        )
        return
    has_line = " OR ".join(f"{trimmed_sql(line)} IS NOT NULL" for line in lines)
    own = [
        trimmed_sql(raw.columns[name])
        for name in ("total_price", "purchase_date", "contact_email", "status")
        if name in raw.columns
    ]
    is_empty = " AND ".join(f"{sql} IS NULL" for sql in own) or "true"
    engine.run(
        f"UPDATE {raw.name} SET {column} = above.id_above FROM (SELECT rowid AS row_there, "
        f"last_value({cell} IGNORE NULLS) OVER (ORDER BY rowid) AS id_above FROM {raw.name}) "
        f"AS above WHERE {raw.name}.rowid = above.row_there AND {cell} IS NULL AND ({has_line}) "
        f"AND {is_empty}"
    )


def choose_id_columns(
    engine: Engine,
    orders: RawSource,
    recorded: RawSource,
    amounts: Mapping[str, tuple[str, ...]],
) -> None:
    """Take the columns by which most orders and purchases know each other.

    ``amounts``: side → SQL of total and time, "NULL" where there is none; orders whose total or
    day differs do not know each other. Raises InputError where two pairs of columns fit.
    """
    pairs = [
        (ours, theirs) for ours in orders.id_candidates() for theirs in recorded.id_candidates()
    ]
    if len(pairs) == 1:
        return
    scores = {pair: _count_agreeing(engine, (orders, recorded), pair, amounts) for pair in pairs}
    first = pairs[0]
    best = max(pairs, key=lambda pair: scores[pair])
    others = [pair for pair in pairs if pair != best and scores[pair] * 2 > scores[best]]
    rivals = [pair for pair in others if not _hold_the_same(engine, (orders, recorded), pair, best)]
    if not scores[best]:
        return
    if rivals and (best != first or scores[rivals[0]] == scores[best]):
        raise _ambiguous_ids_error((orders, recorded), [best, *rivals], scores)
    if best != first and scores[best] > scores[first]:
        orders.columns["order_id"], recorded.columns["order_id"] = best
        orders.notes.append(
            f"ids are those of {best[0]}: {scores[best]:,} purchases are known by them, and "
            f"{scores[first]:,} by {first[0]}"
        )


def _count_agreeing(
    engine: Engine,
    sides: tuple[RawSource, RawSource],
    pair: tuple[str, str],
    amounts: Mapping[str, tuple[str, ...]],
) -> int:
    """Count the ids that both sides have, with totals and days that agree where both have them."""
    selects = [
        f"SELECT {trimmed_sql(column)} AS id, max({amounts[each.side][0]}) AS total, "
        f"max({amounts[each.side][1]}) AS date FROM {each.name} WHERE {each.where} GROUP BY 1"
        for each, column in zip(sides, pair, strict=True)
    ]
    count: int = engine.row(
        f"SELECT count(*) FROM ({selects[0]}) a JOIN ({selects[1]}) b USING (id) WHERE "
        "coalesce(abs(a.total - b.total) < 0.01, true) "
        "AND coalesce(abs(epoch(a.date) - epoch(b.date)) < 172800, true)"
    )[0]
    return count


def _hold_the_same(
    engine: Engine,
    sides: tuple[RawSource, RawSource],
    pair: tuple[str, str],
    other: tuple[str, str],
) -> bool:
    """Return whether two pairs of columns hold the same ids."""
    return not any(
        engine.row(
            f"SELECT count(*) FROM {side.name} WHERE {trimmed_sql(one)} IS DISTINCT FROM "
            f"{trimmed_sql(two)}"
        )[0]
        for side, one, two in zip(sides, pair, other, strict=True)
    )


def _ambiguous_ids_error(
    sides: tuple[RawSource, RawSource],
    pairs: list[tuple[str, str]],
    scores: Mapping[tuple[str, str], int],
) -> InputError:
    ways = "; ".join(
        f"{scores[pair]:,} orders are known by {pair[0]} as {pair[1]}" for pair in pairs
    )
    return InputError.single(
        "ids-ambiguous",
        f"which columns hold the ids? {ways}",
        sides[0].table.place(-1),
        hint=f"name them: --orders-column order_id={pairs[0][0]} and "
        f"--recorded-column purchase_id={pairs[0][1]}",
    )
