"""What was seen on a page, as plain data that can be evaluated again without a browser.

A Capture is a page that was reached; a Breakdown says why a page was not reached. Times are
milliseconds since the navigation start of the document that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from validator.core.document import Json, Location


class Reason(StrEnum):
    """Why a page was not reached."""

    UNREACHABLE = "unreachable"
    HTTP_ERROR = "http-error"
    REDIRECT_LOOP = "redirect-loop"
    BLOCKED = "blocked"
    NOT_A_PAGE = "not-a-page"
    TIMEOUT = "timeout"
    STEP_FAILED = "step-failed"
    NOT_CONFIRMED = "confirmation-not-reached"
    BROWSER = "browser"
    REFUSED = "refused"
    """A limit of the scenario stopped it: its hosts, or its number of orders."""
    INTERRUPTED = "interrupted"
    """The process of the run ended while the order was being placed."""
    WORKER_LOST = "worker-lost"
    """The worker process that ran the scenario ended."""
    INTERNAL = "internal"
    """A bug of cn-validator."""


def reason_for_status(status: int) -> Reason | None:
    """Return what an HTTP status means for a run; None for one of a page, or a redirect.

    Chromium shows the body of an answer whose status does not exist, such as 0 or 999.
    https://www.rfc-editor.org/rfc/rfc9110#section-15
    """
    if 200 <= status < 400:
        return None
    return Reason.BLOCKED if status in (403, 429) else Reason.HTTP_ERROR


def hint_for_status(status: int) -> str:
    """Return what to do about an HTTP status that is none of a page."""
    if not 100 <= status < 600:
        return "fix the server: HTTP has no such status, so clients may refuse what it sends"
    if status == 401:
        return "give the user and password of the staging shop: --auth or CN_VALIDATOR_AUTH"
    if reason_for_status(status) is Reason.BLOCKED:
        return "let this machine or user agent through the shop's bot protection"
    return "open the page in a browser and fix it, or correct the address"


def describe_non_page(content_type: str | None, *, is_empty: bool) -> str:
    """Return why a response cannot be a page with a tag; "" where it can."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and kind not in ("text/html", "application/xhtml+xml"):
        return f"is {kind}, not an HTML page"
    return "answered with an empty page" if is_empty else ""


@dataclass(frozen=True, slots=True)
class Highlight:
    """The box of an element in a screenshot, in CSS pixels from the top left corner.

    ``shown`` False: the element takes no room on the page. The box then has no height, and lies
    between the element's neighbours.
    """

    css: str
    x: float
    y: float
    width: float
    height: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that shows what happened.

    ``kind`` is "screenshot", "html", "trace", "har" or "video". ``width`` and ``height`` are those
    of a picture in CSS pixels; 0 where they are not known.
    """

    kind: str
    path: str
    width: int = 0
    height: int = 0
    marks: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An element that seems to be meant as the expected tag, on a page without that tag.

    ``attribute`` is "class" or "id", ``value`` the whole text of the attribute.
    """

    attribute: str
    value: str
    location: Location


UNPAID_OUTCOMES = ("declined", "cancelled", "abandoned")
"""Outcomes of a payment after which there is no purchase, so that a tag would be wrong."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """One document that the browser requested. ``ms`` counts from the first navigation that is
    kept.

    ``cause`` is "redirect" (of HTTP), "form", "link", "meta refresh", "script", "reload", or ""
    where the browser does not report it. ``place`` is "page", "window" (opened on the way) or
    "iframe". ``status`` is None without a response; ``failure`` is then the browser's error, such
    as ``net::ERR_CONNECTION_REFUSED``.
    """

    origin: str
    path: str
    """The path without the query, which may contain signatures."""
    method: str
    status: int | None
    ms: float
    cause: str = ""
    place: str = "page"
    failure: str = ""
    withheld: tuple[str, ...] = ()
    """Cookies that were not sent because another site led here: ``session (SameSite=Lax)``."""


@dataclass(frozen=True, slots=True)
class PaymentVisit:
    """One visit to an external payment page. Its URLs are without their queries.

    ``returned`` is "automatic" (without a click after the payment), "clicked", or "never". If the
    customer did not return, ``buttons`` are the names of what could be clicked, and ``ways_back``
    those that lead to the shop.
    """

    location: Location
    payment_url: str
    returned: str
    within_ms: float
    took_ms: float
    last_url: str
    buttons: tuple[str, ...] = ()
    outcome: str = "paid"
    """"paid", "declined", "cancelled", "abandoned" or "pending", as the scenario says."""
    place: str = "page"
    """Where the payment page was: "page", "window" or "iframe"."""
    ways_back: tuple[str, ...] = ()
    clicked: str = ""
    """What was clicked to come back."""
    new_host: str = ""
    """Where the customer came back to, if the journey had not been at that host before."""


@dataclass(frozen=True, slots=True)
class PaymentCaseRun:
    """A fault or an ending that was tried at a payment, and what Connectif would have recorded.

    ``kind`` is "fault" or "ending". ``purchases`` are the ids of the purchase events that were
    sent, or that the script would send, in order; ``due`` is the expected number. ``order`` is the
    shop's own order number, where it is known, and ``order_from`` its source: "page" or "orders".
    With "orders" and no number, the shop lists no order.
    """

    kind: str
    name: str
    happened: str
    purchases: tuple[str, ...]
    due: int
    order: str = ""
    order_from: str = ""


NO_TEXTS: Mapping[str, str] = MappingProxyType({})


NO_CONFIGURATION: Mapping[str, Json] = MappingProxyType({})


class Placement(StrEnum):
    """Where in the page a tag is. The Connectif script sees only DOCUMENT."""

    DOCUMENT = "document"
    IFRAME = "iframe"
    SHADOW_ROOT = "shadow root"
    TEMPLATE = "template"
    NOSCRIPT = "noscript"
    COMMENT = "comment"
    TEXTAREA = "textarea"


@dataclass(frozen=True, slots=True)
class CapturedTag:
    """One element (or text, inside a comment and the like) with the root class of a tag.

    ``html`` is verbatim; ``origin`` is the place of its first character. ``texts`` holds what only
    a live page knows: element path ("" is the root, "0/2" the third child element of the first) →
    ``innerText || textContent``, where that is not textContent. ``quirks``: the document ignores
    the case of class names. ``nearby`` is the HTML of a few neighbours, the nearest first, where a
    browser may have put its fields. ``moved``: the tag is in a table in the HTML, and a browser
    moves it out. ``hidden``: HTML alone, with style attributes, hides it. Both are unknown for a
    rendered page.
    """

    name: str
    html: str
    placement: Placement
    origin: Location
    css: str = ""
    texts: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    appeared_ms: float | None = None
    changed_ms: float | None = None
    quirks: bool = False
    nearby: tuple[str, ...] = ()
    moved: bool = False
    hidden: bool = False
    foreign: str = field(default="", compare=False)
    """"svg" or "math" where a rendered tag is an element of SVG or MathML."""


class SendingDisabledReason(StrEnum):
    """Why the Connectif script sends nothing from a page, without a message.

    The values are the ids of the rules that report it.
    """

    TRACKING_OFF = "tracking-off"
    DOMAIN = "domain-not-allowed"
    EXCLUDED = "page-excluded"
    NOT_INCLUDED = "page-not-included"
    SAMPLING = "visitors-sampled"
    NOT_STARTED = "script-not-initialised"
    NOT_SENDING = "events-not-sent"


@dataclass(frozen=True, slots=True)
class CspViolation:
    """A resource of Connectif that the page's Content-Security-Policy forbids."""

    directive: str
    blocked: str
    """The forbidden address, or "inline"."""


@dataclass(frozen=True, slots=True)
class ConnectifScript:
    """The Connectif client script as the page loaded it. Absent events are None."""

    present: bool = False
    version: str | None = None
    loaded_ms: float | None = None
    read_ms: float | None = None
    """When the script read the tags: its ``connectif.managed.initialized`` event."""
    elements: int = 0
    """The number of script elements that load its file."""
    loads: int = 0
    """The number of its ``connectif.loaded`` events."""
    address: str = ""
    failed: bool = False
    """Whether the browser reported that its file could not be loaded."""
    waits_as: str = ""
    """The type of a script element that contains it and does not run, such as text/plain."""
    violations: tuple[CspViolation, ...] = ()
    configuration: Mapping[str, Json] = field(default_factory=lambda: NO_CONFIGURATION)
    """The part of ``window.connectifConfiguration`` that the script is known to read."""
    shut: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Values of SendingDisabledReason that apply → the setting that causes each."""

    def has_violation(self, url: str) -> bool:
        """Tell whether a violation report for an address names the directive."""
        return any(each.blocked == url for each in self.violations)


BLOCKED_BY_POLICY = "csp"
"""The ``failure`` of a request that a Content-Security-Policy forbids."""


class RequestOutcome(StrEnum):
    """The outcome of a request to Connectif."""

    BLOCKED = "blocked"
    """Answered by this tool: nothing left this machine."""
    ANSWERED = "answered"
    SENT = "sent"
    """No response had come when the page was captured."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ConnectifRequest:
    """One request of a page to Connectif, without its headers."""

    kind: str
    """"script", "data" or "other"."""
    method: str
    url: str
    outcome: RequestOutcome
    status: int | None = None
    ms: float | None = None
    failure: str = ""
    """The browser's error: ``net::ERR_NAME_NOT_RESOLVED``, or ``csp``."""
    page: str = ""
    here: bool = True
    """Whether the evaluated page sent it; False for a page before it."""


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event in a data POST from the page to Connectif."""

    type: str
    payload: Mapping[str, Json]
    url: str = ""
    """The page that sent it."""
    here: bool = True
    """Whether that is the evaluated page; False for a page before it."""
    outcome: RequestOutcome = RequestOutcome.BLOCKED
    status: int | None = None
    """The HTTP status of the request that it was part of."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class PageActivity:
    """What a page did by itself. Times are milliseconds since its navigation start."""

    document_url: str = ""
    """The address with which the document was loaded, where the page has another one now."""
    routed_ms: float | None = None
    """When JavaScript last changed the address to another page's, without loading a document."""
    removed_ms: float | None = None
    """When the awaited tag was removed; None where it is there or never was."""
    watched_ms: float = 0.0
    """How long a complete page was watched, until nothing was pending that could change it."""
    waited_for: tuple[str, ...] = ()
    """What was pending meanwhile: timers, requests, connections."""
    pending: tuple[str, ...] = ()
    """What of it was still pending when the time was over."""
    left: bool = False
    """Whether the page led to another document meanwhile. The capture is what was seen before."""


NO_ACTIVITY = PageActivity()


@dataclass(frozen=True, slots=True)
class TagCheckpoint:
    """A step at which a tag is expected, and the tags of that name that the page then had.

    ``count`` None is one or more. ``places`` maps a field to the scenario's line that expects it,
    and "" to the step.
    """

    tag: str
    count: int | None
    within_ms: float
    values: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    places: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    url: str = ""
    tags: tuple[CapturedTag, ...] = ()


@dataclass(frozen=True, slots=True)
class StepTiming:
    """One step that was run. ``outcome`` is "done", "skipped" (optional and not found) or
    "failed"."""

    title: str
    location: Location
    ms: float
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class Capture:
    """The evaluated page, after JavaScript (``rendered``) or as it was sent."""

    url: str
    rendered: bool
    tags: tuple[CapturedTag, ...]
    status: int | None = None
    title: str = ""
    reached: bool = True
    """False where the customer stayed at the payment page: then tags are not evaluated."""
    waited_ms: float = 0.0
    """How long the capture waited for the tag, from the arrival on the page."""
    dom_content_loaded_ms: float | None = None
    load_ms: float | None = None
    script: ConnectifScript = ConnectifScript()
    script_reading: tuple[Mapping[str, Json], ...] | None = None
    """The result of the page's own ``connectif.getPurchaseEvents()``, unchanged; None without a
    script or a result."""
    sent_events: tuple[SentEvent, ...] = ()
    requests: tuple[ConnectifRequest, ...] = ()
    console_errors: tuple[str, ...] = ()
    payments: tuple[PaymentVisit, ...] = ()
    steps: tuple[StepTiming, ...] = ()
    saved: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    evidence: tuple[Evidence, ...] = ()
    watched: bool = True
    """Whether the page's requests to Connectif were read; False with ``connectif: allow``."""
    seen_at: str | None = None
    """When the page was shown, in ISO 8601 with a zone; None for a saved page."""
    stops: tuple[TagCheckpoint, ...] = ()
    """The steps at which a tag was expected."""
    order_numbers: tuple[str, ...] = ()
    """The order numbers that the page shows, in document order."""
    hops: tuple[Navigation, ...] = ()
    """The navigations to the payment page and back; empty without a payment."""
    case: PaymentCaseRun | None = None
    """The payment case that was tried."""
    recorded: Mapping[str, Mapping[str, Json] | None] | None = None
    """Purchase id → its record in Connectif's API, or None; None where the API was not asked."""
    styled: bool = False
    """Whether a page that was not rendered has style sheets, whose effect is unknown."""
    read_at: str | None = None
    """When the file of a saved page was read, in the same form; the page was shown earlier."""
    lookalike: Lookalike | None = None
    activity: PageActivity = NO_ACTIVITY
    unrecorded_order: str = ""
    """The shop's order, as its list of orders has it, where the page shows and sends none."""


def utc_timestamp() -> str:
    """Return the current time in the form of ``Capture.seen_at``."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Why a page was not reached, so that its tags cannot be evaluated."""

    reason: Reason
    message: str
    location: Location | None = None
    url: str = ""
    hint: str = ""
    steps: tuple[StepTiming, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    stops: tuple[TagCheckpoint, ...] = ()
    order_placed: bool = False
    """Whether a step that places the order had started."""
    candidates: tuple[str, ...] = ()
    """Locators that the failed step may have meant, as YAML, the most likely first."""
    payments: tuple[PaymentVisit, ...] = ()
    hops: tuple[Navigation, ...] = ()
    saved: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
