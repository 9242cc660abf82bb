"""``verify``: Connectif's API is asked for the purchase that the scenario made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from validator.core.api_key import KEY_VARIABLE
from validator.core.document import Location

DEFAULT_WITHIN = 120_000.0
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The API is asked for each purchase until it is there, for ``within`` milliseconds."""

    location: Location
    url: str
    key: str = field(repr=False)
    within: float = DEFAULT_WITHIN

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Yield names and values of what must not be shown: the key, and its second half."""
        yield KEY_VARIABLE, self.key
        yield KEY_VARIABLE, self.key.partition(":")[2]
