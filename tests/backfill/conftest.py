"""Backfills against the local API, in this process and in one of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from validator.backfill.journal import Journal, open_journal
from validator.backfill.order_results import OrderOutcome, Summary
from validator.backfill.sending import BackfillRun, SendOptions
from validator.connectif_api.api_settings import ApiSettings
from validator.connectif_api.client import ConnectifApi, open_connectif_api
from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct
from validator.demo import Api, ApiOptions, api_server

MUG = PurchaseProduct(
    "mug", "Mug", "https://shop.example/mug", Decimal("16.90"), 2, Decimal("33.80")
)


def purchase(number: int = 1, total: str = "38.75", **changes: Any) -> PurchaseCreation:
    whole = PurchaseCreation(
        purchase_id=f"NQ-{number}",
        purchase_date="2026-11-02T14:00:00+00:00",
        total_price=Decimal(total),
        total_quantity=2,
        products=(MUG,),
        cart_id=f"cart-{number}",
        contact_email=f"buyer-{number % 3}@example.test",
        payment_method="Redsys",
    )
    return replace(whole, **changes)


@dataclass
class Shop:
    """A shop with a journal, and an API that it sends to."""

    api: Api
    folder: Path

    def settings(self, **changes: Any) -> ApiSettings:
        quick = {"per_minute": 60_000.0, "first_wait": 0.001, "max_wait": 0.01}
        return ApiSettings(changes.pop("key", self.api.key), self.api.url, **(quick | changes))

    @contextmanager
    def journal(self, account: str | None = None) -> Iterator[Journal]:
        mine = account or self.settings().account
        with open_journal(self.folder / "journal.sqlite", mine) as journal:
            yield journal

    def backfill(
        self,
        purchases: Sequence[PurchaseCreation],
        sending: SendOptions | None = None,
        **settings: Any,
    ) -> Summary:
        """Run once; return what became of the orders."""

        async def run(journal: Journal) -> Summary:
            async with open_connectif_api(self.settings(**settings)) as api:
                backfill = BackfillRun(api, journal, sending or SendOptions(), lambda _: None)
                await backfill.run(purchases)
                return backfill.account

        with self.journal() as journal:
            return asyncio.run(run(journal))

    def ask(self, question: Callable[[ConnectifApi], Any]) -> None:
        async def ask() -> None:
            async with open_connectif_api(self.settings()) as api:
                await question(api)

        asyncio.run(ask())

    def totals(self) -> dict[str, float]:
        return {each["purchaseId"]: each["totalPrice"] for each in self.api.store.purchases()}

    def asked(self, method: str) -> int:
        return sum(each.method == method for each in self.api.store.requests())


def fates(account: Summary) -> dict[str, OrderOutcome]:
    return {each.purchase_id: each.fate for each in account.told}


@contextmanager
def shop_with(folder: Path, **options: Any) -> Iterator[Shop]:
    with api_server(ApiOptions(**options)) as api:
        yield Shop(api, folder)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose API behaves."""
    with shop_with(tmp_path) as shop:
        yield shop


def environment_of(api: Api) -> dict[str, str]:
    """Return the environment in which the command asks this API."""
    clean = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    known = {"CONNECTIF_API_URL": api.url, "CONNECTIF_API_KEY": api.key}
    return clean | known | {"CI": "true", "COLUMNS": "100"}
