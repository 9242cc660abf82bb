"""The data of the local API, in SQLite: purchases, contacts, products, exports, requests."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

Resource: TypeAlias = dict[str, Any]

# The table allows equal ids of purchases: the API itself must keep them unique.
_SCHEMA = """
pragma journal_mode = wal;
create table if not exists purchases (
    id text primary key, purchase_id text, body text, created text, triggered integer
);
create index if not exists by_purchase_id on purchases (purchase_id);
create table if not exists contacts (email text primary key, body text);
create table if not exists products (product_id text primary key, body text);
create table if not exists exports (id text primary key, body text, polls integer);
create table if not exists requests (method text, path text, status integer, trouble text);
"""
_HOW_OFTEN = "select purchase_id, count(*) from purchases group by purchase_id"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request and its response. ``trouble`` is the name of the injected fault, or ""."""

    method: str
    path: str
    status: int
    trouble: str


def now() -> str:
    """Return the current time in the format of the API, ``2026-11-23T10:15:00.000Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ApiStore:
    """The stored data. Each call opens a connection, so threads never share one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._database() as database:
            database.executescript(_SCHEMA)

    def add_purchase(self, body: Mapping[str, Any], *, triggers: bool) -> Resource | None:
        """Store a purchase. Return None and change nothing if its purchaseId exists."""
        moment = now()
        created = {**body, "id": uuid.uuid4().hex[:24], "createdAt": moment, "updatedAt": moment}
        created["contactId"] = uuid.uuid5(uuid.NAMESPACE_URL, str(body.get("contactEmail"))).hex
        created["products"] = [
            {**product, "id": uuid.uuid4().hex[:24]} for product in body.get("products", ())
        ]
        with self._database() as database:
            database.execute("begin immediate")
            taken = "select 1 from purchases where purchase_id = ?"
            if database.execute(taken, (body["purchaseId"],)).fetchone():
                return None
            database.execute(
                "insert into purchases values (?, ?, ?, ?, ?)",
                (created["id"], body["purchaseId"], json.dumps(created), moment, triggers),
            )
        return created

    def purchase(self, *, shop_id: str = "", own_id: str = "") -> Resource | None:
        """Find a purchase by the shop's id or by Connectif's."""
        with self._database() as database:
            row = database.execute(
                "select body from purchases where purchase_id = ? or id = ?", (shop_id, own_id)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def delete_purchase(self, *, shop_id: str = "", own_id: str = "") -> None:
        with self._database() as database:
            database.execute(
                "delete from purchases where purchase_id = ? or id = ?", (shop_id, own_id)
            )

    def purchases(self) -> tuple[Resource, ...]:
        """Return every purchase, oldest first."""
        with self._database() as database:
            rows = database.execute("select body from purchases order by rowid").fetchall()
        return tuple(json.loads(row[0]) for row in rows)

    def count_by_purchase_id(self) -> Mapping[str, int]:
        """Return the number of purchases with each purchaseId; more than one is an error."""
        with self._database() as database:
            return dict(database.execute(_HOW_OFTEN).fetchall())

    def count_triggered(self) -> int:
        """Return how many purchases were created with ``triggerPurchaseEvent``."""
        with self._database() as database:
            found = database.execute("select coalesce(sum(triggered), 0) from purchases").fetchone()
        return int(found[0])

    def has_contact(self, email: str) -> bool:
        with self._database() as database:
            row = database.execute("select 1 from contacts where email = ?", (email,)).fetchone()
        return row is not None

    def put_contact(self, email: str, body: Mapping[str, Any]) -> Resource:
        return self._merge("contacts", "email", email, {**body, "email": email})

    def product(self, product_id: str) -> Resource | None:
        with self._database() as database:
            row = database.execute(
                "select body from products where product_id = ?", (product_id,)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def put_product(self, product_id: str, body: Mapping[str, Any]) -> Resource:
        return self._merge("products", "product_id", product_id, {**body, "productId": product_id})

    def add_export(self, body: Mapping[str, Any], most: int) -> Resource | None:
        """Queue an export. Return None if ``most`` exports are queued already."""
        with self._database() as database:
            database.execute("begin immediate")
            open_ones = "select count(*) from exports where polls >= 0"
            if database.execute(open_ones).fetchone()[0] >= most:
                return None
            export = {**body, "id": uuid.uuid4().hex[:24], "createdAt": now()}
            database.execute(
                "insert into exports values (?, ?, 0)", (export["id"], json.dumps(export))
            )
        return export

    def poll_export(self, identity: str, until: int) -> tuple[Resource, bool] | None:
        """Count a request for an export; return it, and whether ``until`` requests finish it."""
        with self._database() as database:
            row = database.execute(
                "select body, polls from exports where id = ?", (identity,)
            ).fetchone()
            if row is None:
                return None
            is_finished = row[1] < 0 or row[1] + 1 >= until
            polls = -1 if is_finished else row[1] + 1
            database.execute("update exports set polls = ? where id = ?", (polls, identity))
        return json.loads(row[0]), is_finished

    def note(self, asked: LoggedRequest) -> None:
        with self._database() as database:
            database.execute(
                "insert into requests values (?, ?, ?, ?)",
                (asked.method, asked.path, asked.status, asked.trouble),
            )

    def requests(self) -> tuple[LoggedRequest, ...]:
        """Return every request so far, in the order of the responses."""
        with self._database() as database:
            rows = database.execute("select * from requests order by rowid").fetchall()
        return tuple(LoggedRequest(*row) for row in rows)

    def _merge(self, table: str, key: str, value: str, body: Resource) -> Resource:
        with self._database() as database:
            database.execute("begin immediate")
            row = database.execute(
                f"select body from {table} where {key} = ?",  # noqa: S608 - names of our own
                (value,),
            ).fetchone()
            merged = {**json.loads(row[0]), **body} if row else body
            database.execute(
                f"insert or replace into {table} values (?, ?)",  # noqa: S608 - names of our own
                (value, json.dumps(merged)),
            )
        return merged

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as database:
            # Without waiting for the disk: only a crash of the machine can lose data.
            database.execute("pragma synchronous = off")
            try:
                yield database
            finally:
                if database.in_transaction:
                    database.commit()
