"""What the three servers are told, and what their starter is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from validator.demo.api.options import ApiOptions
from validator.demo.api.store import ApiStore
from validator.demo.faults import Fault, PaymentReturn
from validator.demo.inbox import Inbox, Payload
from validator.demo.orders import Order, Orders
from validator.demo.payment_flow import DEFAULT_FLOW, PaymentFlow

ENVIRONMENT = "demo"
STORE_ID = "5a17c0de-0000-4000-8000-000000000001"
"""Shaped like a real store's public token, and nobody's."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``ports`` are the shop's, the payment page's and the collector's."""

    fault: str | None = None
    payment_return: PaymentReturn = "automatic"
    ports: tuple[int, int, int] = (0, 0, 0)
    database: Path | None = None
    api: ApiOptions | None = None
    """The local Connectif API, which then knows what the collector receives."""
    way: PaymentFlow = DEFAULT_FLOW


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """``bank_secret`` is shared with the payment page and signs what passes between the two."""

    orders: Orders
    fault: Fault
    payment_url: str
    collector_url: str
    session_secret: str = field(repr=False)
    bank_secret: str = field(repr=False)
    way: PaymentFlow = DEFAULT_FLOW

    @property
    def client_script_url(self) -> str:
        store = "no-such-store" if self.fault.script == "not found" else STORE_ID
        return f"{self.collector_url}/{ENVIRONMENT}/client-script/{store}"


@dataclass(frozen=True, slots=True)
class Api:
    """The running local API: its address without a final slash, a key, and what it keeps.

    ``wait_for_request`` waits until so many requests have arrived, for at most so many seconds.
    """

    url: str
    key: str
    store: ApiStore = field(repr=False)
    wait_for_request: Callable[[int, float], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Demo:
    """The running servers: their addresses without a final slash, and what reached them."""

    shop_url: str
    payment_url: str
    collector_url: str
    _orders: Orders = field(repr=False)
    _inbox: Inbox = field(repr=False)
    api: Api | None = None

    def orders(self) -> tuple[Order, ...]:
        """Every order placed so far, oldest first."""
        return self._orders.all()

    def received(self) -> tuple[Payload, ...]:
        """Every payload the collector has received, in order of arrival."""
        return self._inbox.all()
