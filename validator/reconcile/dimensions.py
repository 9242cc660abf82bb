"""In what orders can differ: columns, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.model import GroupCount
from validator.reconcile.source_loader import DIMENSION_FIELDS

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
    engine: Engine, columns: Mapping[str, str], further: Sequence[str]
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
            "CREATE TABLE shared_carts AS SELECT cart_id FROM orders WHERE cart_id IS NOT NULL "
            # Orders typed in by staff have no cart, which some shops write as 0.
            "AND lower(cart_id) NOT IN ('0', '-1', 'none', 'null', 'undefined') "
            "GROUP BY cart_id HAVING count(*) > 1"
        )
        shared = "cart_id IS NOT NULL AND cart_id IN (SELECT cart_id FROM shared_carts)"
        asked.append(
            Dimension(
                "cart",
                f"CASE WHEN {shared} THEN 'share their cart with another order' "
                "ELSE 'have a cart of their own' END",
            )
        )
    notes, kept = [], []
    for each in asked:
        values = count_distinct_values(engine, each)
        if values <= MAX_DIMENSION_VALUES:
            kept.append(each)
        else:
            notes.append(f"{each.name} has {values:,} different values: too many to be groups.")
    return kept, notes


def count_distinct_values(engine: Engine, asked: Dimension) -> int:
    """Return how many different values there are."""
    count: int = engine.row(f"SELECT count(DISTINCT {asked.sql}) FROM judged")[0]
    return count
