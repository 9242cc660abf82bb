"""Texts whose variables are resolved while the scenario is played, and locators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret value. Its text is ``<secret NAME>``."""

    name: str
    value: str = field(repr=False)

    def __str__(self) -> str:
        return f"<secret {self.name}>"


@dataclass(frozen=True, slots=True)
class SavedReference:
    """A reference to a variable that a step saves while the scenario is played."""

    name: str


class UnsavedVariable(Exception):  # noqa: N818 - reported as a Breakdown
    """A variable was used that an optional, skipped step should have saved."""

    def __init__(self, name: str) -> None:
        super().__init__(f"${{{name}}} was not saved: the optional step that saves it was skipped")


def _look_up_saved(name: str, saved: Mapping[str, str]) -> str:
    if name not in saved:
        raise UnsavedVariable(name)
    return saved[name]


@dataclass(frozen=True, slots=True)
class Template:
    """A text in parts. Secrets are parts of their own, so that they can be hidden."""

    parts: tuple[str | Secret | SavedReference, ...]

    def __str__(self) -> str:
        return "".join(
            f"${{{p.name}}}" if isinstance(p, SavedReference) else str(p) for p in self.parts
        )

    def render(self, saved: Mapping[str, str]) -> str:
        """Return the text. Raises UnsavedVariable for a variable that no step has saved."""
        return "".join(
            part.value
            if isinstance(part, Secret)
            else _look_up_saved(part.name, saved)
            if isinstance(part, SavedReference)
            else part
            for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Locator:
    """How to find an element, in Playwright's terms.

    ``by`` is "role", "label", "placeholder", "text", "test_id", "title", "alt", "css", or
    "selector" (any Playwright selector, from the string shorthand).
    """

    by: Literal[
        "role", "label", "placeholder", "text", "test_id", "title", "alt", "css", "selector"
    ]
    value: Template
    name: Template | None = None
    """The accessible name, with ``role``."""
    exact: bool = False
    nth: int | None = None
    within: Locator | None = None
    """The element to look inside of, or what stands beside the element: see ``is_beside``."""

    @property
    def is_beside(self) -> bool:
        """Whether it finds what names a part of a page, as a heading does, and not the part."""
        is_heading = self.by == "role" and str(self.value) in {"heading", "img"}
        return is_heading or self.by in {"text", "label", "alt", "title", "placeholder"}

    def __str__(self) -> str:
        name = f" name={str(self.name)!r}" if self.name else ""
        nth = f" nth={self.nth}" if self.nth is not None else ""
        within = f" within ({self.within})" if self.within else ""
        return f"{self.by}={self.value}{name}{nth}{within}"


@dataclass(frozen=True, slots=True)
class ConsentButton:
    """A button that is clicked whenever it blocks a step."""

    target: Locator
    frame: Locator | None = None
    """The iframe that it is in."""
