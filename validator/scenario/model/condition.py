"""When a step is played: by what variables say, or by what the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.scenario.model.template import Locator, SavedReference, Template


@dataclass(frozen=True, slots=True)
class Comparison:
    """A text is one of some texts, or is none of them; without any, it is not empty."""

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
    """All of it must hold. ``visible`` and ``hidden`` are elements of the page."""

    comparisons: tuple[Comparison, ...] = ()
    visible: Locator | None = None
    hidden: Locator | None = None


def _render_or_empty(template: Template, saved: Mapping[str, str]) -> str:
    """Fill in what is saved; what is not, because its step was skipped, is empty."""
    names = {part.name for part in template.parts if isinstance(part, SavedReference)}
    return template.render({name: saved.get(name, "") for name in names}).strip()
