"""The actions of the scenario language, and the step that carries one of them.

Durations are milliseconds. Text that may hold variables is a Template until a step is played.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from validator.core.document import Location
from validator.scenario.model.condition import Condition
from validator.scenario.model.payment import Payment
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Locator, Template


@dataclass(frozen=True, slots=True)
class Goto:
    url: Template


@dataclass(frozen=True, slots=True)
class GoBack:
    """To the page before, as the browser's button does."""


@dataclass(frozen=True, slots=True)
class Reload:
    """The same page again."""


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
class Upload:
    """Choose files in a file field."""

    target: Locator
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Scroll:
    """To an end of the page, or until an element is in view; one of the two is given."""

    to: Literal["top", "bottom"] | None = None
    target: Locator | None = None


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
class SetCookie:
    """A cookie of the page's own site, or of ``url``'s."""

    name: str
    value: Template
    url: Template | None = None


@dataclass(frozen=True, slots=True)
class SaveStorageState:
    """Cookies and local storage into a file, for scenarios that begin where this one ends."""

    path: Path


@dataclass(frozen=True, slots=True)
class Evaluate:
    """JavaScript in the page; its value, as text, into a variable."""

    script: Template
    save: str = ""


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


Action: TypeAlias = (
    Goto
    | GoBack
    | Reload
    | Click
    | Fill
    | Type
    | Select
    | Check
    | Uncheck
    | Press
    | Hover
    | Upload
    | Scroll
    | WaitFor
    | Expect
    | ExpectTag
    | Save
    | SetCookie
    | SaveStorageState
    | Evaluate
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
    when: tuple[Condition, ...] = ()
    """Played where all of them hold; those of the includes that it came by are among them."""
    commit: bool = False
    """Whether it places the order: from then on it must not be played again."""
