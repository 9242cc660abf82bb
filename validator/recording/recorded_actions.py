"""What was done in a browser, as both kinds of recording are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

Target: TypeAlias = "Mapping[str, str | int | bool]"
"""A locator in the words of the scenario language: ``{"role": "button", "name": "Pay"}``."""
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
    """One thing that was done.

    ``value`` is what was typed, chosen or pressed, or the address that was gone to. ``url`` is
    the page it was done on, and ``window`` tells its window from others. ``frames`` are the
    iframes the element is in, the outermost first.
    """

    kind: ActionKind
    target: Target = field(default_factory=lambda: NO_TARGET)
    value: str = ""
    url: str = ""
    window: str = ""
    frames: tuple[Target, ...] = ()

    @property
    def element_name(self) -> str:
        """What people call the element: its name, label or text."""
        keys = ("name", "label", "text", "placeholder", "title", "alt", "test_id", "css")
        return next((str(self.target[key]) for key in keys if key in self.target), "")

    def is_same_element(self, other: RecordedAction) -> bool:
        """Tell whether another action was done to the same element."""
        mine = (self.target, self.frames, self.window)
        return bool(self.target) and mine == (other.target, other.frames, other.window)

    def with_value(self, value: str) -> RecordedAction:
        return replace(self, value=value)


@dataclass(frozen=True, slots=True)
class Recording:
    """All that was done, in order, and the address of the page where it ended."""

    actions: tuple[RecordedAction, ...]
    ended_at: str
    title: str = ""
