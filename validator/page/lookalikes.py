"""Finds elements that are meant as a tag and are not: misspelt, or named by another attribute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from validator.core.suggestion import find_similar
from validator.html.dom import Element

_MAX_NAMES = 2_000
"""Limits the work that a page can cause."""


def find_lookalike(elements: Iterable[Element], names: Sequence[str]) -> tuple[Element, str] | None:
    """Return the first element whose class or id resembles the first of ``names``, and that
    attribute's name.

    The other names are tags of their own, and never lookalikes.
    """
    seen: set[tuple[str, str]] = set()
    for element in elements:
        for attribute in ("class", "id") if element.template is None else ():
            for value in element.attributes.get(attribute, "").split():
                if (attribute, value) in seen:
                    continue
                seen.add((attribute, value))
                if len(seen) > _MAX_NAMES:
                    return None
                if value not in names[1:] and _resembles(value, names[0]):
                    return element, attribute
    return None


def _resembles(value: str, tag: str) -> bool:
    plain = _normalize(value)
    return plain == _normalize(tag) or bool(find_similar(plain, [_normalize(tag)], cutoff=0.9))


def _normalize(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
