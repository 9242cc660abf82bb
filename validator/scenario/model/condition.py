"""Conditions of steps: comparisons of variables, and elements of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.scenario.model.template import Locator, SavedReference, Template


@dataclass(frozen=True, slots=True)
class Comparison:
    """Requires a text to be one of ``among``, or none of them; without any, not to be empty."""

    text: Template
    among: tuple[Template, ...] = ()
    negated: bool = False

    def holds(self, saved: Mapping[str, str]) -> bool:
        text = _render_or_empty(self.text, saved)
        if not self.among:
            return bool(text)
        return (text in [_render_or_empty(each, saved) for each in self.among]) is not self.negated


@dataclass(frozen=True, slots=True)
class Condition:
    """All parts must hold. ``visible`` and ``hidden`` are elements of the page."""

    comparisons: tuple[Comparison, ...] = ()
    visible: Locator | None = None
    hidden: Locator | None = None


def _render_or_empty(template: Template, saved: Mapping[str, str]) -> str:
    """Render a text; variables whose step was skipped are empty."""
    names = {part.name for part in template.parts if isinstance(part, SavedReference)}
    return template.render({name: saved.get(name, "") for name in names}).strip()
