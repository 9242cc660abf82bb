"""The orders that runs have placed, so that an id that comes back is noticed.

Each run keeps its own in ``orders.ndjson`` beside its results, one line an order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import cast

from validator.document import Json
from validator.result import Result
from validator.rules.reused import THIS_RUN
from validator.urls import origin_of

FILE = "orders.ndjson"
MOST_RUNS = 100
"""So many earlier runs are looked at, the latest first."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a run, as its tag names it. ``origin`` is the shop's."""

    purchase_id: str
    total_price: str
    origin: str
    scenario: str
    run: str


class Ledger:
    """The orders of one run, and what is known of those before it."""

    def __init__(self, run: str, earlier: Iterable[Order] = ()) -> None:
        self._run = run
        self._known: dict[tuple[str, str], Order] = {}
        for order in earlier:
            self._known.setdefault((order.origin, order.purchase_id), order)

    def used_ids(self, url: str) -> Mapping[str, str]:
        """Return the ids of purchases at a page's shop, and in words which purchases those are."""
        here = origin_of(url)
        return {
            identity: f'"{order.scenario}" of {THIS_RUN if order.run == self._run else order.run}'
            for (origin, identity), order in self._known.items()
            if origin == here
        }

    def add(self, result: Result) -> None:
        for order in self._orders(result):
            self._known.setdefault((order.origin, order.purchase_id), order)

    def write(self, result: Result, folder: Path) -> None:
        """Keep the orders of a result, in the folder of the run's files."""
        lines = "".join(f"{json.dumps(asdict(order))}\n" for order in self._orders(result))
        if lines:
            with (folder / FILE).open("a", encoding="utf-8") as stream:
                stream.write(lines)

    def _orders(self, result: Result) -> Iterator[Order]:
        told: set[Json] = set()
        for reading in result.readings:
            data = cast("Mapping[str, Json]", reading.document.data)
            identity = data.get("purchase_id")
            # A scenario may look at one purchase several times.
            if reading.tag == "cn_purchase" and identity and identity not in told:
                told.add(identity)
                total, origin = data.get("total_price", ""), origin_of(result.outcome.url)
                yield Order(str(identity), str(total), origin, result.subject, self._run)


def earlier_orders(folder: Path) -> Iterator[Order]:
    """Yield the orders of the latest runs that have their folders in ``folder``."""
    ledgers = sorted(folder.glob(f"*/{FILE}"), reverse=True)
    for ledger in islice(ledgers, MOST_RUNS):
        for line in ledger.read_text(encoding="utf-8", errors="replace").splitlines():
            if order := _order(line):
                yield order


def _order(line: str) -> Order | None:
    """Read one line; None for one that a crash has cut short."""
    try:
        order = Order(**json.loads(line))
    except (ValueError, TypeError):
        return None
    return order if all(isinstance(value, str) for value in asdict(order).values()) else None
