"""A scenario as a value. Durations are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from validator.contract.script_expectation import NOTHING_SAID, ScriptExpectation
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
    """How the order confirmation is recognised: by its URL (glob), an element, or both."""

    location: Location
    url: Template | None = None
    target: Locator | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One instance of a scenario file. ``secrets`` are all values that must never be shown."""

    name: str
    document: Document
    location: Location
    steps: tuple[Step, ...]
    expect: TagExpectation
    confirmation: Confirmation | None = None
    base_url: str | None = None
    labels: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Properties of its test case in the JUnit report."""
    timeout: float = 15_000.0
    page: PageOptions = field(default_factory=PageOptions)
    device_location: Location | None = None
    """Place of the device's name, for errors: only the browser knows all devices."""
    consent: tuple[ConsentButton, ...] = ()
    """Buttons that are clicked whenever one blocks a step, such as that of a cookie banner."""
    connectif: Literal["block", "observe", "allow"] = "block"
    secrets: tuple[Secret, ...] = ()
    matrix: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The matrix values of this instance; its name ends with them."""
    seed: int | None = None
    """The seed of its made-up values; None if it has no such values."""
    rules: RuleOverrides = NO_OVERRIDES
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Tag → the path of the shop's own schema."""
    script: ScriptExpectation = NOTHING_SAID
    limits: OrderLimits = NO_ORDER_LIMITS
    orders: OrderSource | None = None
    case: PaymentCase | None = None
    verify: Verification | None = None

    @property
    def places_order(self) -> bool:
        """Whether a step may place an order. A scenario that only opens pages places none."""
        return any(
            step.places_order or step.payment or step.action.traits.can_place_order
            for step in walk_steps(self.steps)
        )
