"""What was done and what was begun, in SQLite: written before it is done, and after.

A run that is killed leaves each order in a state from which the next one goes on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct, json_number
from validator.core.document import Location
from validator.core.errors import InputError

_VERSION = "1"
_SCHEMA = """
create table if not exists facts (name text primary key, value text not null);
create table if not exists orders (
    purchase_id text primary key, state text not null, outcome text not null default '',
    payload text not null, deleted text, message text not null default '',
    updated text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
"""
_UPSERT = """
insert into orders (purchase_id, state, outcome, payload, message) values (?, ?, ?, ?, ?)
on conflict (purchase_id) do update set state = excluded.state, outcome = excluded.outcome,
    payload = excluded.payload, message = excluded.message,
    updated = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
"""


_GARBLED = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)
_DAMAGED_HINT = (
    "move it away and run again: orders that are there already are not sent twice. What --replace "
    "deleted stands in its column deleted; `sqlite3 FILE .recover` saves what is left of it"
)


class OrderState(StrEnum):
    """How far an order has come. What is not in the journal has not begun."""

    SENDING = "sending"
    """It may have been created or not: nobody knows until the API is asked."""
    DELETING = "deleting"
    """It is being replaced: what is there may be the old one, nothing, or the new one."""
    SENT = "sent"
    """It is there. What is recorded has not been compared yet."""
    VERIFIED = "verified"
    DIFFERS = "differs"
    """It is there with other amounts."""
    REFUSED = "refused"


UNFINISHED_STATES = (OrderState.SENDING, OrderState.DELETING)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An order of the journal. ``outcome`` is how it came to be there, in words."""

    state: OrderState
    outcome: str
    purchase: PurchaseCreation
    message: str


class Journal:
    """Made by ``open_journal``. Every call is on the disk when it returns."""

    def __init__(self, database: sqlite3.Connection, account: str, place: Location) -> None:
        self._database = database
        self._account = account
        self._place = place
        self._is_bound = False

    def bind(self) -> None:
        """Make this the journal of its key; called once the API has accepted the key.

        A key with a typo, which the API refuses, would otherwise keep the right one out.
        """
        if not self._is_bound:
            self._database.execute(
                "insert or ignore into facts values ('account', ?)", (self._account,)
            )
            self._is_bound = True

    def entry(self, purchase_id: str) -> JournalEntry | None:
        row = self._database.execute(
            "select state, outcome, payload, message from orders where purchase_id = ?",
            (purchase_id,),
        ).fetchone()
        if row is None:
            return None
        try:
            return JournalEntry(OrderState(row[0]), row[1], _parse_purchase(row[2]), row[3])
        except _GARBLED as error:
            raise self._garbled_error(purchase_id) from error

    def _garbled_error(self, purchase_id: str) -> InputError:
        return InputError.single(
            "journal-damaged",
            f'what this journal has of the order "{purchase_id}" cannot be read',
            self._place,
            hint=_DAMAGED_HINT,
        )

    def put(
        self, purchase: PurchaseCreation, state: OrderState, outcome: str = "", message: str = ""
    ) -> None:
        row = (purchase.purchase_id, state, outcome, json.dumps(purchase.body()), message)
        self._database.execute(_UPSERT, row)

    def begin_replacing(self, purchase: PurchaseCreation, old: Mapping[str, Any]) -> None:
        """Note that a purchase is about to be deleted, and keep what is deleted."""
        kept = json.dumps(dict(old), default=json_number)
        # Committed together, or not at all.
        with self._database:
            self._database.execute("begin")
            self.put(purchase, OrderState.DELETING)
            self._database.execute(
                "update orders set deleted = ? where purchase_id = ?", (kept, purchase.purchase_id)
            )

    def deleted(self, purchase_id: str) -> Mapping[str, Any] | None:
        """Return what was, or was to be, deleted of a purchase."""
        row = self._database.execute(
            "select deleted from orders where purchase_id = ?", (purchase_id,)
        ).fetchone()
        try:
            return json.loads(row[0], parse_float=Decimal) if row and row[0] else None
        except _GARBLED as error:
            raise self._garbled_error(purchase_id) from error

    def unfinished(self) -> tuple[PurchaseCreation, ...]:
        """Return what was begun by a run that did not come to its end."""
        rows = self._database.execute(
            "select purchase_id, payload from orders where state in (?, ?) order by rowid",
            UNFINISHED_STATES,
        ).fetchall()
        found = []
        for name, payload in rows:
            try:
                found.append(_parse_purchase(payload))
            except _GARBLED as error:
                raise self._garbled_error(name) from error
        return tuple(found)


@contextmanager
def open_journal(path: Path, account: str) -> Iterator[Journal]:
    """Open a journal, or begin one. One run at a time may have it.

    Raises InputError for a file that is no journal, is another account's, or is in use.
    """
    place = Location(str(path))
    try:
        # It holds customers' addresses: it is for the eyes of who made it.
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise _unusable_error(error, place) from error
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            # Held until the connection ends, however it ends.
            database.execute("pragma locking_mode = exclusive")
            database.execute("pragma synchronous = full")
            database.execute("begin exclusive")
            database.execute("commit")
            database.executescript(_SCHEMA)
            _check_account(database, account, place)
            yield Journal(database, account, place)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InputError.single(
                "journal-in-use",
                "another backfill is using this journal",
                place,
                hint="wait until it has ended, or stop it",
            ) from error
        raise _unusable_error(error, place) from error
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise _unusable_error(error, place) from error
        raise InputError.single(
            "journal-damaged", f"the journal is damaged: {error}", place, hint=_DAMAGED_HINT
        ) from error


def _check_account(database: sqlite3.Connection, account: str, place: Location) -> None:
    facts = dict(database.execute("select name, value from facts").fetchall())
    if not facts:
        database.execute("insert into facts values ('version', ?)", (_VERSION,))
    elif facts.get("account", account) != account:
        raise InputError.single(
            "journal-of-another-account",
            "this journal is of another key or another API: what it says is done is not done here",
            place,
            hint="name another file with --journal",
        )
    elif facts.get("version") != _VERSION:
        raise InputError.single(
            "journal-version", "this journal is of another version of cn-validator", place
        )


def _unusable_error(error: Exception, place: Location) -> InputError:
    return InputError.single(
        "journal-unusable",
        f"the journal cannot be used: {error}",
        place,
        hint="name a file in a folder you may write to with --journal",
    )


def _parse_purchase(payload: str) -> PurchaseCreation:
    body = json.loads(payload, parse_float=Decimal)
    products = tuple(map(_parse_product, body.pop("products")))
    return PurchaseCreation(
        purchase_id=body["purchaseId"],
        purchase_date=body["purchaseDate"],
        total_price=Decimal(body["totalPrice"]),
        total_quantity=body["totalQuantity"],
        products=products,
        cart_id=body.get("cartId"),
        contact_email=body.get("contactEmail"),
        contact_external_id=body.get("contactExternalId"),
        payment_method=body.get("paymentMethod"),
    )


def _parse_product(body: dict[str, Any]) -> PurchaseProduct:
    return PurchaseProduct(
        product_id=body.pop("productId"),
        name=body.pop("name"),
        product_detail_url=body.pop("productDetailUrl"),
        unit_price=Decimal(body.pop("unitPrice")),
        quantity=body.pop("quantity"),
        price=Decimal(body.pop("price")),
        more=body,
    )
