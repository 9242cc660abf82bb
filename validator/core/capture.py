"""What was seen on a page: plain data that can be evaluated again without a browser.

A Capture is a page that was reached; a Breakdown says why a page was not reached.
Times are milliseconds since the navigation start of the document that they belong to.
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
    """The scenario's own limits kept it from going on: its hosts, or how many orders."""


def reason_for_status(status: int) -> Reason | None:
    """Say what an HTTP status of 400 or more means for a run; None for one that is fine."""
    if status < 400:
        return None
    return Reason.BLOCKED if status in (403, 429) else Reason.HTTP_ERROR


def hint_for_status(status: int) -> str:
    """Say what to do about an HTTP status of 400 or more."""
    if status == 401:
        return "give the user and password of the staging shop: --auth or CN_VALIDATOR_AUTH"
    if reason_for_status(status) is Reason.BLOCKED:
        return "let this machine or user agent through the shop's bot protection"
    return "open the page in a browser and mend it, or correct the address"


def describe_non_page(content_type: str | None, *, is_empty: bool) -> str:
    """Say why an answer is no page that could hold a tag; empty where it may be one."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and kind not in ("text/html", "application/xhtml+xml"):
        return f"is {kind}, not an HTML page"
    return "answered with an empty page" if is_empty else ""


@dataclass(frozen=True, slots=True)
class Highlight:
    """Where in a picture an element is, in CSS pixels from the left top corner.

    ``shown`` False: it takes no room on the page. Then the box has no height, and is between the
    elements that it stands between.
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

    Kind is "screenshot", "html", "trace", "har" or "video". ``width`` and ``height`` are those of
    a picture, in CSS pixels; 0 where they are not known.
    """

    kind: str
    path: str
    width: int = 0
    height: int = 0
    marks: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An element that seems to be meant as the awaited tag, on a page that has none.

    ``attribute`` is "class" or "id", ``value`` all of it.
    """

    attribute: str
    value: str
    location: Location


UNPAID_OUTCOMES = ("declined", "cancelled", "abandoned")
"""Outcomes of a payment after which there is no purchase: a tag would be a false one."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """One document that the browser asked for. ``ms`` counts from the first hop that is kept.

    ``cause`` is "redirect" (of HTTP), "form", "link", "meta refresh", "script", "reload", or ""
    where the browser did not say. ``place`` is "page", "window" (one that was opened on the way)
    or "iframe". ``status`` is None where no answer came; then ``failure`` says why, as the
    browser does: ``net::ERR_CONNECTION_REFUSED``.
    """

    origin: str
    path: str
    """Without its query, which may hold signatures."""
    method: str
    status: int | None
    ms: float
    cause: str = ""
    place: str = "page"
    failure: str = ""


@dataclass(frozen=True, slots=True)
class PaymentVisit:
    """One visit to an external payment page. Its URLs are without their queries.

    ``returned`` is "automatic" (nothing was clicked after the payment), "clicked", or "never".
    ``buttons`` are the names of what a customer could have clicked, when nobody came back; those
    that are seen to lead to the shop are also in ``ways_back``.
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


@dataclass(frozen=True, slots=True)
class PaymentCaseRun:
    """A fault or an ending that was tried on the way back, and what Connectif would have of it.

    ``kind`` is "fault" or "ending". ``purchases`` are the ids of the purchase events that were
    sent, or that the script would send, in order; ``due`` how many there should be. ``order`` is
    the shop's own number of the order, where it is known, and ``order_from`` where from: "page"
    or "orders"; with "orders" and no number, the shop does not list one.
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
    """Where in the page a tag stands. The Connectif script sees only DOCUMENT."""

    DOCUMENT = "document"
    IFRAME = "iframe"
    SHADOW_ROOT = "shadow root"
    TEMPLATE = "template"
    NOSCRIPT = "noscript"
    COMMENT = "comment"
    TEXTAREA = "textarea"


@dataclass(frozen=True, slots=True)
class CapturedTag:
    """One element (or, in comments and the like, one text) that carries a tag's root class.

    ``html`` is verbatim; ``origin`` is the place of its first character. ``texts`` holds what only
    a live page knows: element path ("" is the root, "0/2" the third element child of the first) →
    ``innerText || textContent``, where that is not textContent. ``quirks``: its document ignores
    the case of class names. ``nearby`` is the HTML of a few elements beside it, the nearest first,
    where a browser may have put its fields. ``moved``: it stands in a table in the HTML, and was
    moved out of it; ``hidden``: HTML alone, with style attributes, keeps it from being shown. Of a
    rendered page neither is known.
    """

    name: str
    html: str
    placement: Placement
    origin: Location
    css: str = ""
    texts: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    appeared_ms: float | None = None
    quirks: bool = False
    nearby: tuple[str, ...] = ()
    moved: bool = False
    hidden: bool = False


class SendingDisabledReason(StrEnum):
    """Why the Connectif script sends nothing from a page, and says nothing of it.

    The names are those of the rules that tell of it.
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
    """Something of Connectif that the page's Content-Security-Policy forbids."""

    directive: str
    blocked: str
    """The address that is forbidden, or "inline"."""


@dataclass(frozen=True, slots=True)
class ConnectifScript:
    """The Connectif client script as the page loaded it. Absent events are None."""

    present: bool = False
    version: str | None = None
    loaded_ms: float | None = None
    read_ms: float | None = None
    """When the script read the tags: its ``connectif.managed.initialized`` event."""
    elements: int = 0
    """How many script elements load its file."""
    loads: int = 0
    """How often it said that it is there: ``connectif.loaded``."""
    address: str = ""
    failed: bool = False
    """Whether the browser said that its file could not be loaded."""
    waits_as: str = ""
    """The type of a script element that holds it and does not run, such as text/plain."""
    violations: tuple[CspViolation, ...] = ()
    configuration: Mapping[str, Json] = field(default_factory=lambda: NO_CONFIGURATION)
    """What ``window.connectifConfiguration`` says, as far as the script is known to ask."""
    shut: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """The gates that are shut (values of Gate) → what in the configuration shuts them."""

    def has_violation(self, url: str) -> bool:
        """Tell whether the page was told which directive forbids an address."""
        return any(each.blocked == url for each in self.violations)


BLOCKED_BY_POLICY = "csp"
"""The ``failure`` of a request that a Content-Security-Policy forbids."""


class RequestOutcome(StrEnum):
    """What became of a request to Connectif."""

    BLOCKED = "blocked"
    """It was answered here: nothing left this machine."""
    ANSWERED = "answered"
    SENT = "sent"
    """No answer had come when the page was looked at."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ConnectifRequest:
    """One request of a page to Connectif, for its script, with data or another; no headers."""

    kind: str
    """"script", "data" or "other"."""
    method: str
    url: str
    outcome: RequestOutcome
    status: int | None = None
    ms: float | None = None
    failure: str = ""
    """Why it failed, as the browser says it: ``net::ERR_NAME_NOT_RESOLVED``, ``csp``."""
    page: str = ""
    here: bool = True
    """Whether it was the page that was judged; False for one on the way to it."""


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event in a data POST from the page to Connectif."""

    type: str
    payload: Mapping[str, Json]
    url: str = ""
    """The page that sent it."""
    here: bool = True
    """Whether that is the page that was judged; False for one on the way to it."""
    outcome: RequestOutcome = RequestOutcome.BLOCKED
    status: int | None = None
    """What was answered to the request it was in."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class TagCheckpoint:
    """A step at which a tag was expected, and the tags of that name that were there then.

    ``count`` None is one or more. ``places`` says which line of the scenario expects a field;
    "" is the step.
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
    """One played step. ``outcome`` is "done", "skipped" (optional, not there) or "failed"."""

    title: str
    location: Location
    ms: float
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class Capture:
    """The page that was judged, after JavaScript (``rendered``) or as it was sent."""

    url: str
    rendered: bool
    tags: tuple[CapturedTag, ...]
    status: int | None = None
    title: str = ""
    reached: bool = True
    """False when the customer was left at the payment page: then nothing is said of tags."""
    waited_ms: float = 0.0
    """How long the tag was given to appear, counted from arrival."""
    dom_content_loaded_ms: float | None = None
    load_ms: float | None = None
    script: ConnectifScript = ConnectifScript()
    script_reading: tuple[Mapping[str, Json], ...] | None = None
    """What ``connectif.getPurchaseEvents()`` of the page itself makes of its tags, as it is;
    None where there was no script to ask, or no answer."""
    sent_events: tuple[SentEvent, ...] = ()
    requests: tuple[ConnectifRequest, ...] = ()
    console_errors: tuple[str, ...] = ()
    payments: tuple[PaymentVisit, ...] = ()
    steps: tuple[StepTiming, ...] = ()
    saved: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    evidence: tuple[Evidence, ...] = ()
    watched: bool = True
    """Whether what the page sends to Connectif was read: not with ``connectif: allow``."""
    seen_at: str | None = None
    """When the page was shown, in ISO 8601 with a zone; None for one that was kept in a file."""
    stops: tuple[TagCheckpoint, ...] = ()
    """Where on the way a tag was expected."""
    order_numbers: tuple[str, ...] = ()
    """What the page shows its customer as the number of the order, in the page's order."""
    hops: tuple[Navigation, ...] = ()
    """The way to the payment page and back; empty where there was none."""
    case: PaymentCaseRun | None = None
    """The fault or the ending that was tried."""
    recorded: Mapping[str, Mapping[str, Json] | None] | None = None
    """Purchase id → what Connectif's API has of it, None: nothing; None where it was not asked."""
    styled: bool = False  # it was not rendered, and has style sheets: their effect is not known
    read_at: str | None = None
    """When a file was read, likewise: its page was shown before that."""
    lookalike: Lookalike | None = None


def utc_timestamp() -> str:
    """Return the moment as ``Capture.seen_at`` has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The world's fault, or the journey's: nothing can be said of the tag."""

    reason: Reason
    message: str
    location: Location | None = None
    url: str = ""
    hint: str = ""
    steps: tuple[StepTiming, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    stops: tuple[TagCheckpoint, ...] = ()
    order_placed: bool = False
    """Whether a step that places the order had begun."""
    candidates: tuple[str, ...] = ()
    """What the locator of the failed step may have meant, as YAML, the likeliest first."""
    payments: tuple[PaymentVisit, ...] = ()
    hops: tuple[Navigation, ...] = ()
    saved: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
