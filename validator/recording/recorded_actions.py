"""Recorded actions, in one form for both kinds of recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from validator.scenario.syntax.yaml_text import FlowValue

Target: TypeAlias = "Mapping[str, FlowValue]"
"""A locator in the scenario language: ``{"role": "button", "name": "Pay"}``."""
NO_TARGET: Target = MappingProxyType({})
ActionKind: TypeAlias = Literal[
    "goto",
    "click",
    "double_click",
    "fill",
    "select",
    "check",
    "uncheck",
    "press",
    "hover",
    "upload",
]


@dataclass(frozen=True, slots=True)
class RecordedAction:
    """One recorded action.

    ``value`` is the typed text, the chosen option, the pressed key, or the URL of a navigation.
    ``url`` is the page of the action, and ``window`` identifies its window. ``frames`` are the
    iframes around the element, the outermost first.
    """

    kind: ActionKind
    target: Target = field(default_factory=lambda: NO_TARGET)
    value: str = ""
    url: str = ""
    window: str = ""
    frames: tuple[Target, ...] = ()

    @property
    def element_name(self) -> str:
        """The name, label or text of the element; its id or selector without one."""
        keys = ("name", "label", "text", "placeholder", "title", "alt", "test_id", "css")
        return next((str(self.target[key]) for key in keys if key in self.target), "")

    def is_same_element(self, other: RecordedAction) -> bool:
        """Tell whether another action has the same element."""
        mine = (self.target, self.frames, self.window)
        return bool(self.target) and mine == (other.target, other.frames, other.window)

    def with_value(self, value: str) -> RecordedAction:
        return replace(self, value=value)


@dataclass(frozen=True, slots=True)
class Recording:
    """The recorded actions in order, and the URL of the last page."""

    actions: tuple[RecordedAction, ...]
    ended_at: str
    title: str = ""
