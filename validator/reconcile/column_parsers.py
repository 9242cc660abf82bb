"""Columns of text → amounts and UTC times, in SQL. What is ambiguous is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from validator.core.errors import InputError
from validator.reconcile.duckdb_engine import Engine, quote_identifier, quote_literal
from validator.reconcile.model import SourceOptions
from validator.reconcile.source_files import SourceTable
from validator.tables.amounts import (
    EMPTY_WORDS,
    FOREIGN_DIGITS,
    FREE_WORDS,
    TRANSLATED_FROM,
    TRANSLATED_TO,
    DecimalNotation,
    classify_amount,
)
from validator.tables.dates import (
    DATE_REWRITES,
    WITHOUT_ZONE,
    DateFormat,
    classify_date,
    named_month_format,
    rewrite_date,
    strptime_formats,
)

MAX_SHAPES = 5_000
MAX_EXAMPLES = 20
"""More shapes are shown as shapes."""
AMOUNT_TYPE = "DECIMAL(18, 6)"
_ZONE_SUFFIX = "[0-9]:[0-9.:]+ ?(Z|(UTC|GMT)?[+-][0-9]{1,2}(:?[0-9]{2})?|UTC|GMT)$"
_BLANK_CHARACTERS = " \t\r\n\u00a0\u202f\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape, the first record (from zero) that has it, that cell, and how many have it."""

    text: str
    record: int
    example: str
    count: int


@dataclass(frozen=True, slots=True)
class ParsedColumn:
    """``sql`` is the value of ``cell``, the text that is not empty; ``notes`` say how it was read.

    ``local``: of dates that name no zone, SQL of the time as written; "" where all name one.
    """

    sql: str
    cell: str
    notes: tuple[str, ...] = ()
    local: str = ""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of a loaded source: where it is, what it is for, and how people call its side."""

    table: str
    column: str
    field: str
    source: SourceTable
    option: str
    """The prefix of its options: ``--orders`` or ``--recorded``."""
    where: str = "true"
    """SQL of the rows that count."""
    clock: str = ""
    """Another column, whose time of day belongs to the dates of this one."""

    @property
    def cell(self) -> str:
        """SQL of the trimmed cell, NULL where there is nothing."""
        if not self.clock:
            return trimmed_sql(self.column)
        return f"({trimmed_sql(self.column)} || coalesce(' ' || {trimmed_sql(self.clock)}, ''))"

    def text(self, engine: Engine, record: int) -> str:
        """Return the trimmed cell of a record."""
        sql = f"SELECT {self.cell} FROM {self.table} WHERE rowid = ?"
        return str(engine.row(sql, record)[0])

    def unread(self, record: int, text: str, what: str) -> InputError:
        """Return the error for a cell of which nothing can be read."""
        return self.wrong(
            record,
            "value-invalid",
            f'{self.field} "{text}" {what}',
            f"correct it, or name another column: {self.option}-column {self.field}=COLUMN; "
            f"{self.option}-column {self.field}=none leaves the column out",
        )

    def wrong(self, record: int, rule: str, message: str, hint: str) -> InputError:
        """Return the error for the cell of a record."""
        return InputError.single(rule, message, self.source.place(record), hint=hint)


def trimmed_sql(column: str) -> str:
    """SQL of a column's text without the blanks around it; NULL where nothing is left."""
    text = quote_identifier(column)
    # Trimming looks at every character; most cells begin and end with a plain one.
    is_plain = f"{text}[1] BETWEEN '!' AND '~' AND {text}[-1] BETWEEN '!' AND '~'"
    return (
        f"CASE WHEN {is_plain} THEN {text} ELSE nullif(trim({text}, "
        f"{quote_literal(_BLANK_CHARACTERS)}), '') END"
    )


_COMMON_AMOUNTS = (("[0-9]+", "9"), ("[0-9]+[.][0-9]{1,2}", "9.99"))
_DAY, _CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_COMMON_DATES = (
    (f"{_DAY}[T ]{_CLOCK}", "9999-99-99 99:99:99"),
    (f"{_DAY}[T ]{_CLOCK}Z", "9999-99-99T99:99:99Z"),
    (_DAY, "9999-99-99"),
)


def collect_shapes(
    engine: Engine, column: SourceColumn, cell: str, plain: Sequence[tuple[str, str]]
) -> tuple[Shape, ...]:
    """Return the shapes of a column's cells that are not empty. ``cell`` is SQL of their text.

    ``plain``: patterns of most cells, each with a shape that stands for all of it, so that those
    need not be taken apart.
    """
    cases = " ".join(
        f"WHEN regexp_full_match(cell, {quote_literal(pattern)}) THEN {quote_literal(shape)}"
        for pattern, shape in plain
    )
    shape = (
        f"CASE {cases} WHEN cell LIKE '0%' THEN '0' || "
        "translate(substr(cell, 2), '012345678', '999999999') "
        "ELSE translate(cell, '012345678', '999999999') END"
    )
    rows = engine.rows(
        f"SELECT {shape} AS shape, min(record), count(*) FROM (SELECT {cell} AS cell, "
        f"rowid AS record FROM {column.table} WHERE {column.where}) "
        f"WHERE cell IS NOT NULL GROUP BY shape ORDER BY 2 "
        f"LIMIT {MAX_SHAPES}"
    )
    return tuple(
        Shape(text, record, column.text(engine, record) if at < MAX_EXAMPLES else text, count)
        for at, (text, record, count) in enumerate(rows)
    )


def _collect_read_shapes(
    engine: Engine, column: SourceColumn, plain: Sequence[tuple[str, str]]
) -> tuple[str, tuple[Shape, ...]]:
    """Return SQL of a column's cells and their shapes, with ASCII digits and no empty words."""
    cell, found = column.cell, collect_shapes(engine, column, column.cell, plain)
    if any(set(FOREIGN_DIGITS) & set(shape.text) for shape in found):
        cell = f"translate({cell}, {quote_literal(TRANSLATED_FROM)}, '{TRANSLATED_TO}')"
        found = collect_shapes(engine, column, cell, plain)
    return _without_empty_words(cell, found)


def parse_amounts(engine: Engine, column: SourceColumn, options: SourceOptions) -> ParsedColumn:
    """Return the column's amounts; NULL is what turns out to be none.

    Raises InputError for shapes that are no amounts, or ambiguous.
    """
    cell, found = _collect_read_shapes(engine, column, _COMMON_AMOUNTS)
    kinds = {shape: classify_amount(shape.text) for shape in found}
    for shape, kind in kinds.items():
        if kind is DecimalNotation.NONE:
            raise column.unread(shape.record, shape.example, "is no amount")
    decimal = options.decimal or _detect_decimal_separator(column, kinds)
    _check_decimal_separator(column, kinds, decimal)
    free = [shape for shape, kind in kinds.items() if kind is DecimalNotation.FREE]
    notes = tuple(f'{column.field} "{shape.example}" is read as 0' for shape in free)
    if decimal == "." and all(_is_plain_number(shape.text) for shape in found):
        return ParsedColumn(f"TRY_CAST({cell} AS {AMOUNT_TYPE})", cell)
    return ParsedColumn(_amount_sql(cell, decimal, has_free=bool(free)), cell, notes)


def _amount_sql(cell: str, decimal: str, *, has_free: bool) -> str:
    """Return SQL of an amount that was classified; ``parse_amount`` does the same in Python."""
    other = "," if decimal == "." else "."
    # Currencies may hold dots ("Rs. 5"), so only what stands between digits counts.
    digits = f"regexp_replace(regexp_extract({cell}, '[0-9](?:.*[0-9])?'), '[^0-9.,]', '', 'g')"
    leading = f"CASE WHEN regexp_matches({cell}, '^[+-]?[.,][0-9]') THEN '0{decimal}' ELSE '' END"
    is_negative = f"regexp_matches({cell}, '^\\(|^[^0-9]*[-\u2212]|[0-9]\\s*[-\u2212]')"
    sign = f"CASE WHEN {is_negative} THEN '-' ELSE '' END"
    number = f"replace(replace({leading} || {digits}, '{other}', ''), ',', '.')"
    amount = f"TRY_CAST({sign} || {number} AS {AMOUNT_TYPE})"
    if not has_free:
        return amount
    words = ", ".join(quote_literal(word) for word in FREE_WORDS)
    return f"CASE WHEN lower({cell}) IN ({words}) THEN 0 ELSE {amount} END"


def _without_empty_words(cell: str, found: Sequence[Shape]) -> tuple[str, tuple[Shape, ...]]:
    """Leave out shapes that are words for an empty cell, and return SQL that does so too."""
    kept = tuple(shape for shape in found if shape.text.lower() not in EMPTY_WORDS)
    if len(kept) == len(found):
        return cell, kept
    return without_empty_words_sql(cell), kept


def without_empty_words_sql(cell: str) -> str:
    """Return SQL of a cell, NULL where it holds a word for an empty one, such as ``\\N``."""
    words = ", ".join(quote_literal(word) for word in EMPTY_WORDS)
    return f"CASE WHEN lower({cell}) IN ({words}) THEN NULL ELSE {cell} END"


def _is_plain_number(shape: str) -> bool:
    digits = shape.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def _detect_decimal_separator(column: SourceColumn, kinds: dict[Shape, DecimalNotation]) -> str:
    said = {
        kind: shape
        for shape, kind in kinds.items()
        if kind in (DecimalNotation.DOT, DecimalNotation.COMMA)
    }
    signs = f"{column.option}-decimal , or {column.option}-decimal ."
    option = f"say which sign is for decimals: {signs}"
    if len(said) == 2:
        dot, comma = said[DecimalNotation.DOT], said[DecimalNotation.COMMA]
        raise column.wrong(
            max(dot.record, comma.record),
            "amount-ambiguous",
            f'{column.field} is written with both signs for decimals: "{dot.example}" and '
            f'"{comma.example}"',
            "write all of them alike: the tool does not guess which ones are wrong",
        )
    if not said:
        for shape, kind in kinds.items():
            if kind is DecimalNotation.EITHER:
                raise column.wrong(
                    shape.record,
                    "amount-ambiguous",
                    f'is {column.field} "{shape.example}" {_possible_readings(shape.example)}?',
                    option,
                )
        return "."
    return str(next(iter(said)))


def _possible_readings(text: str) -> str:
    whole = text.replace(".", "").replace(",", "")
    return f"{whole}, or {text.replace(',', '.')} with three decimals"


def _check_decimal_separator(
    column: SourceColumn, kinds: dict[Shape, DecimalNotation], decimal: str
) -> None:
    """Refuse what does not fit the sign that was said."""
    for shape, kind in kinds.items():
        if kind in (DecimalNotation.DOT, DecimalNotation.COMMA) and kind != decimal:
            raise column.wrong(
                shape.record,
                "amount-invalid",
                f'{column.field} "{shape.example}" is not written with "{decimal}" for decimals',
                f"{column.option}-decimal says so; the other sign is for thousands",
            )


def parse_timestamps(engine: Engine, column: SourceColumn, options: SourceOptions) -> ParsedColumn:
    """Return the column's times in UTC, NULL where one is none.

    Raises InputError for shapes that are no dates, or ambiguous.
    """
    if "%" in options.date_format:
        local = f"try_strptime({column.cell}, {quote_literal(options.date_format)})"
        note = f"read as {options.date_format}"
        return ParsedColumn(_to_utc_sql(local, options), column.cell, (note,), local)
    cell, found = _collect_read_shapes(engine, column, _COMMON_DATES)
    if any(shape.example.startswith("0000-00-00") for shape in found):
        # MySQL writes a date that is not known so.
        cell = f"CASE WHEN {cell} NOT LIKE '0000-00-00%' THEN {cell} END"
    notes: tuple[str, ...] = ()
    odd = [each for each in found if classify_date(each.text.replace("0", "9")) is DateFormat.NONE]
    if odd and all(classify_date(rewrite_date(each.text)) is not DateFormat.NONE for each in odd):
        cell = _rewritten_date_sql(cell)
        found = collect_shapes(engine, column, cell, _COMMON_DATES)
        notes = (f'dates such as "{odd[0].example}" are read by their words',)
    if len({shape.text for shape in found}) == MAX_SHAPES:
        raise column.wrong(
            found[0].record,
            "date-invalid",
            f"{column.field} holds no dates",
            _date_format_hint(column),
        )
    forms = {shape: classify_date(shape.text.replace("0", "9")) for shape in found}
    for shape, form in forms.items():
        if form is DateFormat.NONE:
            raise column.wrong(
                shape.record,
                "date-invalid",
                f'{column.field} "{shape.example}" is not written in a known way',
                _date_format_hint(column),
            )
    numbers = [shape for shape, form in forms.items() if form is DateFormat.NUMBERS]
    formats: tuple[str, ...] = ()
    if numbers:
        day_first = _is_day_first(engine, column, numbers[0], options)
        plain = [shape.text.replace("0", "9") for shape in numbers]
        formats = strptime_formats(plain, day_first=day_first)
    formats += tuple(
        named_month_format(shape.text.replace("0", "9"))
        for shape, form in forms.items()
        if form is DateFormat.NAMED
    )
    kinds = frozenset(forms.values())
    zoned, local = _zoned_dates_sql(cell, kinds), _local_dates_sql(cell, kinds, formats)
    readings = [_to_utc_sql(local, options) if local else "", zoned]
    sql = ", ".join(each for each in readings if each)
    return ParsedColumn(
        f"coalesce({sql})" if sql else "NULL::TIMESTAMP",
        cell,
        (*notes, _describe_formats(kinds, formats, options)),
        local,
    )


def _rewritten_date_sql(cell: str) -> str:
    """Return SQL that does what ``rewrite_date`` does, with the digits."""
    sql = f"strip_accents(lower({cell}))"
    for pattern, replacement in DATE_REWRITES:
        sql = f"regexp_replace({sql}, {quote_literal(pattern)}, {quote_literal(replacement)})"
    return f"trim({sql})"


def _date_format_hint(column: SourceColumn) -> str:
    return f"say how dates are written: {column.option}-date-format, for instance '%d %b %Y %H:%M'"


def _is_day_first(
    engine: Engine, column: SourceColumn, example: Shape, options: SourceOptions
) -> bool:
    if options.date_format:
        return options.date_format == "day-first"
    parts = f"regexp_extract({column.cell}, '^([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]'"
    first, second = (f"TRY_CAST({parts}, {n}) AS INTEGER)" for n in (1, 2))
    days, months, record = engine.row(
        f"SELECT max(first), max(second), min(record) FILTER (first <= 12 AND second > 12) "
        f"FROM (SELECT {first} AS first, {second} AS second, rowid AS record FROM {column.table} "
        f"WHERE {column.where})"
    )
    if days > 12 and months > 12:
        raise column.wrong(
            record,
            "date-ambiguous",
            f"some values of {column.field} have the day first, and others the month",
            "write all of them alike: 2026-04-03",
        )
    if days <= 12 and months <= 12:
        option = f"{column.option}-date-format"
        raise column.wrong(
            example.record,
            "date-ambiguous",
            f'does {column.field} "{example.example}" begin with the day or with the month?',
            f"no value of the column tells; say it: {option} day-first or {option} month-first",
        )
    return bool(days > 12)


def _local_dates_sql(cell: str, kinds: frozenset[DateFormat], formats: Sequence[str]) -> str:
    """Return SQL of the time of a date that names no zone; "" where there is none."""
    readings = []
    if DateFormat.ISO in kinds:
        local = f"TRY_CAST(replace(replace({cell}, '/', '-'), ',', '.') AS TIMESTAMP)"
        if DateFormat.ISO_WITH_ZONE in kinds:
            is_zoned = f"regexp_matches({cell}, {quote_literal(_ZONE_SUFFIX)})"
            local = f"CASE WHEN NOT {is_zoned} THEN {local} END"
        readings.append(local)
    if DateFormat.SERIAL in kinds:
        days = f"TRY_CAST(replace({cell}, ',', '.') AS DOUBLE)"
        # Excel's day 1 is 1 January 1900, and it knows a 29 February 1900.
        seconds = f"to_seconds(round({days} * 86400)::BIGINT)"
        readings.append(
            f"CASE WHEN regexp_full_match({cell}, '[0-9]{{5}}([.,][0-9]+)?') "
            f"THEN TIMESTAMP '1899-12-30' + {seconds} END"
        )
    if formats:
        listed = ", ".join(quote_literal(each) for each in formats)
        readings.append(f"try_strptime({cell}, [{listed}])")
    return f"coalesce({', '.join(readings)})" if readings else ""


def _zoned_dates_sql(cell: str, kinds: frozenset[DateFormat]) -> str:
    """Return SQL of the UTC time of a date that names its zone; "" where there is none."""
    readings = []
    if DateFormat.ISO_WITH_ZONE in kinds:
        # The engine takes no blank before the offset.
        joined = f"regexp_replace({cell}, ' *(Z|(?:UTC|GMT)?[+-][0-9:]+|UTC|GMT)$', '\\1')"
        plain = f"regexp_replace(regexp_replace({joined}, '(UTC|GMT)$', 'Z'), 'UTC|GMT', '')"
        plain = f"regexp_replace({plain}, '([+-])([0-9])$', '\\10\\2')"
        is_zoned = f"regexp_matches({cell}, {quote_literal(_ZONE_SUFFIX)})"
        readings.append(
            f"CASE WHEN {is_zoned} THEN TRY_CAST({plain} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END"
        )
    if DateFormat.SECONDS in kinds:
        seconds = f"make_timestamp((TRY_CAST({cell} AS DOUBLE) * 1000000)::BIGINT)"
        readings.append(
            f"CASE WHEN regexp_matches({cell}, '^[0-9]{{10}}([.]|$)') THEN {seconds} END"
        )
    if DateFormat.MILLISECONDS in kinds:
        thousandths = f"make_timestamp(TRY_CAST({cell} AS BIGINT) * 1000)"
        readings.append(f"CASE WHEN regexp_matches({cell}, '^[0-9]{{13}}$') THEN {thousandths} END")
    return f"coalesce({', '.join(readings)})" if readings else ""


def _to_utc_sql(local: str, options: SourceOptions) -> str:
    """SQL of a local time in UTC."""
    if options.timezone in ("", "UTC"):
        return local
    return f"timezone({quote_literal(options.timezone)}, {local}) AT TIME ZONE 'UTC'"


def _describe_formats(
    forms: frozenset[DateFormat], formats: Sequence[str], options: SourceOptions
) -> str:
    told = sorted(str(form) for form in forms if form is not DateFormat.NUMBERS)
    if DateFormat.NUMBERS in forms:
        told.append("day first" if formats[0].startswith("%d") else "month first")
    has_local = bool(forms & WITHOUT_ZONE)
    return ", ".join(told) + (f", of {options.timezone or 'UTC'}" if has_local else "")
