"""The scenario language as values. Nothing after the loader sees YAML.

Durations are milliseconds. Text that may hold variables is a Template until a step is played.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from validator.document import Document, Location
from validator.options import PageOptions
from validator.scenario.actions import Evaluate as Evaluate
from validator.scenario.actions import GoBack as GoBack
from validator.scenario.actions import Reload as Reload
from validator.scenario.actions import SaveStorageState as SaveStorageState
from validator.scenario.actions import Scroll as Scroll
from validator.scenario.actions import SetCookie as SetCookie
from validator.scenario.actions import Upload as Upload
from validator.scenario.condition import Condition
from validator.scenario.payment_model import NO_LIMITS, Case, Limits, OrderSource
from validator.scenario.payment_model import Payment as Payment
from validator.scenario.template import Consent as Consent
from validator.scenario.template import Locator as Locator
from validator.scenario.template import Saved as Saved
from validator.scenario.template import Secret as Secret
from validator.scenario.template import Template as Template
from validator.scenario.template import UnsavedVariable as UnsavedVariable
from validator.scenario.verification import Verification
from validator.scenario.walk import each_step
from validator.settings import AS_GRADED, Settings


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
    page: PageOptions = field(default_factory=PageOptions)
    device_place: Location | None = None
    """Where the device is named: only the browser knows them all."""
    consent: tuple[Consent, ...] = ()
    """What is clicked whenever it stands in the way of a step, such as a cookie banner's button."""
    connectif: Literal["block", "observe", "allow"] = "block"
    secrets: tuple[Secret, ...] = ()
    matrix: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The values of this instance, which its name ends with; none without a matrix."""
    seed: int | None = None
    """What its made-up values are made of; None where it has none."""
    rules: Settings = AS_GRADED
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Tag → the file of the shop's own schema."""
    limits: Limits = NO_LIMITS
    orders: OrderSource | None = None
    case: Case | None = None
    verify: Verification | None = None

    @property
    def places_order(self) -> bool:
        """Whether something is pressed on the way: a page that is merely opened is old news."""
        return any(map(_presses, each_step(self.steps)))


def _presses(step: Step) -> bool:
    return isinstance(step.action, Click | Press | Payment | Popup)
