"""The orders of the shop, in SQLite. Amounts are integer cents."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

_SCHEMA = """
create table if not exists orders (
    number text primary key, placed text, cart_id text, email text, name text, address text,
    payment text, shipping text, shipping_cents integer, state text
);
create table if not exists order_lines (
    number text references orders, product_id text, quantity integer, unit_cents integer
);
create table if not exists order_ways (number text primary key, way text, shown integer);
"""
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# No 0/O and 1/I: customers read order numbers aloud.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class OrderState(StrEnum):
    AWAITING_PAYMENT = "awaiting payment"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderLine:
    product_id: str
    quantity: int
    unit_cents: int

    @property
    def cents(self) -> int:
        return self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True)
class Customer:
    """``address`` is one line, as printed on the parcel."""

    email: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order that is not placed yet. ``payment`` and ``shipping`` are keys of the catalogue."""

    cart_id: str
    customer: Customer
    payment: str
    shipping: str
    shipping_cents: int
    lines: tuple[OrderLine, ...]

    @property
    def goods_cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def total_cents(self) -> int:
        return self.goods_cents + self.shipping_cents

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class Order(OrderDraft):
    """``placed`` is UTC in ISO 8601: ``2026-11-23T10:15:00Z``."""

    number: str
    placed: str
    state: OrderState


class Orders:
    """The stored orders. Each call opens a connection, so threads never share one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._database() as database:
            database.executescript(_SCHEMA)

    def place(self, draft: OrderDraft) -> str:
        """Store the order and return its number, which nobody can guess."""
        number = "NQ-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
        customer = draft.customer
        with self._database() as database:
            database.execute(
                "insert into orders values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    datetime.now(UTC).strftime(TIME_FORMAT),
                    draft.cart_id,
                    customer.email,
                    customer.name,
                    customer.address,
                    draft.payment,
                    draft.shipping,
                    draft.shipping_cents,
                    OrderState.AWAITING_PAYMENT,
                ),
            )
            database.executemany(
                "insert into order_lines values (?, ?, ?, ?)",
                [(number, line.product_id, line.quantity, line.unit_cents) for line in draft.lines],
            )
        return number

    def settle(self, number: str, state: OrderState) -> None:
        """Set the state of an open order; a paid or cancelled order does not change."""
        with self._database() as database:
            database.execute(
                "update orders set state = ? where number = ? and state = ?",
                (state, number, OrderState.AWAITING_PAYMENT),
            )

    def get(self, number: str) -> Order | None:
        with self._database() as database:
            row = database.execute("select * from orders where number = ?", (number,)).fetchone()
            return _order(database, row) if row else None

    def all(self) -> tuple[Order, ...]:
        with self._database() as database:
            rows = database.execute("select * from orders order by rowid").fetchall()
            return tuple(_order(database, row) for row in rows)

    def set_flow(self, number: str, way: str) -> None:
        """Store the payment flow of an order."""
        with self._database() as database:
            database.execute("insert or replace into order_ways values (?, ?, 0)", (number, way))

    def way(self, number: str) -> str:
        with self._database() as database:
            found = database.execute("select way from order_ways where number = ?", (number,))
            row = found.fetchone()
            return str(row["way"]) if row else ""

    def show(self, number: str) -> int:
        """Count one view of an order's confirmation; return the number of earlier views."""
        with self._database() as database:
            row = database.execute(
                "update order_ways set shown = shown + 1 where number = ? returning shown",
                (number,),
            ).fetchone()
            return int(row["shown"]) - 1 if row else 0

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as database, database:
            database.row_factory = sqlite3.Row
            yield database


def _order(database: sqlite3.Connection, row: sqlite3.Row) -> Order:
    lines = database.execute(
        "select product_id, quantity, unit_cents from order_lines where number = ? order by rowid",
        (row["number"],),
    )
    return Order(
        cart_id=row["cart_id"],
        customer=Customer(row["email"], row["name"], row["address"]),
        payment=row["payment"],
        shipping=row["shipping"],
        shipping_cents=row["shipping_cents"],
        lines=tuple(OrderLine(*line) for line in lines),
        number=row["number"],
        placed=row["placed"],
        state=OrderState(row["state"]),
    )
