"""Where a scenario is while it is played."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from playwright.async_api import (
    ConsoleMessage,
    Dialog,
    Error,
    Frame,
    Page,
    Response,
)
from playwright.async_api import Locator as PageLocator

from validator.browser.capture.snapshot import PageUnresponsive
from validator.browser.locators import LOCATOR_FACTORIES, LocatorScope
from validator.browser.network.navigation_log import NavigationLog
from validator.browser.network.navigation_signal import NavigationSignal
from validator.browser.page_values import page_text
from validator.browser.pulse import PageLost, wait_while_alive
from validator.core.capture import (
    UNPAID_OUTCOMES,
    Breakdown,
    Navigation,
    PaymentVisit,
    Reason,
    SentEvent,
    StepTiming,
    TagCheckpoint,
    hint_for_status,
    reason_for_status,
)
from validator.core.crashes import internal_errors
from validator.core.document import Location
from validator.core.errors import InternalError
from validator.core.url_globs import describe_parting, matches_glob
from validator.core.urls import is_web_url, parse_origin, shorten_url
from validator.scenario.model.actions import Payment, Step
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Locator

# The invisible kinds stand on many pages and stop nobody.
CAPTCHA = re.compile(
    r"/recaptcha/\w+/anchor\?(?!.*size=invisible)"
    r"|hcaptcha\.com/.*frame=checkbox(?!-invisible)"
    r"|challenges\.cloudflare\.com/"
)
CAPTCHA_HINT = "have the staging shop let test browsers through; captchas are not solved here"


MAX_CONSOLE_ERRORS = 20
MAX_CONSOLE_CHARS = 500
MAX_HEADER_CHARS = 200

T = TypeVar("T")


class JourneyError(Exception):
    """A step could not be played. ``breakdown`` says why, in words for the author."""

    def __init__(self, breakdown: Breakdown) -> None:
        self.breakdown = breakdown
        super().__init__(breakdown.message)


class LeftAtPayment(Exception):  # noqa: N818 - a finding, not an error: the journey ends here
    """The payment page took the money and did not bring the customer back."""


class Debugger(Protocol):
    """Steps through a journey for a person who watches."""

    async def before(self, journey: Journey, step: Step) -> bool:
        """Return whether to play the step: False skips it."""
        ...

    async def failed(self, journey: Journey, broke: JourneyError) -> None: ...


@dataclass(slots=True)
class DocumentResponse:
    """The last document of a page's main frame. ``count`` grows with each: an endless reload."""

    status: int | None = None
    content_type: str | None = None
    count: int = 0


class KnownShop(Protocol):
    """The pages of the shop: those a customer may come back to from the payment page."""

    @property
    def origins(self) -> frozenset[str]: ...

    def __contains__(self, url: str) -> bool: ...


class PaymentCase(Protocol):
    """What a fault or an ending does while a payment is played."""

    @property
    def patience(self) -> float:
        """How much longer the way back may take, in milliseconds."""
        ...

    @property
    def holds_return(self) -> bool:
        """Whether it holds up or loses the way back."""
        ...

    def applies_to(self, payment: Payment) -> bool: ...
    async def at_payment(self, shop: KnownShop) -> None: ...
    def clicked_twice(self) -> None: ...
    async def after_paying(self) -> None: ...
    async def when_back(self) -> None: ...


@dataclass(slots=True)
class Journey:
    """The state of one scenario in one context. ``scope`` is the page, or the frame steps act in.

    ``typed_secrets`` are fields that hold a secret: hidden in screenshots. ``typed`` are the texts
    that were typed into them, and other keys that evidence must not show.
    """

    scenario: Scenario
    page: Page
    scope: LocatorScope
    on_step: Callable[[str], None]
    await_tag: Callable[[Page, TagCheckpoint], Awaitable[TagCheckpoint]]
    folder: Path | None = None
    """Where this scenario's evidence goes; None keeps none."""
    saved: dict[str, str] = field(default_factory=dict)
    timings: list[StepTiming] = field(default_factory=list)
    payments: list[PaymentVisit] = field(default_factory=list)
    stops: list[TagCheckpoint] = field(default_factory=list)
    secret_fields: list[PageLocator] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    has_video: bool = False
    screenshots: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be found out or kept, and why."""
    answers: dict[Page, DocumentResponse] = field(default_factory=dict)
    asked: str = ""
    """The address the last ``goto`` asked for."""
    home: set[str] = field(default_factory=set)
    """The shop's origins: where steps outside of a payment began."""
    is_paying: bool = False
    decided: dict[int, bool] = field(default_factory=dict)
    """``id`` of a condition → whether it holds; each is asked once."""
    payment_origin: str = ""
    """The origin of the payment page that was last gone to."""
    order_placed: bool = False
    """Whether a step that can create an order has begun."""
    _reserved_orders: int = 0
    _paid_orders: int = 0
    left_pages: dict[str, None] = field(default_factory=dict)
    """URLs of pages at which a step began that may have led on, before an order was placed."""
    now: Step | None = None
    """The step that is being played."""
    find_order_refusal: Callable[[Scenario], str] = lambda _scenario: ""
    """Called before a step places an order; says why it must not, or nothing."""
    sent: Callable[[], tuple[SentEvent, ...]] = tuple
    """What was sent to Connectif so far."""
    double_click: bool = False
    """Whether the customer clicks twice to pay."""
    case: PaymentCase | None = None
    windows: NavigationSignal = field(default_factory=NavigationSignal)
    hops: NavigationLog = field(default_factory=NavigationLog)
    debugger: Debugger | None = None
    """Who is asked before each step, and told of the one that fails."""

    def watch(self, page: Page) -> None:
        """Note what a page answers and complains of, from now on."""
        if page in self.answers:
            return
        answer = self.answers[page] = DocumentResponse(self.hops.last_status(page.url))

        def on_response(response: Response) -> None:
            request = response.request
            if request.is_navigation_request() and response.frame == page.main_frame:
                answer.status = response.status
                kind = response.headers.get("content-type")
                answer.content_type = page_text(kind, MAX_HEADER_CHARS)
                answer.count += 1

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self._note_console_error(message.text)

        async def on_dialog(dialog: Dialog) -> None:
            said = page_text(dialog.message, MAX_CONSOLE_CHARS)
            self._note_console_error(f"{dialog.type}() was dismissed: {said}")
            with suppress(Error):  # the page may have gone on without an answer
                await dialog.dismiss()

        page.on("response", on_response)
        page.on("console", on_console)
        page.on("dialog", on_dialog)
        page.on("pageerror", lambda error: self._note_console_error(str(error)))

    def _note_console_error(self, text: str) -> None:
        if len(self.console_errors) < MAX_CONSOLE_ERRORS:
            self.console_errors.append(page_text(text, MAX_CONSOLE_CHARS))

    def matches(self, glob: str, url: str) -> bool:
        """Tell whether a glob matches a URL; one that begins with a path is of the shop."""
        return matches_glob(glob, url, self.scenario.base_url)

    def describe_parting(self, glob: str) -> str:
        """Say where a glob and the URL of the page part."""
        return describe_parting(glob, shorten_url(self.page.url), self.scenario.base_url)

    def note_left_page(self) -> None:
        """Note a page on the way to the order: it is not the page that confirms it."""
        if is_web_url(self.page.url) and not self._paid_orders and not self.is_paying:
            self.left_pages[self.page.url] = None

    def evidence_path(self, name: str) -> Path | None:
        """Return where a file of that name goes; whatever the name says, it is in the folder."""
        if self.folder is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / re.sub(r"[^\w.-]+", "-", name).lstrip(".")

    @property
    def is_abandoned(self) -> bool:
        """Whether the customer has closed the tab at the payment page."""
        return bool(self.payments) and self.payments[-1].outcome == "abandoned"

    @property
    def is_kept_at_payment(self) -> bool:
        """Whether a customer who has not paid is still at the payment page."""
        is_unpaid = bool(self.payments) and self.payments[-1].outcome in UNPAID_OUTCOMES
        return is_unpaid and parse_origin(self.page.url) == self.payment_origin

    @property
    def url(self) -> str:
        """The page's address; empty before the first page."""
        return "" if self.page.url == "about:blank" else self.page.url

    def timeout(self, step: Step) -> float:
        return self.scenario.timeout if step.timeout is None else step.timeout

    def find(self, locator: Locator) -> PageLocator:
        """Turn a locator of the language into Playwright's, within the current scope."""
        if isinstance(self.scope, Frame) and self.scope.is_detached():
            # Payment forms put their iframe in anew; where none is, the page around it is meant.
            self.scope = self._frame_of(self.payment_origin) or self.page
        scope = self.scope if locator.within is None else self._find_part(locator, locator.within)
        found = self._look_in(scope, locator)
        return found if locator.nth is None else found.nth(locator.nth)

    def _look_in(self, scope: LocatorScope, locator: Locator) -> PageLocator:
        value, name = locator.value.render(self.saved), None
        if locator.name is not None:
            name = locator.name.render(self.saved)
        return LOCATOR_FACTORIES[locator.by](scope, value, name, locator.exact)

    def _find_part(self, locator: Locator, within: Locator) -> PageLocator:
        """Return the part of the page that ``within`` is or names, as a heading does."""
        named = self.find(within)
        if not within.is_beside:
            return named
        # A locator in a filter begins at the element that is filtered, not at an iframe.
        start = self.scope if isinstance(self.scope, Page | Frame) else self.page
        inside = self._look_in(start, locator)
        # The ancestors are in the order of the document: the last one is the smallest.
        return named.locator("xpath=ancestor::*").filter(has=inside).last

    def _frame_of(self, origin: str) -> Frame | None:
        return next((f for f in self.page.frames if parse_origin(f.url) == origin), None)

    def is_at_last(self, steps: tuple[Step, ...]) -> bool:
        """Tell whether the step that was played last is the last of some steps."""
        return bool(steps and self.timings) and self.timings[-1].location == steps[-1].location

    def broke(
        self, reason: Reason, message: str, location: Location | None, hint: str = ""
    ) -> JourneyError:
        return JourneyError(
            self.with_progress(Breakdown(reason, message, location, self.url, hint))
        )

    def with_progress(self, breakdown: Breakdown) -> Breakdown:
        """Add what was seen until then. Where a purchase was sent, an order is placed."""
        nothing: tuple[SentEvent, ...] = ()
        events = self._gathered("what was sent to Connectif", self.sent, nothing)
        is_sent = any(event.type == "purchase" for event in events)
        no_hops: tuple[Navigation, ...] = ()
        return replace(
            breakdown,
            steps=tuple(self.timings),
            stops=tuple(self.stops),
            payments=tuple(self.payments),
            hops=self._gathered("the way to the payment page", self.hops.hops, no_hops),
            saved=dict(self.saved),
            order_placed=self.order_placed or is_sent,
        )

    def _gathered(self, what: str, gather: Callable[[], T], otherwise: T) -> T:
        """Return what explains a breakdown; a bug in it costs the explanation, not the result."""
        try:
            with internal_errors(what):
                return gather()
        except InternalError as error:
            self.note_failure(what, error)
            return otherwise

    def note_failure(self, what: str, error: InternalError) -> None:
        """Note what a bug has kept from being found out."""
        self.notes.append(f"{what} is missing: {error}; {error.hint}")

    def build_step_error(self, step: Step, message: str, hint: str = "") -> JourneyError:
        """Say that a step failed; a page that answered with an error explains it better."""
        message = f"{step.title}: {message}"
        status = self.answer.status
        if status is not None and (reason := reason_for_status(status)):
            because = (
                f"{shorten_url(self.page.url)} answered HTTP {status}, so this could not be played"
            )
            hint = hint_for_status(status)
            return self.broke(reason, f"{because}: {message}", step.location, hint)
        if any(CAPTCHA.search(frame.url) for frame in self.page.frames):
            because = "a captcha stands in the way"
            return self.broke(Reason.BLOCKED, f"{because}: {message}", step.location, CAPTCHA_HINT)
        return self.broke(Reason.STEP_FAILED, message, step.location, hint)

    def find_http_error(self, what: str, location: Location | None) -> JourneyError | None:
        """Say that the current document is an error page; None where it is not."""
        status = self.answer.status
        reason = None if status is None else reason_for_status(status)
        if status is None or reason is None:
            return None
        answer = f"{what}{shorten_url(self.page.url)} answered HTTP {status}"
        return self.broke(reason, answer, location, hint_for_status(status))

    def commit(self, step: Step) -> None:
        """Note that an order may exist from here on. Raises JourneyError where it must not.

        The step that creates an order and the one that pays it are about the same order.
        """
        self._paid_orders += step.places_order
        if self._reserved_orders >= max(self._paid_orders, 1):
            return
        if because := self.find_order_refusal(self.scenario):
            raise self.broke(
                Reason.REFUSED,
                f"{step.title} was not played, for it places an order: {because}",
                step.location,
                "raise the limit, or run fewer scenarios",
            )
        self._reserved_orders += 1
        self.order_placed = True

    def build_loss_error(self) -> JourneyError:
        """Say that the page or the browser is gone, which says nothing of the shop."""
        title = f"{self.now.title}: " if self.now else ""
        place = self.now.location if self.now else self.scenario.location
        message = f"{title}the page or the browser closed or crashed"
        return self.broke(Reason.BROWSER, message, place)

    async def until(self, look: Callable[[], T | None], within_ms: float) -> T | None:
        """Return what ``look`` finds when a window has moved; None once the time is over.

        Raises JourneyError where the page crashes, or its browser exits or stops.
        """
        patience = self.scenario.timeout / 1000
        try:
            return await wait_while_alive(
                self.page, lambda ms: self.windows.until(look, ms), within_ms, patience
            )
        except PageLost as error:
            raise self.build_loss_error() from error

    @property
    def answer(self) -> DocumentResponse:
        """What the server answered to the page that steps are now about."""
        return self.answers[self.page]

    async def answered(self, question: Awaitable[T]) -> T:
        """Wait for what Playwright itself waits for without end: a page may never answer."""
        try:
            async with asyncio.timeout(self.scenario.timeout / 1000):
                return await question
        except TimeoutError as error:
            raise PageUnresponsive from error
