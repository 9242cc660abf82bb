"""The numbers of a tag, for rules that compare them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from validator.core.document import Json
from validator.core.result import TagReading
from validator.rules.rule import NotEvaluable

ITEMS_POINTER = "/product_basket_item"


class TagNumbers:
    """The numbers of one tag, by JSON pointer."""

    def __init__(self, reading: TagReading, invalid: frozenset[str]) -> None:
        self.texts = reading.texts_by_pointer()
        self.invalid = invalid
        items = cast("list[Json]", reading.data.get(ITEMS_POINTER[1:], []))
        self.items = [f"{ITEMS_POINTER}/{index}" for index in range(len(items))]

    def __getitem__(self, at: str) -> Decimal:
        """Return a number. Raises NotEvaluable where it is missing, empty or invalid."""
        if not self.texts.get(at) or at in self.invalid:
            raise NotEvaluable(f"{at.rpartition('/')[2]} has no valid value")
        return Decimal(self.texts[at])

    def get(self, at: str) -> Decimal | None:
        """Return a number; None where it is missing, empty or invalid."""
        return Decimal(self.texts[at]) if self.texts.get(at) and at not in self.invalid else None

    def sum(self, name: str) -> Decimal:
        """Return the sum of a field over all products. Raises NotEvaluable where one is missing."""
        return sum((self[f"{item}/{name}"] for item in self._require_items()), Decimal())

    def units_total(self) -> Decimal:
        """Return the sum of quantity times unit price. Raises NotEvaluable where one is missing."""
        lines = (
            self[f"{item}/quantity"] * self[f"{item}/unit_price"] for item in self._require_items()
        )
        return sum(lines, Decimal())

    def _require_items(self) -> Iterator[str]:
        if not self.items:
            raise NotEvaluable("the tag has no products")
        yield from self.items
