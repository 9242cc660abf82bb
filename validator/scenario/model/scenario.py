"""A scenario as values: nothing after the loader sees YAML.

Durations are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from validator.core.document import Document, Location
from validator.core.page_options import PageOptions
from validator.core.severities import NO_OVERRIDES, RuleOverrides
from validator.scenario.model.actions import Step
from validator.scenario.model.payment import NO_ORDER_LIMITS, OrderLimits, OrderSource, PaymentCase
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import ConsentButton, Locator, Secret, Template
from validator.scenario.model.verification import Verification
from validator.scenario.model.walk import walk_steps


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The proof of arrival: the page's URL (glob), an element on it, or both."""

    location: Location
    url: Template | None = None
    target: Locator | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, one checkout. ``secrets`` are all its values that must never be shown."""

    name: str
    document: Document
    location: Location
    steps: tuple[Step, ...]
    expect: TagExpectation
    confirmation: Confirmation | None = None
    base_url: str | None = None
    labels: tuple[str, ...] = ()
    timeout: float = 15_000.0
    page: PageOptions = field(default_factory=PageOptions)
    device_location: Location | None = None
    """Where the device is named: only the browser knows them all."""
    consent: tuple[ConsentButton, ...] = ()
    """What is clicked whenever it stands in the way of a step, such as a cookie banner's button."""
    connectif: Literal["block", "observe", "allow"] = "block"
    secrets: tuple[Secret, ...] = ()
    matrix: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The values of this instance, which its name ends with; none without a matrix."""
    seed: int | None = None
    """What its made-up values are made of; None where it has none."""
    rules: RuleOverrides = NO_OVERRIDES
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Tag → the file of the shop's own schema."""
    limits: OrderLimits = NO_ORDER_LIMITS
    orders: OrderSource | None = None
    case: PaymentCase | None = None
    verify: Verification | None = None

    @property
    def places_order(self) -> bool:
        """Whether a step may place an order. A scenario that only opens pages places none."""
        return any(
            step.commit or step.payment or step.action.traits.can_place_order
            for step in walk_steps(self.steps)
        )
