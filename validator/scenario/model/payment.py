"""Orders of a scenario, and the cases of a payment: faults and endings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from validator.core.document import Location
from validator.scenario.model.template import Template

PaymentOutcome: TypeAlias = Literal["paid", "declined", "cancelled", "abandoned", "pending"]


@dataclass(frozen=True, slots=True)
class UrlOrCommand:
    """A request that is made outside of the browser: a URL, or a program and its arguments."""

    url: Template | None = None
    command: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderSource:
    """Where the shop lists its orders as JSON. ``id`` is the key of an order's number.

    Only orders that have the text of ``where`` at each of its keys are counted.
    """

    source: UrlOrCommand
    id: str = "id"
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """One instance of a scenario: a fault on the return to the shop, or an ending.

    ``expected_purchases`` is the number that Connectif should have afterwards. ``duration`` is the
    length of a fault in milliseconds.
    """

    kind: Literal["fault", "ending"]
    name: str
    location: Location
    expected_purchases: int = 1
    duration: float = 3_000.0


@dataclass(frozen=True, slots=True)
class OrderLimits:
    """Limits of orders. ``hosts`` are globs; without any, the hosts that the scenario names."""

    hosts: tuple[str, ...] = ()
    max_orders: int | None = None


NO_ORDER_LIMITS = OrderLimits()
