"""What a scenario says of payments, of its orders, and of what may go wrong on the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from validator.core.capture import UNPAID_OUTCOMES

if TYPE_CHECKING:
    from validator.core.document import Location
    from validator.scenario.model.actions import Step
    from validator.scenario.model.template import Locator, Template

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
class Payment:
    """Another origin, and back. ``click`` is what the customer must press to come back.

    ``settles_within`` is how long a pending payment may take until it is paid. ``cancel`` is what
    the customer presses who does not want to pay; ``notification`` has the bank's message sent to
    the shop. Durations are milliseconds.
    """

    at: Template
    steps: tuple[Step, ...] = ()
    click: Locator | None = None
    within: float = 10_000.0
    outcome: PaymentOutcome = "paid"
    settles_within: float = 30_000.0
    cancel: Locator | None = None
    notification: UrlOrCommand | None = None

    @property
    def is_paid(self) -> bool:
        """Whether there should be a purchase in the end."""
        return self.outcome not in UNPAID_OUTCOMES


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
