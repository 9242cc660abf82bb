"""What is recorded, by asking Connectif's API for each order: it has no list of purchases.

The answers are kept in a journal as they come, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from validator.connectif_api.api_settings import ApiSettings
from validator.core.document import Location
from validator.core.errors import InputError, ServiceError
from validator.reconcile.source_files import format_cell

ANSWER_COLUMNS = ("purchaseId", "totalPrice", "totalQuantity", "purchaseDate")
STALE_AFTER_SECONDS = 24 * 60 * 60.0
"""Seconds. An older answer is asked for again: the purchase may have come meanwhile."""
API_LIMITS_NOTE = (
    "the API is asked for the orders of the shop alone: whether it has others, or one of them "
    "twice, it cannot be asked"
)
RecordedRow: TypeAlias = tuple[str, str, str, str]


class PurchaseSource(Protocol):
    """A source that is asked for purchases by the shop's ids."""

    @property
    def label(self) -> str:
        """How people call it."""

    def answers(self, ids: Sequence[str]) -> Iterator[Sequence[RecordedRow]]:
        """Yield what is recorded of these orders, as in ``HEADER``; nothing of what is not.

        Raises ServiceError where it could not be asked for all of them.
        """


@dataclass(frozen=True, slots=True)
class ApiPurchaseSource:
    """The API as such a source. ``told`` is called with how many of how many are answered.

    ``journal`` is removed once all are answered.
    """

    settings: ApiSettings
    workers: int
    journal: Path
    told: Callable[[int, int], None]
    label: str = "the Connectif API"

    def answers(self, ids: Sequence[str]) -> Iterator[Sequence[RecordedRow]]:
        """Ask for all that the journal does not know, some at the same time."""
        with closing(_open_journal(self.journal, self.settings.account)) as journal:
            since = time.time() - STALE_AFTER_SECONDS
            journal.execute("DELETE FROM answers WHERE at < ?", (since,))
            known = {row[0] for row in journal.execute("SELECT id FROM answers")}
            wanted = [each for each in ids if each not in known]
            failure = asyncio.run(self._ask(journal, wanted, len(ids)))
            if failure is not None:
                left = len(ids) - self._count(journal, ids)
                raise ServiceError(
                    f"{left:,} of {len(ids):,} orders could not be asked for: {failure}",
                    hint=f"{failure.hint}; run it again to go on, {self.journal} has the answers",
                )
            of = set(ids)
            yield [
                row[:4]
                for row in journal.execute(
                    "SELECT id, total, quantity, date FROM answers WHERE is_there ORDER BY rowid"
                )
                if row[0] in of
            ]
        self.journal.unlink(missing_ok=True)

    async def _ask(
        self, journal: sqlite3.Connection, wanted: Sequence[str], total: int
    ) -> ServiceError | None:
        # Loaded here: files are compared without httpx.
        from validator.connectif_api.client import open_connectif_api

        queue = iter(wanted)
        failures: list[ServiceError] = []
        done = total - len(wanted)

        async with open_connectif_api(self.settings) as api:

            async def worker() -> None:
                nonlocal done
                for each in queue:
                    if failures:
                        return
                    try:
                        found = await api.find_purchase(each)
                    except ServiceError as error:
                        failures.append(error)
                        return
                    # Bound by the first answer: a key that is refused keeps no other out.
                    journal.execute(
                        "INSERT OR IGNORE INTO account VALUES (?)", (self.settings.account,)
                    )
                    data = {} if found is None else found.data
                    values = [format_cell(data.get(field)) for field in ANSWER_COLUMNS[1:]]
                    journal.execute(
                        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                        (each, found is not None, *values, time.time()),
                    )
                    done += 1
                    self.told(done, total)

            await asyncio.gather(*(worker() for _ in range(self.workers)))
        return failures[0] if failures else None

    @staticmethod
    def _count(journal: sqlite3.Connection, ids: Sequence[str]) -> int:
        known = {row[0] for row in journal.execute("SELECT id FROM answers")}
        return len(known.intersection(ids))


def _open_journal(path: Path, account: str) -> sqlite3.Connection:
    """Open the journal, or begin one. Raises InputError for a file that is none, or another's."""
    try:
        database = sqlite3.connect(path, isolation_level=None)
        # Each answer is kept as it comes; a killed process loses none, and no disk is waited for.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS answers (id TEXT PRIMARY KEY, is_there INTEGER, "
            "total TEXT, quantity TEXT, date TEXT, at REAL)"
        )
        database.execute("CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY)")
        known = [row[0] for row in database.execute("SELECT name FROM account")]
    except sqlite3.Error as error:
        raise InputError.single(
            "journal-unusable",
            f"this is no journal of answers: {error}",
            Location(str(path)),
            hint="name another file with --journal",
        ) from error
    if known and known != [account]:
        database.close()
        raise InputError.single(
            "journal-unusable",
            "these are the answers of another Connectif account",
            Location(str(path)),
            hint="name another file with --journal, or remove this one",
        )
    return database
