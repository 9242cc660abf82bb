"""The options of the servers, and the values that the running servers expose."""

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
"""Has the form of a store's public token, but belongs to no store."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``ports`` are those of the shop, the payment page and the collector."""

    fault: str | None = None
    payment_return: PaymentReturn = "automatic"
    ports: tuple[int, int, int] = (0, 0, 0)
    database: Path | None = None
    api: ApiOptions | None = None
    """Options of a local Connectif API that records what the collector receives; None: no API."""
    way: PaymentFlow = DEFAULT_FLOW


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """``bank_secret`` signs the messages between the shop and the payment page."""

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
    """The running local API: its URL without a final slash, a key, and its stored data.

    ``wait_for_request(number, timeout)`` waits until ``number`` requests have arrived, and returns
    False if ``timeout`` seconds pass before.
    """

    url: str
    key: str
    store: ApiStore = field(repr=False)
    wait_for_request: Callable[[int, float], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Demo:
    """The running servers: their URLs without a final slash, and the data that they received."""

    shop_url: str
    payment_url: str
    collector_url: str
    _orders: Orders = field(repr=False)
    _inbox: Inbox = field(repr=False)
    api: Api | None = None

    def orders(self) -> tuple[Order, ...]:
        """Return every order placed so far, oldest first."""
        return self._orders.all()

    def received(self) -> tuple[Payload, ...]:
        """Return every payload that the collector has received, in order of arrival."""
        return self._inbox.all()
