"""What seems to be meant as a tag, and is none."""

from __future__ import annotations

from dataclasses import dataclass

from validator.document import Location


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An element that seems to be meant as the awaited tag, on a page that has none.

    ``attribute`` is "class" or "id", ``value`` all of it.
    """

    attribute: str
    value: str
    location: Location
