"""What a scenario expects of a tag: number, time and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from validator.core.document import Location
from validator.scenario.model.template import Template


@dataclass(frozen=True, slots=True)
class TagExpectation:
    """``count`` valid tags (None: one or more) within ``within`` milliseconds, with ``values``."""

    tag: str = "cn_purchase"
    count: int | None = 1
    within: float = 5_000.0
    values: Mapping[str, Template] = field(default_factory=lambda: MappingProxyType({}))
    locations: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """Field → its place in the scenario; "" → the place of the expectation itself."""
