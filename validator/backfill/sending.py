"""Sends orders, resumes what was begun, and looks afterwards whether each is there.

Of every order the journal says how far it has come, before and after each step that changes
something. From each of these states a run goes on, so that it may be killed at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from validator.backfill.creating import Creator
from validator.backfill.journal import Entry, Journal, State
from validator.backfill.report import Account, Fate, Told
from validator.connectif_api.client import ConnectifApi, Outcome
from validator.connectif_api.errors import (
    ApiError,
    ForbiddenError,
    InvalidError,
    PassingError,
    RefusedError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from validator.connectif_api.model import PurchaseCreation, RecordedPurchase
from validator.page.purchase_difference import differences

_MOST_FAILURES = 3
"""So many orders in a row without an answer mean that the API is down."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How orders are sent. ``replaces``: purchases with other amounts are deleted and created."""

    triggers: bool = False
    replaces: bool = False
    workers: int = 4


@dataclass(slots=True)
class Backfill:
    """One run. ``on_done`` is told of each order as it ends."""

    api: ConnectifApi
    journal: Journal
    sending: Sending
    on_done: Callable[[Told], None]
    account: Account = field(default_factory=Account)
    _creator: Creator = field(init=False)
    _failures: int = 0

    def __post_init__(self) -> None:
        self._creator = Creator(self.api, triggers=self.sending.triggers)

    async def run(self, purchases: Iterable[PurchaseCreation]) -> None:
        """Bring all of them to their end, those first that an earlier run has begun.

        What the API refuses of one order does not stop the others; a key that is not accepted, or
        an API that does not answer, ends the run.
        """
        queue = iter(self._with_unfinished(purchases))
        await asyncio.gather(*(self._worker(queue) for _ in range(self.sending.workers)))
        for purchase in queue:
            self._tell(Told(purchase.purchase_id, Fate.NOT_REACHED))

    def _with_unfinished(self, purchases: Iterable[PurchaseCreation]) -> list[PurchaseCreation]:
        given = {purchase.purchase_id: purchase for purchase in purchases}
        begun = {purchase.purchase_id: purchase for purchase in self.journal.unfinished()}
        return list((begun | given).values())

    async def _worker(self, queue: Iterator[PurchaseCreation]) -> None:
        for purchase in queue:
            self._tell(await self._told(purchase))
            if self.account.stopped:
                return

    def _tell(self, told: Told) -> None:
        self.account.told.append(told)
        self.on_done(told)

    async def _told(self, purchase: PurchaseCreation) -> Told:
        """Bring one order to its end, whatever the API says to it."""
        try:
            told = await self._finish(purchase)
        except (RefusedError, InvalidError) as error:
            self.journal.put(purchase, State.REFUSED, message=str(error))
            told = Told(purchase.purchase_id, Fate.REFUSED, f"{error}. To fix: {error.hint}")
        except (UnauthorizedError, ForbiddenError) as error:
            self._stop(error)
            return Told(purchase.purchase_id, Fate.FAILED, str(error))
        except (PassingError, UnexpectedAnswerError) as error:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self._stop(error)
            return Told(purchase.purchase_id, Fate.FAILED, str(error))
        self._failures = 0
        return told

    def _stop(self, error: ApiError) -> None:
        self.account.stopped, self.account.hint = str(error), error.hint

    async def _finish(self, purchase: PurchaseCreation) -> Told:
        entry = self.journal.entry(purchase.purchase_id)
        if entry is None or entry.state is State.REFUSED:
            outcome = await self._create(purchase)
        elif entry.state is State.SENDING:
            outcome = await self._resume(purchase)
        elif entry.state is State.DELETING:
            return await self._resume_replacing(purchase)
        elif entry.state is State.VERIFIED and entry.purchase == purchase:
            return Told(purchase.purchase_id, Fate.DONE_BEFORE)
        else:
            outcome = _outcome(entry)
        return await self._verify(purchase, outcome)

    async def _create(self, purchase: PurchaseCreation) -> Fate:
        self.journal.put(purchase, State.SENDING)
        created = await self._creator.create(purchase)
        outcome = Fate.CREATED if created is Outcome.CREATED else Fate.ALREADY_THERE
        self.journal.put(purchase, State.SENT, outcome)
        return outcome

    async def _resume(self, purchase: PurchaseCreation) -> Fate:
        """Go on where a run ended before it knew the answer: ask, then send."""
        if await self.api.find_purchase(purchase.purchase_id) is None:
            return await self._create(purchase)
        self.journal.put(purchase, State.SENT, Fate.CREATED)
        return Fate.CREATED

    async def _verify(self, purchase: PurchaseCreation, outcome: Fate) -> Told:
        """Look at what is recorded, and replace it where that is wanted and needed."""
        name = purchase.purchase_id
        found = await self.api.find_purchase(name)
        if found is None:
            return Told(
                name, Fate.NOT_FOUND, "the API said that it is there, and then that it is not"
            )
        different = differences(_said(purchase), found.data)
        if not any(each.is_of_amounts for each in different):
            self.journal.put(purchase, State.VERIFIED, outcome)
            return Told(name, outcome, differences=different)
        if self.sending.replaces and outcome is not Fate.REPLACED:
            return await self._replace(purchase, found)
        self.journal.put(purchase, State.DIFFERS, outcome)
        return Told(name, Fate.DIFFERS, differences=different)

    async def _replace(self, purchase: PurchaseCreation, found: RecordedPurchase) -> Told:
        entry = self.journal.entry(purchase.purchase_id)
        is_begun = entry is not None and entry.state is State.DELETING
        # What is there may be what a run that was killed has created: the first note counts.
        noted = self.journal.deleted(purchase.purchase_id) if is_begun else None
        self.journal.begin_replacing(purchase, noted or found.data)
        await self.api.delete_purchase(purchase.purchase_id)
        return await self._create_again(purchase)

    async def _create_again(self, purchase: PurchaseCreation) -> Told:
        """Create what was deleted. Where it is refused, the old one is put back."""
        try:
            await self._creator.create(purchase)
        except (RefusedError, InvalidError) as refusal:
            return await self._put_back(purchase, refusal)
        self.journal.put(purchase, State.SENT, Fate.REPLACED)
        return await self._verify(purchase, Fate.REPLACED)

    async def _put_back(self, purchase: PurchaseCreation, refusal: ApiError) -> Told:
        old = self.journal.deleted(purchase.purchase_id) or {}
        try:
            await self._creator.restore(old, purchase)
        except (RefusedError, InvalidError) as error:
            # It stays as it is in the journal, so that every run tries again.
            return Told(
                purchase.purchase_id,
                Fate.REFUSED,
                f"it was deleted, and neither the new one nor the old one is taken back: {refusal};"
                f" {error}. The journal keeps the old one",
            )
        message = f"{refusal}; the old one was put back"
        self.journal.put(purchase, State.REFUSED, message=message)
        return Told(purchase.purchase_id, Fate.REFUSED, f"{message}. To fix: {refusal.hint}")

    async def _resume_replacing(self, purchase: PurchaseCreation) -> Told:
        """Go on where a run ended between noting that it deletes and seeing the new one there.

        Without ``replaces`` nothing is deleted, but what was deleted is created.
        """
        found = await self.api.find_purchase(purchase.purchase_id)
        if found is None:
            return await self._create_again(purchase)
        return await self._verify(purchase, _after_replacing(purchase, found))


def _after_replacing(purchase: PurchaseCreation, found: RecordedPurchase) -> Fate:
    is_new = not any(each.is_of_amounts for each in differences(_said(purchase), found.data))
    return Fate.REPLACED if is_new else Fate.ALREADY_THERE


def _said(purchase: PurchaseCreation) -> Mapping[str, Any]:
    return {**purchase.fields(), "products": purchase.body()["products"]}


def _outcome(entry: Entry) -> Fate:
    # One that was created wrong, or is wrong since, may be replaced (again).
    is_replaced = entry.outcome == Fate.REPLACED and entry.state is not State.DIFFERS
    if is_replaced:
        return Fate.REPLACED
    return Fate.CREATED if entry.outcome == Fate.CREATED else Fate.ALREADY_THERE
