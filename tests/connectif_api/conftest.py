"""The client against the local API: two readings of one documentation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from validator.connectif_api.api_settings import ApiSettings
from validator.connectif_api.client import ConnectifApi, open_connectif_api
from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct
from validator.demo import Api, ApiOptions, api_server

T = TypeVar("T")

MUG = PurchaseProduct(
    "mug/blue", "Enamel mug", "https://shop.example/mug", Decimal("16.90"), 2, Decimal("33.80")
)
PURCHASE = PurchaseCreation(
    purchase_id="NQ 1/ä",
    purchase_date="2026-11-02T14:00:00+01:00",
    total_price=Decimal("38.75"),
    total_quantity=2,
    products=(MUG,),
    cart_id="cart-1",
    contact_email="alba+x@example.test",
    payment_method="Credit card",
)


@dataclass
class Client:
    """Asks one server. ``waits`` are the waits it was told of."""

    settings: ApiSettings
    waits: list[float] = field(default_factory=list)

    def ask(self, question: Callable[[ConnectifApi], Awaitable[T]]) -> T:
        async def answer() -> T:
            async with open_connectif_api(
                self.settings, lambda _, wait: self.waits.append(wait)
            ) as api:
                return await question(api)

        return asyncio.run(answer())


def client_of(url: str, key: str = "demo-key:demo-secret", **settings: Any) -> Client:
    quick = {"per_minute": 60_000.0, "first_wait": 0.001, "max_wait": 0.01}
    return Client(ApiSettings(key, url, **(quick | settings)))


@contextmanager
def local_api(**options: Any) -> Iterator[tuple[Api, Client]]:
    with api_server(ApiOptions(**options)) as running:
        yield running, client_of(running.url)


@pytest.fixture
def local() -> Iterator[tuple[Api, Client]]:
    """An API that behaves."""
    with local_api() as both:
        yield both


async def know(api: ConnectifApi) -> None:
    """Let the API know the contact and the product of PURCHASE."""
    await api.ensure_contact("alba+x@example.test")
    await api.ensure_product(MUG)
