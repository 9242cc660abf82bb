"""In what orders can differ: columns, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validator.reconcile.engine import Engine
from validator.reconcile.load import DIMENSIONS
from validator.reconcile.model import GroupCount

MOST_VALUES = 500
"""A column of more values is one of names or numbers, not of groups."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A dimension: its name, SQL of the value, and how a person calls it."""

    name: str
    sql: str


LISTED_VALUES = 20
"""As many values of each dimension are listed, those with the most missing orders."""


def count_groups(engine: Engine, asked: Sequence[Asked]) -> tuple[GroupCount, ...]:
    """Count missing orders by each dimension."""
    return tuple(
        GroupCount(each.name, str(value), missing, orders)
        for each in asked
        for value, missing, orders in engine.rows(
            f"SELECT coalesce(({each.sql})::VARCHAR, ''), count(*) FILTER (is_missing), count(*) "
            f"FROM judged GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {LISTED_VALUES}"
        )
    )


def dimensions(
    engine: Engine, columns: Mapping[str, str], further: Sequence[str]
) -> tuple[list[Asked], list[str]]:
    """Return what is asked of the missing orders, and what of it cannot be, in sentences."""
    asked = [Asked(field, field) for field in DIMENSIONS if field in columns]
    asked += [Asked(name, f"further_{at}") for at, name in enumerate(further)]
    if "parcels" in columns:
        asked.append(
            Asked(
                "parcels", "CASE WHEN parcels > 1 THEN 'more than one parcel' ELSE 'one parcel' END"
            )
        )
    if "cart_id" in columns:
        engine.run(
            "CREATE TABLE shared_carts AS SELECT cart_id FROM orders WHERE cart_id IS NOT NULL "
            "GROUP BY cart_id HAVING count(*) > 1"
        )
        shared = "cart_id IS NOT NULL AND cart_id IN (SELECT cart_id FROM shared_carts)"
        asked.append(
            Asked(
                "cart",
                f"CASE WHEN {shared} THEN 'share their cart with another order' "
                "ELSE 'have a cart of their own' END",
            )
        )
    notes, kept = [], []
    for each in asked:
        values = count_values(engine, each)
        if values <= MOST_VALUES:
            kept.append(each)
        else:
            notes.append(f"{each.name} has {values:,} different values: too many to be groups.")
    return kept, notes


def count_values(engine: Engine, asked: Asked) -> int:
    """Return how many different values there are."""
    count: int = engine.row(f"SELECT count(DISTINCT {asked.sql}) FROM judged")[0]
    return count
