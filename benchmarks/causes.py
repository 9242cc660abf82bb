"""Counts how often reconcile names a cause of missing orders, in simulated shops.

    python -m benchmarks.causes --shops 100

- Without a cause: customers who block scripts lose all of their orders. Each cause is a false one.
- With one: half of the orders pay by a method of which 8% are lost, against 2% of the others.
- Trouble that lasts: it began at a time and has not ended. "Has been mended" is false.

Every shop goes through the same search as ``cn-validator reconcile``. Prints shares of shops.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

import click

from validator.reconcile.cause_search import find_causes
from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.model import Conclusion

_BLOCKING = 0.03
"""Share of customers whose browser blocks scripts."""
_BEGAN = datetime(2026, 9, 15)  # noqa: DTZ001 - a shop's local time
_COLUMNS = {
    "purchase_date": "date",
    "total_price": "total",
    "contact_email": "email",
    "payment_method": "payment",
    "device": "device",
    "country": "country",
}
Order: TypeAlias = tuple[object, ...]


def shop(seed: int, *, orders: int, each: int, cause: str) -> list[Order]:
    """Return the orders of a shop, with whether each is missing. ``each``: orders a customer."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    rows: list[Order] = []
    for at in range(orders):
        if at % each == 0:
            blocks = chance.random() < _BLOCKING
            country = chance.choices(["ES", "FR", "PT", "DE"], [60, 20, 15, 5])[0]
            device = chance.choice(["phone", "desktop"])
            payment = chance.choices(["card", "paypal", "bizum"], [50, 35, 15])[0]
        when = datetime(2026, 9, 1) + timedelta(minutes=chance.randrange(30 * 1440))  # noqa: DTZ001 - likewise
        lost = {
            "none": blocks,
            "payment": chance.random() < (0.08 if payment == "card" else 0.02),
            "lasting": chance.random() < (0.15 if when >= _BEGAN else 0.02),
        }[cause]
        total = round(chance.lognormvariate(3.5, 0.8), 2)
        rows.append(
            (at, f"o{at}", when, total, f"c{at // each}@x.test", payment, device, country, lost)
        )
    return rows


def conclude(rows: list[Order]) -> tuple[Conclusion, ...]:
    """Return what the search says of a shop."""
    with Engine(threads=1) as engine:
        engine.run(
            "CREATE TABLE judged (row BIGINT, id VARCHAR, date TIMESTAMP, total DOUBLE, "
            "contact_email VARCHAR, payment_method VARCHAR, device VARCHAR, country VARCHAR, "
            "is_missing BOOLEAN)"
        )
        columns = (list(column) for column in zip(*rows, strict=True))
        cells = ", ".join(["unnest(?)"] * len(rows[0]))
        engine.run(f"INSERT INTO judged SELECT {cells}", *columns)
        return find_causes(engine, columns=_COLUMNS, further=(), local="date").conclusions


def share(name: str, found: list[bool]) -> str:
    return f"{name:52} {sum(found):4} of {len(found)} shops ({sum(found) / len(found):.0%})"


def measure(shops: int, orders: int) -> Iterator[str]:
    """Yield a line of each measurement."""
    for each in (1, 2, 3):
        found = [
            bool(conclude(shop(seed, orders=orders, each=each, cause="none")))
            for seed in range(shops)
        ]
        yield share(f"no cause, {each} orders a customer: a cause is named", found)
    for each in (1, 2, 3):
        found = [
            any(
                conclusion.value == "card"
                for conclusion in conclude(shop(seed, orders=orders, each=each, cause="payment"))
            )
            for seed in range(shops)
        ]
        yield share(f"8% against 2%, {each} orders a customer: it is named", found)
    said = [conclude(shop(seed, orders=orders, each=1, cause="lasting")) for seed in range(shops)]
    for words, dimensions in (("mended", {"before", "between"}), ("begun", {"since"})):
        found = [any(one.dimension in dimensions for one in each) for each in said]
        yield share(f"trouble that lasts is said to have {words}", found)


@click.command()
@click.option("--shops", default=100, show_default=True, type=click.IntRange(1))
@click.option("--orders", default=2_000, show_default=True, type=click.IntRange(100))
def main(shops: int, orders: int) -> None:
    """Print how often causes are named."""
    for line in measure(shops, orders):
        click.echo(line)


if __name__ == "__main__":
    main()
