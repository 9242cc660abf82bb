"""The scenario language as values. Nothing after the loader sees YAML.

Durations are milliseconds. Text that may hold variables is a Template until a step is played.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from validator.document import Document, Location
from validator.scenario.verification import Verification
from validator.settings import AS_GRADED, Settings


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that never prints."""

    name: str
    value: str = field(repr=False)

    def __str__(self) -> str:
        return f"<secret {self.name}>"


@dataclass(frozen=True, slots=True)
class Saved:
    """A reference to a variable that a ``save`` step fills while the scenario runs."""

    name: str


class UnsavedVariable(Exception):  # noqa: N818 - of a journey, told as a Breakdown
    """A variable is used whose ``save`` was skipped, as an optional step may be."""

    def __init__(self, name: str) -> None:
        super().__init__(f"${{{name}}} was not saved: the optional step that saves it was skipped")


def _saved(name: str, saved: Mapping[str, str]) -> str:
    if name not in saved:
        raise UnsavedVariable(name)
    return saved[name]


@dataclass(frozen=True, slots=True)
class Template:
    """Text with what is only known later: secrets (kept apart so they can be hidden), saves."""

    parts: tuple[str | Secret | Saved, ...]

    def __str__(self) -> str:
        return "".join(f"${{{p.name}}}" if isinstance(p, Saved) else str(p) for p in self.parts)

    def render(self, saved: Mapping[str, str]) -> str:
        """Fill in everything. Raises UnsavedVariable for one that no step has saved."""
        return "".join(
            part.value
            if isinstance(part, Secret)
            else _saved(part.name, saved)
            if isinstance(part, Saved)
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

    def __str__(self) -> str:
        name = f" name={str(self.name)!r}" if self.name else ""
        nth = f" nth={self.nth}" if self.nth is not None else ""
        return f"{self.by}={self.value}{name}{nth}"


@dataclass(frozen=True, slots=True)
class Goto:
    url: Template


@dataclass(frozen=True, slots=True)
class Click:
    target: Locator


@dataclass(frozen=True, slots=True)
class Fill:
    target: Locator
    value: Template


@dataclass(frozen=True, slots=True)
class Type:
    """Key by key, for pages that listen to keys."""

    target: Locator
    value: Template


@dataclass(frozen=True, slots=True)
class Select:
    """Choose an option of a <select> by its label or its value."""

    target: Locator
    option: Template


@dataclass(frozen=True, slots=True)
class Check:
    target: Locator


@dataclass(frozen=True, slots=True)
class Uncheck:
    target: Locator


@dataclass(frozen=True, slots=True)
class Press:
    key: Template
    target: Locator | None = None


@dataclass(frozen=True, slots=True)
class Hover:
    target: Locator


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Wait for a page URL (glob) or for an element's state; one of the two is given."""

    url: Template | None = None
    target: Locator | None = None
    state: Literal["visible", "hidden", "attached", "detached"] = "visible"


@dataclass(frozen=True, slots=True)
class Expect:
    """The journey is where it should be: an element is visible, and says this, or the URL fits."""

    target: Locator | None = None
    text: Template | None = None
    url: Template | None = None


@dataclass(frozen=True, slots=True)
class ExpectTag:
    """By now the page has a tag that says this; or it has none."""

    expectation: TagExpectation


@dataclass(frozen=True, slots=True)
class Save:
    """The trimmed inner text of elements, each into a variable."""

    variables: tuple[tuple[str, Locator], ...]


@dataclass(frozen=True, slots=True)
class Screenshot:
    """``title`` names the file; empty: the step's number does."""

    title: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Steps inside the iframe that ``target`` finds."""

    target: Locator
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Popup:
    """Steps in the window that the step ``opens`` opens."""

    opens: Step
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """Another origin, and back. ``click`` is what the customer must press to come back."""

    at: Template
    steps: tuple[Step, ...]
    click: Locator | None = None
    within: float = 10_000.0


Action: TypeAlias = (
    Goto
    | Click
    | Fill
    | Type
    | Select
    | Check
    | Uncheck
    | Press
    | Hover
    | WaitFor
    | Expect
    | ExpectTag
    | Save
    | Screenshot
    | Frame
    | Popup
    | Payment
)


@dataclass(frozen=True, slots=True)
class Step:
    """One action with what any step may carry. ``timeout`` None means the scenario's."""

    action: Action
    location: Location
    title: str
    """The step's ``name``, or how a person would say it: ``click role=button name='Pay'``."""
    optional: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The proof of arrival: the page's URL (glob), an element on it, or both."""

    location: Location
    url: Template | None = None
    target: Locator | None = None


@dataclass(frozen=True, slots=True)
class TagExpectation:
    """``count`` valid tags (None: one or more) within ``within``, with ``values`` by field."""

    tag: str = "cn_purchase"
    count: int | None = 1
    within: float = 5_000.0
    values: Mapping[str, Template] = field(default_factory=lambda: MappingProxyType({}))
    locations: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """Field → the scenario's line that expects it; "" → the expectation itself."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, one checkout. ``secrets`` are all its values that must never be shown."""

    name: str
    document: Document
    location: Location
    steps: tuple[Step, ...]
    expect: TagExpectation
    confirmation: Confirmation | None = None
    base_url: str | None = None
    labels: tuple[str, ...] = ()
    timeout: float = 15_000.0
    device: str | None = None
    locale: str | None = None
    connectif: Literal["block", "observe", "allow"] = "block"
    secrets: tuple[Secret, ...] = ()
    login: tuple[str, str] | None = field(default=None, repr=False)
    """User and password that stood in the base URL: for its origin alone."""
    rules: Settings = AS_GRADED
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Tag → the file of the shop's own schema."""
    verify: Verification | None = None

    @property
    def places_order(self) -> bool:
        """Whether something is pressed on the way: a page that is merely opened is old news."""
        return any(map(_presses, self.steps))


def _presses(step: Step) -> bool:
    if isinstance(step.action, Frame):
        return any(map(_presses, step.action.steps))
    return isinstance(step.action, Click | Press | Payment | Popup)
