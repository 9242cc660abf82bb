"""The actions of the scenario language, what each kind can do, and the step that carries one.

Durations are milliseconds. Text that may hold variables is a Template until a step is played.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeAlias

from validator.core.capture import UNPAID_OUTCOMES
from validator.core.document import Location
from validator.scenario.model.condition import Condition
from validator.scenario.model.payment import PaymentOutcome, UrlOrCommand
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Locator, Template

ElementState: TypeAlias = Literal[
    "visible", "hidden", "attached", "detached", "enabled", "disabled"
]

FIELD_ROLES = frozenset({"textbox", "searchbox", "spinbutton", "combobox"})
LIST_ROLES = frozenset({"combobox", "listbox"})
CHECKABLE_ROLES = frozenset({"checkbox", "radio", "switch"})
PRESSABLE_ROLES = CHECKABLE_ROLES | {"button", "link", "tab", "menuitem", "option"}


@dataclass(frozen=True, slots=True)
class Traits:
    """What a kind of action can do. The traits that safety depends on have no default."""

    kind: str
    """The key of the step in a scenario."""
    _: KW_ONLY
    presses: bool
    """Whether the customer presses something: the last such step places the order by default."""
    may_navigate: bool
    """Whether the step itself may lead to another page. Inner steps answer for themselves."""
    can_place_order: bool
    """Whether the step itself may place the order. True is the safe answer: where nothing is
    pressed, the first such step places the order by default."""
    urls: tuple[str, ...]
    """Fields with a URL, or its glob, of a page that the browser is to open or to show."""
    typed: tuple[str, ...]
    """Fields with text that is typed into the page."""
    selectors: tuple[str, ...] = ()
    """Keys in the scenario whose plain text is a selector.

    The empty key is the step's own value, ``*`` is any key in it, and ``a/b`` is a key in a key.
    """
    target_roles: frozenset[str] = frozenset()
    """ARIA roles of the elements that the action is made for; empty for any role."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a step does. A class without ``traits`` of its own cannot be defined."""

    traits: ClassVar[Traits]

    def __init_subclass__(cls) -> None:
        if "traits" not in vars(cls):
            raise TypeError(f"{cls.__name__} has no traits: state them in {__name__}")

    @property
    def locators(self) -> tuple[Locator, ...]:
        """The elements that the step needs on its page; an optional step waits for all of them."""
        return tuple(value for value in _walk_values(self) if isinstance(value, Locator))

    @property
    def inner_steps(self) -> tuple[Step, ...]:
        """The steps directly inside of this one, in the order in which they are played."""
        return tuple(value for value in _walk_values(self) if isinstance(value, Step))

    def replace_inner_steps(self, steps: Iterable[Step]) -> Self:
        """Return this action with other inner steps, as many as it has."""
        remaining = iter(steps)
        changes: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Step):
                changes[field.name] = next(remaining)
            elif isinstance(value, tuple) and any(isinstance(each, Step) for each in value):
                changes[field.name] = tuple(islice(remaining, len(value)))
        return replace(self, **changes)

    @property
    def urls(self) -> tuple[Template, ...]:
        """The URLs, or their globs, of the pages that the step opens or waits for."""
        return self._templates(self.traits.urls)

    @property
    def typed_values(self) -> tuple[Template, ...]:
        """The texts that the step types into the page."""
        return self._templates(self.traits.typed)

    @property
    def saved_state(self) -> Path | None:
        """The file in which the step saves the storage state, if it does."""
        return None

    @property
    def default_title(self) -> str:
        """What reports call a step without a name: ``click role=button name='Pay'``."""
        return f"{self.traits.kind} {self._subject()}".rstrip()

    def _subject(self) -> str:
        """Return what the title says after the kind: the first field that has a value."""
        values = (getattr(self, field.name) for field in fields(self))
        return next((str(value) for value in values if value), "")

    def _templates(self, names: Iterable[str]) -> tuple[Template, ...]:
        values = (getattr(self, name) for name in names)
        return tuple(value for value in values if isinstance(value, Template))


def _walk_values(value: object) -> Iterator[object]:
    """Yield the values of an action's fields, and those in its tuples."""
    if isinstance(value, Action):
        for field in fields(value):
            yield from _walk_values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _walk_values(each)
    else:
        yield value


@dataclass(frozen=True, slots=True)
class Goto(Action):
    url: Template
    traits = Traits(
        "goto", presses=False, may_navigate=True, can_place_order=False, urls=("url",), typed=()
    )


@dataclass(frozen=True, slots=True)
class GoBack(Action):
    """Go to the previous page, as the browser's button does."""

    traits = Traits(
        "go_back", presses=False, may_navigate=True, can_place_order=False, urls=(), typed=()
    )


@dataclass(frozen=True, slots=True)
class Reload(Action):
    """Load the page again."""

    traits = Traits(
        "reload", presses=False, may_navigate=True, can_place_order=False, urls=(), typed=()
    )


@dataclass(frozen=True, slots=True)
class Click(Action):
    target: Locator
    traits = Traits(
        "click",
        presses=True,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        selectors=("",),
        target_roles=PRESSABLE_ROLES,
    )


@dataclass(frozen=True, slots=True)
class DoubleClick(Action):
    target: Locator
    traits = Traits(
        "double_click",
        presses=True,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        selectors=("",),
        target_roles=PRESSABLE_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Fill(Action):
    """Replace the content of a field. A page may submit a form once a code is complete."""

    target: Locator
    value: Template
    traits = Traits(
        "fill",
        presses=False,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=("value",),
        target_roles=FIELD_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Type(Action):
    """Type key by key, for pages that listen to keys."""

    target: Locator
    value: Template
    traits = Traits(
        "type",
        presses=False,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=("value",),
        target_roles=FIELD_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Clear(Action):
    """Empty a field."""

    target: Locator
    traits = Traits(
        "clear",
        presses=False,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        selectors=("",),
        target_roles=FIELD_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Select(Action):
    """Choose an option of a <select> by its label or its value."""

    target: Locator
    option: Template
    traits = Traits(
        "select",
        presses=False,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        target_roles=LIST_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Check(Action):
    target: Locator
    traits = Traits(
        "check",
        presses=False,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        selectors=("",),
        target_roles=CHECKABLE_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Uncheck(Action):
    target: Locator
    traits = Traits(
        "uncheck",
        presses=False,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        selectors=("",),
        target_roles=CHECKABLE_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Press(Action):
    """Press a key, on an element or on the page."""

    key: Template
    target: Locator | None = None
    traits = Traits(
        "press",
        presses=True,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        target_roles=PRESSABLE_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Hover(Action):
    target: Locator
    traits = Traits(
        "hover",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=(),
        typed=(),
        selectors=("",),
        target_roles=PRESSABLE_ROLES,
    )


@dataclass(frozen=True, slots=True)
class Drag(Action):
    """Drag an element onto another one, such as a slider that confirms the order."""

    source: Locator
    target: Locator
    traits = Traits(
        "drag",
        presses=True,
        may_navigate=True,
        can_place_order=True,
        urls=(),
        typed=(),
        selectors=("source", "target"),
    )

    def _subject(self) -> str:
        return f"{self.source} to {self.target}"


@dataclass(frozen=True, slots=True)
class Upload(Action):
    """Choose files in a file field."""

    target: Locator
    files: tuple[Path, ...]
    traits = Traits(
        "upload", presses=False, may_navigate=True, can_place_order=True, urls=(), typed=()
    )


@dataclass(frozen=True, slots=True)
class Scroll(Action):
    """Scroll to an end of the page, or to an element; one of the two is given."""

    to: Literal["top", "bottom"] | None = None
    target: Locator | None = None
    traits = Traits(
        "scroll",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=(),
        typed=(),
        selectors=("",),
    )


@dataclass(frozen=True, slots=True)
class WaitFor(Action):
    """Wait for a page URL (glob), or for an element's state or the value of its field."""

    url: Template | None = None
    target: Locator | None = None
    state: ElementState = "visible"
    field_value: Template | None = None
    traits = Traits(
        "wait_for",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=("url",),
        typed=(),
        selectors=("",),
    )


@dataclass(frozen=True, slots=True)
class Expect(Action):
    """Require a visible element, with ``text`` in it if given, or a page URL (glob)."""

    target: Locator | None = None
    text: Template | None = None
    url: Template | None = None
    traits = Traits(
        "expect",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=("url",),
        typed=(),
        selectors=("",),
    )


@dataclass(frozen=True, slots=True)
class ExpectTag(Action):
    """Wait until the page has the expected tag, or none of it."""

    expectation: TagExpectation
    traits = Traits(
        "expect_tag", presses=False, may_navigate=False, can_place_order=False, urls=(), typed=()
    )

    def _subject(self) -> str:
        return f"{'no ' * (self.expectation.count == 0)}{self.expectation.tag}"


@dataclass(frozen=True, slots=True)
class Save(Action):
    """Save the trimmed inner text of elements, each in a variable."""

    variables: tuple[tuple[str, Locator], ...]
    traits = Traits(
        "save",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=(),
        typed=(),
        selectors=("*",),
    )

    def _subject(self) -> str:
        return ", ".join(name for name, _ in self.variables)


@dataclass(frozen=True, slots=True)
class SetCookie(Action):
    """Set a cookie for the site of ``url``; without it, for the site of the page."""

    name: str
    value: Template
    url: Template | None = None
    traits = Traits(
        "set_cookie", presses=False, may_navigate=False, can_place_order=False, urls=(), typed=()
    )


@dataclass(frozen=True, slots=True)
class SaveStorageState(Action):
    """Save cookies and local storage in a file, for scenarios that begin with them."""

    path: Path
    traits = Traits(
        "save_storage_state",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=(),
        typed=(),
    )

    @property
    def saved_state(self) -> Path | None:
        return self.path


@dataclass(frozen=True, slots=True)
class Evaluate(Action):
    """Run JavaScript in the page, and save its value as text in a variable, if one is named."""

    script: Template
    save: str = ""
    traits = Traits(
        "evaluate", presses=False, may_navigate=True, can_place_order=True, urls=(), typed=()
    )

    def _subject(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Screenshot(Action):
    """Take a screenshot. ``title`` names the file; without it, the step's number does."""

    title: str = ""
    traits = Traits(
        "screenshot", presses=False, may_navigate=False, can_place_order=False, urls=(), typed=()
    )


@dataclass(frozen=True, slots=True)
class Frame(Action):
    """Play steps inside the iframe that ``target`` finds."""

    target: Locator
    steps: tuple[Step, ...]
    traits = Traits(
        "frame", presses=False, may_navigate=False, can_place_order=False, urls=(), typed=()
    )


@dataclass(frozen=True, slots=True)
class Popup(Action):
    """Play steps in the window that the step ``opens`` opens."""

    opens: Step
    steps: tuple[Step, ...]
    traits = Traits(
        "popup", presses=False, may_navigate=False, can_place_order=False, urls=(), typed=()
    )

    def _subject(self) -> str:
        return f"opened by {self.opens.title}"


@dataclass(frozen=True, slots=True)
class Payment(Action):
    """Visit a payment page on another origin, and return to the shop.

    ``click`` is what the customer must press to return. ``settles_within`` is how long a pending
    payment may take until it is paid. ``cancel`` is what a customer presses who does not want to
    pay. ``notification`` has the bank's message sent to the shop.
    """

    at: Template
    steps: tuple[Step, ...] = ()
    click: Locator | None = None
    within: float = 10_000.0
    outcome: PaymentOutcome = "paid"
    settles_within: float = 30_000.0
    cancel: Locator | None = None
    notification: UrlOrCommand | None = None
    traits = Traits(
        "payment",
        presses=False,
        may_navigate=False,
        can_place_order=False,
        urls=("at",),
        typed=(),
        selectors=("cancel", "return/click"),
    )

    @property
    def locators(self) -> tuple[Locator, ...]:
        """None: ``click`` and ``cancel`` are on the payment page, not where the step begins."""
        return ()

    @property
    def is_paid(self) -> bool:
        """Whether a purchase is expected in the end."""
        return self.outcome not in UNPAID_OUTCOMES


ACTIONS: tuple[type[Action], ...] = (
    Goto,
    GoBack,
    Reload,
    Click,
    DoubleClick,
    Fill,
    Type,
    Clear,
    Select,
    Check,
    Uncheck,
    Press,
    Hover,
    Drag,
    Upload,
    Scroll,
    WaitFor,
    Expect,
    ExpectTag,
    Save,
    SetCookie,
    SaveStorageState,
    Evaluate,
    Screenshot,
    Frame,
    Popup,
    Payment,
)
"""Every kind of action, in the order of the documentation."""


@dataclass(frozen=True, slots=True)
class Step:
    """One action with what any step may carry. ``timeout`` None means the scenario's."""

    action: Action
    location: Location
    title: str
    """The step's ``name``, or the action's default title."""
    optional: bool = False
    timeout: float | None = None
    when: tuple[Condition, ...] = ()
    """The step is played where all of them hold. Conditions of its includes are among them."""
    places_order: bool = False
    """Whether the step places the order."""
    commits: bool = False
    """Whether an order may exist once the step has begun: the scenario is then not played again."""

    @property
    def payment(self) -> Payment | None:
        """The visit to a payment page that this step is, if it is one."""
        return self.action if isinstance(self.action, Payment) else None
