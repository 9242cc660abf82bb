"""``verify``: how the purchase is looked up in Connectif's API after the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from validator.core.api_key import KEY_VARIABLE
from validator.core.document import Location

DEFAULT_WITHIN = 120_000.0
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The API is queried for up to ``within`` milliseconds until each purchase is there."""

    location: Location
    url: str
    key: str = field(repr=False)
    within: float = DEFAULT_WITHIN

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of each secret: the whole key, and its second half."""
        yield KEY_VARIABLE, self.key
        yield KEY_VARIABLE, self.key.partition(":")[2]
