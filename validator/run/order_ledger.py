"""The orders that runs have placed, by which a reused purchase id is found.

Each run appends to ``orders.ndjson`` next to its results. A line has all orders of one scenario, by
its index in the run, and takes the place of the earlier line with that index. Files of older
versions have a line for each order. If several processes run the scenarios, each has a file of its
own, such as ``orders-gw0.ndjson``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import TypeAlias, cast

from validator.core.capture import Breakdown, Capture
from validator.core.document import Json
from validator.core.files import append_durably
from validator.core.result import Result
from validator.core.run_context import PlacedOrder
from validator.core.urls import parse_origin
from validator.rules.page.reused_id import THIS_RUN

LEDGER_FILE = "orders.ndjson"
LEDGER_FILES = "orders*.ndjson"
_Entry: TypeAlias = tuple[int | None, tuple[PlacedOrder, ...]]
"""A line: the index of a scenario, if it has one, and the orders."""
MAX_EARLIER_RUNS = 100
"""The number of earlier runs that are read, latest first."""


class OrderLedger:
    """The orders of one run and of the runs before it. ``process`` is one of several of a run."""

    def __init__(self, run: str, earlier: Iterable[PlacedOrder] = (), process: str = "") -> None:
        self._run = run
        self._file = f"orders-{process}.ndjson" if process else LEDGER_FILE
        self._known: dict[tuple[str, str], PlacedOrder] = {}
        self._placed: Counter[str] = Counter()
        self._kept: dict[int, tuple[PlacedOrder, ...]] = {}
        self._unsaved: dict[int, None] = {}
        self._saved: set[int] = set()
        self.learn(earlier)

    def used_ids(self, url: str) -> Mapping[str, str]:
        """Return the purchase ids used at a page's shop, and which order used each, as text."""
        here = parse_origin(url)
        return {
            identity: f'"{order.scenario}" of {THIS_RUN if order.run == self._run else order.run}'
            # A copy: scenarios are evaluated in a thread of their own.
            for (origin, identity), order in tuple(self._known.items())
            if origin == here
        }

    def read_other_processes(self, folder: Path) -> None:
        """Learn the orders that other processes of this run have placed so far."""
        for ledger in folder.glob(LEDGER_FILES):
            if ledger.name != self._file:
                self.learn(_read_ledger(ledger))

    def begin(self, index: int, scenario: str, origin: str, source: str) -> None:
        """Record that an order is about to be placed, in case its confirmation is never seen.

        ``index`` is the scenario's index in the run, ``source`` its file.
        """
        self._placed[source] += 1
        if index not in self._kept:
            self._keep(index, (PlacedOrder("", "", origin, scenario, self._run),))

    def withdraw(self, index: int, source: str) -> None:
        """Forget an order that was begun and must not be placed."""
        self._placed[source] -= 1
        if self._kept.pop(index, None):
            self._unsaved[index] = None

    def has_begun(self, index: int) -> bool:
        """Tell whether a scenario has begun to place an order."""
        return index in self._kept

    def placed(self, source: str | None = None) -> int:
        """Return how many orders were begun, by all scenarios or by those of one file."""
        return self._placed.total() if source is None else self._placed[source]

    def add(self, result: Result) -> None:
        """Learn the purchase ids of a result."""
        self.learn(self._orders(result))

    def learn(self, orders: Iterable[PlacedOrder]) -> None:
        """Take the purchase ids of orders for used."""
        for order in filter(_has_purchase_id, orders):
            self._known.setdefault((order.origin, order.purchase_id), order)

    def settle(self, index: int, result: Result) -> None:
        """Replace the order that was begun by the orders of the result."""
        confirmed = tuple(self._orders(result))
        if confirmed:
            self._keep(index, confirmed)
        elif index in self._kept:
            order = _complete_unconfirmed_order(self._kept[index][0], result.outcome)
            self._keep(index, (order,))

    def _keep(self, index: int, orders: tuple[PlacedOrder, ...]) -> None:
        self._kept[index] = orders
        self._unsaved[index] = None

    @property
    def orders(self) -> tuple[PlacedOrder, ...]:
        """The orders of this run, also those whose confirmation was not seen."""
        return tuple(order for kept in self._kept.values() for order in kept)

    def save(self, folder: Path) -> None:
        """Append what has changed since the last call to the file of the run in its folder.

        It is on the disk when this returns. Without orders no file is written. Raises OSError.
        """
        changed = [each for each in self._unsaved if each in self._kept or each in self._saved]
        if text := "".join(self._line(index) for index in changed):
            append_durably(folder / self._file, text)
        self._saved.update(changed)
        self._unsaved.clear()

    def _line(self, index: int) -> str:
        orders = [asdict(order) for order in self._kept.get(index, ())]
        return json.dumps({"index": index, "orders": orders}) + "\n"

    def _orders(self, result: Result) -> Iterator[PlacedOrder]:
        known: set[Json] = set()
        for reading in result.readings:
            data = cast("Mapping[str, Json]", reading.document.data)
            identity = data.get("purchase_id")
            # A scenario may read one purchase several times.
            if reading.tag == "cn_purchase" and identity and identity not in known:
                known.add(identity)
                yield PlacedOrder(
                    str(identity),
                    str(data.get("total_price", "")),
                    parse_origin(result.outcome.url),
                    result.subject,
                    self._run,
                    _find_payment_page(result.outcome),
                )


def _complete_unconfirmed_order(order: PlacedOrder, outcome: Capture | Breakdown) -> PlacedOrder:
    amounts = (
        text for name, text in outcome.saved.items() if re.search("total|amount", name.lower())
    )
    return replace(
        order,
        purchase_id=outcome.saved.get("order", ""),
        total_price=next(amounts, ""),
        payment_page=_find_payment_page(outcome),
    )


def _find_payment_page(outcome: Capture | Breakdown) -> str:
    """Return the payment page; without a completed payment, the first page of another origin."""
    if outcome.payments:
        return outcome.payments[-1].payment_url
    shop = outcome.hops[0].origin if outcome.hops else ""
    return next((h.origin + h.path for h in outcome.hops if h.origin != shop), "")


def _has_purchase_id(order: PlacedOrder) -> bool:
    return bool(order.purchase_id)


def load_orders(folder: Path) -> Iterator[PlacedOrder]:
    """Yield the orders of the run with this folder, also those that were begun only.

    Raises OSError, and ValueError for a line that is not an order.
    """
    for ledger in sorted(folder.glob(LEDGER_FILES)):
        lines = ledger.read_text(encoding="utf-8").splitlines()
        entries = [_parse_line(line) for line in lines]
        if None in entries:
            raise ValueError(f"{ledger}:{entries.index(None) + 1}: this line is not an order")
        yield from _join_entries(entries)


def load_earlier_orders(folder: Path) -> Iterator[PlacedOrder]:
    """Yield the orders of the latest runs whose folders are in ``folder``."""
    ledgers = sorted(folder.glob(f"*/{LEDGER_FILES}"), reverse=True)
    for ledger in islice(ledgers, MAX_EARLIER_RUNS):
        yield from _read_ledger(ledger)


def _read_ledger(ledger: Path) -> Iterator[PlacedOrder]:
    try:
        text = ledger.read_text(encoding="utf-8", errors="replace")
    except OSError:  # of another user
        return
    yield from _join_entries(_parse_line(line) for line in text.splitlines())


def _join_entries(entries: Iterable[_Entry | None]) -> Iterator[PlacedOrder]:
    """Yield the orders of the last entry of each scenario, and of all entries without an index."""
    latest: dict[tuple[int, int], tuple[PlacedOrder, ...]] = {}
    for number, entry in enumerate(entries):
        if entry:
            index, orders = entry
            latest[(0, number) if index is None else (1, index)] = orders
    return (order for orders in latest.values() for order in orders)


def _parse_line(line: str) -> _Entry | None:
    """Parse one line; None for a line that a crash has truncated."""
    try:
        data = json.loads(line)
        if "orders" not in data:
            return None, (_parse_order(data),)
        return int(data["index"]), tuple(map(_parse_order, data["orders"]))
    except (ValueError, TypeError, LookupError):
        return None


def _parse_order(data: Mapping[str, Json]) -> PlacedOrder:
    """Raises TypeError for what is not an order."""
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise TypeError(data)
    return PlacedOrder(**cast("dict[str, str]", data))
