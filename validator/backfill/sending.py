"""Sends orders, resumes what was begun, and looks afterwards whether each is there.

Of every order the journal says how far it has come, before and after each step that changes
something. From each of these states a run goes on, so that it may be killed at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from validator.backfill.journal import Journal, JournalEntry, OrderState
from validator.backfill.order_results import OrderOutcome, OrderResult, Summary
from validator.backfill.purchase_creator import PurchaseCreator
from validator.connectif_api.client import ConnectifApi, CreationOutcome
from validator.connectif_api.errors import (
    ApiError,
    ForbiddenError,
    InvalidValuesError,
    RefusedError,
    TransientError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from validator.connectif_api.purchases import PurchaseCreation, RecordedPurchase
from validator.page.purchase_difference import compare_purchases

_MAX_CONSECUTIVE_FAILURES = 3
"""So many orders in a row without an answer mean that the API is down."""


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How orders are sent. ``replaces``: purchases with other amounts are deleted and created."""

    triggers: bool = False
    replaces: bool = False
    workers: int = 4


@dataclass(slots=True)
class BackfillRun:
    """One run. ``on_done`` is told of each order as it ends."""

    api: ConnectifApi
    journal: Journal
    sending: SendOptions
    on_done: Callable[[OrderResult], None]
    account: Summary = field(default_factory=Summary)
    _creator: PurchaseCreator = field(init=False)
    _failures: int = 0

    def __post_init__(self) -> None:
        self._creator = PurchaseCreator(self.api, triggers=self.sending.triggers)

    async def run(self, purchases: Iterable[PurchaseCreation]) -> None:
        """Bring all of them to their end, those first that an earlier run has begun.

        What the API refuses of one order does not stop the others; a key that is not accepted, or
        an API that does not answer, ends the run.
        """
        queue = iter(self._with_unfinished(purchases))
        await asyncio.gather(*(self._worker(queue) for _ in range(self.sending.workers)))
        for purchase in queue:
            self._add_result(OrderResult(purchase.purchase_id, OrderOutcome.NOT_REACHED))

    def _with_unfinished(self, purchases: Iterable[PurchaseCreation]) -> list[PurchaseCreation]:
        given = {purchase.purchase_id: purchase for purchase in purchases}
        begun = {purchase.purchase_id: purchase for purchase in self.journal.unfinished()}
        return list((begun | given).values())

    async def _worker(self, queue: Iterator[PurchaseCreation]) -> None:
        for purchase in queue:
            self._add_result(await self._process_order(purchase))
            if self.account.stopped:
                return

    def _add_result(self, told: OrderResult) -> None:
        self.account.told.append(told)
        self.on_done(told)

    async def _process_order(self, purchase: PurchaseCreation) -> OrderResult:
        """Bring one order to its end, whatever the API says to it."""
        try:
            told = await self._finish(purchase)
        except (RefusedError, InvalidValuesError) as error:
            self.journal.bind()
            self.journal.put(purchase, OrderState.REFUSED, message=str(error))
            told = OrderResult(
                purchase.purchase_id, OrderOutcome.REFUSED, f"{error}. To fix: {error.hint}"
            )
        except (UnauthorizedError, ForbiddenError) as error:
            self._stop(error)
            return OrderResult(purchase.purchase_id, OrderOutcome.FAILED, str(error))
        except (TransientError, UnexpectedResponseError) as error:
            self._failures += 1
            if self._failures >= _MAX_CONSECUTIVE_FAILURES:
                self._stop(error)
            return OrderResult(purchase.purchase_id, OrderOutcome.FAILED, str(error))
        self.journal.bind()
        self._failures = 0
        return told

    def _stop(self, error: ApiError) -> None:
        self.account.stopped, self.account.hint = str(error), error.hint

    async def _finish(self, purchase: PurchaseCreation) -> OrderResult:
        entry = self.journal.entry(purchase.purchase_id)
        if entry is None or entry.state is OrderState.REFUSED:
            outcome = await self._create(purchase)
        elif entry.state is OrderState.SENDING:
            outcome = await self._resume(purchase)
        elif entry.state is OrderState.DELETING:
            return await self._resume_replacing(purchase)
        elif entry.state is OrderState.VERIFIED and entry.purchase == purchase:
            return OrderResult(purchase.purchase_id, OrderOutcome.DONE_BEFORE)
        else:
            outcome = _recorded_outcome(entry)
        return await self._verify(purchase, outcome)

    async def _create(self, purchase: PurchaseCreation) -> OrderOutcome:
        self.journal.put(purchase, OrderState.SENDING)
        created = await self._creator.create(purchase)
        outcome = (
            OrderOutcome.CREATED
            if created is CreationOutcome.CREATED
            else OrderOutcome.ALREADY_THERE
        )
        self.journal.put(purchase, OrderState.SENT, outcome)
        return outcome

    async def _resume(self, purchase: PurchaseCreation) -> OrderOutcome:
        """Go on where a run ended before it knew the answer: ask, then send."""
        if await self.api.find_purchase(purchase.purchase_id) is None:
            return await self._create(purchase)
        self.journal.put(purchase, OrderState.SENT, OrderOutcome.CREATED)
        return OrderOutcome.CREATED

    async def _verify(self, purchase: PurchaseCreation, outcome: OrderOutcome) -> OrderResult:
        """Look at what is recorded, and replace it where that is wanted and needed."""
        name = purchase.purchase_id
        found = await self.api.find_purchase(name)
        if found is None:
            return OrderResult(
                name,
                OrderOutcome.NOT_FOUND,
                "the API said that it is there, and then that it is not",
            )
        different = compare_purchases(_comparable_fields(purchase), found.data)
        if not any(each.affects_amounts for each in different):
            self.journal.put(purchase, OrderState.VERIFIED, outcome)
            return OrderResult(name, outcome, differences=different)
        if self.sending.replaces and outcome is not OrderOutcome.REPLACED:
            return await self._replace(purchase, found)
        self.journal.put(purchase, OrderState.DIFFERS, outcome)
        return OrderResult(name, OrderOutcome.DIFFERS, differences=different)

    async def _replace(self, purchase: PurchaseCreation, found: RecordedPurchase) -> OrderResult:
        entry = self.journal.entry(purchase.purchase_id)
        is_begun = entry is not None and entry.state is OrderState.DELETING
        # What is there may be what a run that was killed has created: the first note counts.
        noted = self.journal.deleted(purchase.purchase_id) if is_begun else None
        self.journal.begin_replacing(purchase, noted or found.data)
        await self.api.delete_purchase(purchase.purchase_id)
        return await self._create_again(purchase)

    async def _create_again(self, purchase: PurchaseCreation) -> OrderResult:
        """Create what was deleted. Where it is refused, the old one is put back."""
        try:
            await self._creator.create(purchase)
        except (RefusedError, InvalidValuesError) as refusal:
            return await self._put_back(purchase, refusal)
        self.journal.put(purchase, OrderState.SENT, OrderOutcome.REPLACED)
        return await self._verify(purchase, OrderOutcome.REPLACED)

    async def _put_back(self, purchase: PurchaseCreation, refusal: ApiError) -> OrderResult:
        old = self.journal.deleted(purchase.purchase_id) or {}
        try:
            await self._creator.restore(old, purchase)
        except (RefusedError, InvalidValuesError) as error:
            # It stays as it is in the journal, so that every run tries again.
            return OrderResult(
                purchase.purchase_id,
                OrderOutcome.REFUSED,
                f"it was deleted, and neither the new one nor the old one is taken back: {refusal};"
                f" {error}. The journal keeps the old one",
            )
        message = f"{refusal}; the old one was put back"
        self.journal.put(purchase, OrderState.REFUSED, message=message)
        return OrderResult(
            purchase.purchase_id, OrderOutcome.REFUSED, f"{message}. To fix: {refusal.hint}"
        )

    async def _resume_replacing(self, purchase: PurchaseCreation) -> OrderResult:
        """Go on where a run ended between noting that it deletes and seeing the new one there.

        Without ``replaces`` nothing is deleted, but what was deleted is created.
        """
        found = await self.api.find_purchase(purchase.purchase_id)
        if found is None:
            return await self._create_again(purchase)
        return await self._verify(purchase, _outcome_after_replacing(purchase, found))


def _outcome_after_replacing(purchase: PurchaseCreation, found: RecordedPurchase) -> OrderOutcome:
    is_new = not any(
        each.affects_amounts for each in compare_purchases(_comparable_fields(purchase), found.data)
    )
    return OrderOutcome.REPLACED if is_new else OrderOutcome.ALREADY_THERE


def _comparable_fields(purchase: PurchaseCreation) -> Mapping[str, Any]:
    return {**purchase.fields(), "products": purchase.body()["products"]}


def _recorded_outcome(entry: JournalEntry) -> OrderOutcome:
    # One that was created wrong, or is wrong since, may be replaced (again).
    is_replaced = entry.outcome == OrderOutcome.REPLACED and entry.state is not OrderState.DIFFERS
    if is_replaced:
        return OrderOutcome.REPLACED
    return (
        OrderOutcome.CREATED
        if entry.outcome == OrderOutcome.CREATED
        else OrderOutcome.ALREADY_THERE
    )
