"""In what orders can differ: columns, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.model import GroupCount
from validator.reconcile.source_loader import DIMENSION_FIELDS

# Orders typed in by staff have no cart, which some shops write as 0.
_NO_CART = "cart_id IS NULL OR lower(cart_id) IN ('0', '-1', 'none', 'null', 'undefined')"
MAX_DIMENSION_VALUES = 500
"""A column of more values is one of names or numbers, not of groups."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension: its name, SQL of the value, and how a person calls it."""

    name: str
    sql: str


MAX_LISTED_VALUES = 20
"""As many values of each dimension are listed, those with the most missing orders."""


def count_missing_by_dimension(
    engine: Engine, asked: Sequence[Dimension]
) -> tuple[GroupCount, ...]:
    """Count missing orders by each dimension."""
    return tuple(
        GroupCount(each.name, str(value), missing, orders)
        for each in asked
        for value, missing, orders in engine.rows(
            f"SELECT coalesce(({each.sql})::VARCHAR, ''), count(*) FILTER (is_missing), count(*) "
            f"FROM judged GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MAX_LISTED_VALUES}"
        )
    )


def find_dimensions(
    engine: Engine, columns: Mapping[str, str], further: Sequence[str], local: str
) -> tuple[list[Dimension], list[str]]:
    """Return what is asked of the missing orders, and what of it cannot be, in sentences."""
    asked = [Dimension(field, field) for field in DIMENSION_FIELDS if field in columns]
    asked += [Dimension(name, f"further_{at}") for at, name in enumerate(further)]
    if "parcels" in columns:
        asked.append(
            Dimension(
                "parcels", "CASE WHEN parcels > 1 THEN 'more than one parcel' ELSE 'one parcel' END"
            )
        )
    if "cart_id" in columns:
        engine.run(
            f"CREATE TABLE shared_carts AS SELECT cart_id FROM orders WHERE NOT ({_NO_CART}) "
            "GROUP BY cart_id HAVING count(*) > 1"
        )
        shared = "cart_id IN (SELECT cart_id FROM shared_carts)"
        asked.append(
            Dimension(
                "cart",
                f"CASE WHEN {_NO_CART} THEN 'have no cart' "
                f"WHEN {shared} THEN 'share their cart with another order' "
                "ELSE 'have a cart of their own' END",
            )
        )
    if "total_price" in columns:
        asked += _total_classes(engine)
    if engine.row("SELECT count(date) > 0 FROM judged")[0]:
        asked.append(Dimension("weekday", f"dayname({local})"))
    notes, kept = [], []
    for each in asked:
        values = count_distinct_values(engine, each)
        if values <= MAX_DIMENSION_VALUES:
            kept.append(each)
        else:
            notes.append(f"{each.name} has {values:,} different values: too many to be groups.")
    return kept, notes


def _total_classes(engine: Engine) -> list[Dimension]:
    """Return totals of 0, and the quarters of the others, as a dimension."""
    quarters = engine.row(
        "SELECT quantile_cont(total::DOUBLE, [0.25, 0.5, 0.75]) FROM judged WHERE total > 0"
    )[0]
    if quarters is None:
        return []
    edges = [f"{edge:.2f}" for edge in quarters]
    first, second, third = edges
    return [
        Dimension(
            "total",
            f"CASE WHEN total IS NULL THEN NULL WHEN total = 0 THEN '0' WHEN total <= {first} THEN "
            f"'up to {first}' WHEN total <= {second} THEN 'above {first} up to {second}' "
            f"WHEN total <= {third} THEN 'above {second} up to {third}' ELSE 'above {third}' END",
        )
    ]


def count_distinct_values(engine: Engine, asked: Dimension) -> int:
    """Return how many different values there are."""
    count: int = engine.row(f"SELECT count(DISTINCT {asked.sql}) FROM judged")[0]
    return count
