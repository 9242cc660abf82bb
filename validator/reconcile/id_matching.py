"""Ids that are the same in all but their spelling: "0950" and "950", "#1042" and "1042"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from validator.core.document import Location
from validator.core.errors import InputError
from validator.reconcile.duckdb_engine import Engine, quote_identifier, quote_literal
from validator.reconcile.model import ReconcileOptions
from validator.tables.amounts import ASCII_DIGITS, FOREIGN_DIGITS
from validator.tables.ids import EXACT_DIGITS, SHORTENED_MESSAGE

EXACT = "exact"
"""The value of ``--match-ids`` by which ids that differ in spelling are different."""
_SIGNS = r"regexp_replace({id}, '[^\pL\pN]', '', 'g')"
_ESCAPES = (("&amp;", "&"), ("&#35;", "#"), ("&#47;", "/"), ("&#x2F;", "/"), ("&quot;", '"'))


def _unescaped_sql() -> str:
    sql = "{id}"
    for escape, sign in _ESCAPES:
        sql = f"replace({sql}, {quote_literal(escape)}, {quote_literal(sign)})"
    return f"url_decode({sql})"


ID_SPELLINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "escapes": ("escapes such as %2F and &#35;", _unescaped_sql()),
        "digits": (
            "digits of another script",
            f"translate({{id}}, {quote_literal(FOREIGN_DIGITS)}, '{ASCII_DIGITS}')",
        ),
        "decimals": ("decimals of zero", r"regexp_replace({id}, '[.,]0+$', '')"),
        "zeros": ("leading zeros", "coalesce(nullif(ltrim({id}, '0'), ''), {id})"),
        "case": ("upper and lower case", "lower({id})"),
        # A part before or after a sign goes before the sign itself does.
        "head": (
            "what stands before a sign in them",
            r"coalesce(nullif(regexp_replace({id}, '^.*[^\pL\pN]', ''), ''), {id})",
        ),
        "tail": (
            "what stands after a sign in them",
            r"coalesce(nullif(regexp_replace({id}, '[^\pL\pN].*$', ''), ''), {id})",
        ),
        "signs": ("signs, quotes and characters that cannot be seen", _SIGNS),
        "prefix": ("a prefix that is no digit", r"regexp_replace({id}, '^[^0-9]+', '')"),
        "suffix": ("a suffix that is no digit", r"regexp_replace({id}, '[^0-9]+$', '')"),
    }
)
"""Name → what does not count then, and SQL of the id without it."""
_AFFIXES = frozenset({"head", "tail", "prefix", "suffix"})
"""Spellings by which ids of different stores are equal, so that amounts and dates must agree."""
_COMBINED = (
    ("signs", "zeros"),
    ("prefix", "zeros"),
    ("head", "zeros"),
    ("signs", "case"),
    ("prefix", "suffix"),
    ("signs", "case", "zeros"),
    ("prefix", "suffix", "zeros"),
)
_WAYS = (
    *((name,) for name in ID_SPELLINGS if name not in ("head", "tail")),
    *_COMBINED[:2],
    ("head",),
    ("tail",),
    *_COMBINED[2:],
)
_MIN_PAIRS = 2
"""One pair may be two orders."""
_MIN_SHARE = 0.2
_MAX_EXAMPLES = 3


def spelling_sql(names: tuple[str, ...], column: str = "id") -> str:
    """Return SQL of an id without what does not count."""
    sql = column
    for name in ID_SPELLINGS:
        if name in names:
            sql = ID_SPELLINGS[name][1].format(id=sql)
    return sql


def respell_ids(engine: Engine, table: str, names: tuple[str, ...]) -> None:
    """Replace the ids of a table by what counts of them; ``TABLE_spelling`` keeps the originals.

    Raises InputError where two ids become one.
    """
    names = tuple(name for name in names if name != EXACT)
    if not names:
        return
    engine.run(
        f"CREATE TABLE {table}_spelling AS SELECT {spelling_sql(names)} AS id, min(id) AS written, "
        f"max(id) AS other FROM {table} GROUP BY 1"
    )
    for _, written, other in engine.rows(
        f"SELECT * FROM {table}_spelling WHERE written <> other LIMIT 1"
    ):
        raise InputError.single(
            "ids-ambiguous",
            f'"{written}" and "{other}" would be one order with --match-ids {" ".join(names)}',
            hint="leave the option out, or give --id-map",
        )
    engine.run(f"UPDATE {table} SET id = {spelling_sql(names)}")


def restore_ids(engine: Engine, names: tuple[str, ...]) -> None:
    """Put the shop's own spelling back into what is reported and exported."""
    if not any(name != EXACT for name in names):
        return
    for table in ("judged", "differences", "further_rows"):
        engine.run(
            f"UPDATE {table} SET id = s.written FROM orders_spelling s WHERE {table}.id = s.id"
        )


def describe_partial_matches(
    engine: Engine,
    request: ReconcileOptions,
    label: str,
    notes: list[str],
    *,
    columns: Sequence[str],
) -> None:
    """Ask where many missing orders and unknown purchases have ids that differ in spelling only.

    ``columns`` are further ones of the orders, which may hold their ids. A single pair is noted.
    Raises InputError.
    """
    if request.match_ids:
        return
    engine.run(
        "CREATE TABLE unmatched AS SELECT id, true AS is_order, total, date FROM judged "
        "WHERE is_missing UNION ALL SELECT id, false, total, date FROM purchases "
        "ANTI JOIN orders USING (id)"
    )
    missing, unknown = engine.row(
        "SELECT count(*) FILTER (is_order), count(*) FILTER (NOT is_order) FROM unmatched"
    )
    found = None
    if missing and unknown:
        reject_lost_digits(engine, label)
        found = find_spelling(engine, "unmatched")
        if found is None and not request.allow_disjoint:
            _reject_other_column(engine, missing, unknown, label, columns)
    engine.run("DROP TABLE unmatched")
    if found is None:
        return
    names, pairs, example = found
    what = " and ".join(ID_SPELLINGS[name][0] for name in names)
    option = " ".join(f"--match-ids {name}" for name in names)
    same = (
        f"{pairs:,} of {missing:,} missing orders would have the same id as a purchase that the "
        f"shop does not know, but for {what}: {example}"
    )
    is_asked = not request.allow_disjoint
    if is_asked and pairs >= _MIN_PAIRS and pairs >= _MIN_SHARE * min(missing, unknown):
        raise InputError.single(
            "ids-differ-in-spelling",
            same,
            Location(label),
            hint=f"if these are the same orders, say {option}; if not, --match-ids {EXACT}",
        )
    notes.append(f"{same} ({option} takes them for the same)")


def reject_lost_digits(engine: Engine, label: str) -> None:
    """Refuse ids of which the first digits alone are those of the other side: a program lost some.

    ``unmatched`` has the ids that only one side has.
    """
    plain = "regexp_replace(id, '[.,]0+$', '')"
    sides = [
        f"(SELECT {plain} AS id FROM unmatched WHERE {condition} AND length({plain}) > "
        f"{EXACT_DIGITS} AND regexp_full_match({plain}, '[0-9]+'))"
        for condition in ("is_order", "NOT is_order")
    ]
    start = f"left({{0}}.id, {EXACT_DIGITS})"
    pair = f"{start.format('a')} = {start.format('b')} AND length(a.id) = length(b.id)"
    rounded = (
        "(try_cast(a.id AS HUGEINT) = try_cast(b.id AS HUGEINT)::DOUBLE::HUGEINT "
        "OR try_cast(b.id AS HUGEINT) = try_cast(a.id AS HUGEINT)::DOUBLE::HUGEINT "
        f"OR regexp_full_match(substr(a.id, {EXACT_DIGITS + 1}), '0+') "
        f"OR regexp_full_match(substr(b.id, {EXACT_DIGITS + 1}), '0+'))"
    )
    for ours, theirs in engine.rows(
        f"SELECT a.id, b.id FROM {sides[0]} a JOIN {sides[1]} b ON {pair} AND {rounded} "
        "ORDER BY 1 LIMIT 1"
    ):
        raise InputError.single(
            "ids-shortened",
            f'the ids "{ours}" of ORDERS and "{theirs}" of RECORDED differ after {EXACT_DIGITS} '
            f"digits: one of them {SHORTENED_MESSAGE}",
            Location(label),
            hint="export both again, or name other columns: --orders-column order_id=COLUMN",
        )


def _reject_other_column(
    engine: Engine, missing: int, unknown: int, label: str, columns: Sequence[str]
) -> None:
    """Ask where another column of many missing orders has the ids of unknown purchases."""
    for column in columns:
        pairs = engine.row(
            f"SELECT count(*) FROM judged j JOIN orders_source s ON s.rowid = j.row WHERE "
            f"j.is_missing AND s.{quote_identifier(column)} IN "
            "(SELECT id FROM unmatched WHERE NOT is_order)"
        )[0]
        if pairs >= _MIN_PAIRS and pairs >= _MIN_SHARE * min(missing, unknown):
            raise InputError.single(
                "ids-ambiguous",
                f"{pairs:,} of {missing:,} missing orders have in column {column} the id of a "
                "purchase that the shop does not know",
                Location(label),
                hint=f"if all are known by it, say --orders-column order_id={column}; if some "
                "are, give --id-map; if these are other numbers, --match-ids exact",
            )


def find_spelling(engine: Engine, table: str) -> tuple[tuple[str, ...], int, str] | None:
    """Return by which spelling the most ids of orders are those of purchases; None: by none.

    ``table`` has id and is_order. Ids that a spelling makes equal on one side do not count.
    Returns also the number of pairs, and the first ones as text.
    """
    best: tuple[tuple[str, ...], int] | None = None
    for names in _WAYS:
        pairs = engine.row(f"SELECT count(*) FROM ({_pairs_sql(table, names)})")[0]
        if pairs and (best is None or pairs > best[1]):
            best = names, pairs
    if best is None:
        return None
    rows = engine.rows(f"{_pairs_sql(table, best[0])} ORDER BY ours LIMIT {_MAX_EXAMPLES}")
    example = ", ".join(f"{_show(ours)} and {_show(theirs)}" for ours, theirs in rows)
    return best[0], best[1], example


def _pairs_sql(table: str, names: tuple[str, ...]) -> str:
    key = spelling_sql(names)
    sides = [
        f"(SELECT {key} AS key, min(id) AS id, min(total) AS total, min(date) AS date "
        f"FROM {table} WHERE {condition} GROUP BY 1 HAVING count(DISTINCT id) = 1)"
        for condition in ("is_order", "NOT is_order")
    ]
    return (
        f"SELECT a.id AS ours, b.id AS theirs FROM {sides[0]} a JOIN {sides[1]} b USING (key) "
        f"WHERE key <> '' AND ({_agreement_sql(names)})"
    )


def _agreement_sql(names: tuple[str, ...]) -> str:
    """Return SQL of whether two ids can be of one order; without an amount or date, one is whole.

    Of stores that number alike, "ES-1001" and "FR-1001" are different orders.
    """
    if not _AFFIXES & set(names):
        return "true"
    known = "coalesce(a.total + b.total, epoch(a.date) + epoch(b.date)) IS NOT NULL"
    agree = (
        "coalesce(abs(a.total - b.total) < 0.01, true) "
        "AND coalesce(abs(epoch(a.date) - epoch(b.date)) < 172800, true)"
    )
    return f"CASE WHEN {known} THEN {agree} ELSE a.id = key OR b.id = key END"


def _show(text: str) -> str:
    """Return an id in quotes, with characters that cannot be seen as escapes."""
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + '"'
