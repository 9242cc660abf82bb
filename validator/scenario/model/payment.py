"""What a scenario says of payments, of its orders, and of what may go wrong on the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from validator.core.document import Location
from validator.scenario.model.template import Template

PaymentOutcome: TypeAlias = Literal["paid", "declined", "cancelled", "abandoned", "pending"]


@dataclass(frozen=True, slots=True)
class UrlOrCommand:
    """Where something outside of the browser is asked for: a URL, or a command and its words."""

    url: Template | None = None
    command: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderSource:
    """Where the shop lists its orders, as JSON. ``id`` is the key of an order's number.

    Only orders in which every key of ``where`` has that text are counted.
    """

    source: UrlOrCommand
    id: str = "id"
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """One instance of a scenario: a fault on the way back, or how the customer ends it.

    ``due`` is how many purchases Connectif should have afterwards; ``ms`` how long a fault lasts.
    """

    kind: Literal["fault", "ending"]
    name: str
    location: Location
    due: int = 1
    ms: float = 3_000.0


@dataclass(frozen=True, slots=True)
class OrderLimits:
    """How far orders may go. ``hosts`` are globs; empty: those that the scenario names."""

    hosts: tuple[str, ...] = ()
    max_orders: int | None = None


NO_ORDER_LIMITS = OrderLimits()
