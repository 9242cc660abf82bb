"""Texts that the messages of several rules need: field names, recorded values, excerpts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from validator.core.document import Json
from validator.page.javascript import format_number


def field_name(pointer: str) -> str:
    """Name the field at a JSON pointer into a tag, or into a purchase event.

    ``price of product 2`` for ``/product_basket_item/1/price``, ``category 2`` for
    ``/category/1``, ``the tag`` for the root.
    """
    match pointer.split("/")[1:]:
        case []:
            return "the tag"
        case ["purchase", *rest] if rest:
            return field_name("/" + "/".join(rest))
        case ["product_basket_item" | "products", number] if number.isdecimal():
            return f"product {int(number) + 1}"
        case ["product_basket_item" | "products", number, *rest] if number.isdecimal():
            return f"{field_name('/' + '/'.join(rest))} of product {int(number) + 1}"
        case [name, number] if number.isdecimal():
            return f"{_unescape(name)} {int(number) + 1}"
        case steps:
            return _unescape(steps[0])


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def format_recorded(recorded: Json) -> str:
    """Return a recorded value as text: ``180``, or ``nothing`` for None."""
    if recorded is None:
        return "nothing"
    if isinstance(recorded, float) and math.isfinite(recorded):
        return format_number(recorded)
    return recorded if isinstance(recorded, str) else json.dumps(recorded, ensure_ascii=False)


def join_with_and(names: Iterable[str]) -> str:
    """Return ``a, b and c``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def format_purchases(count: int) -> str:
    return "1 purchase" if count == 1 else f"{count} purchases"


def format_times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


_EXCERPT_RADIUS = 30


def excerpt_around(text: str, at: int) -> str:
    """Return the part of a text around an offset; the whole text where it is short."""
    start, end = max(at - _EXCERPT_RADIUS, 0), at + _EXCERPT_RADIUS
    if len(text) <= 2 * _EXCERPT_RADIUS:
        return text
    return "…" * (start > 0) + text[start:end] + "…" * (end < len(text))
