"""What was seen: plain data that can be judged again without a browser.

A Capture says "I saw the page", a Breakdown says "I could not get there".
Times are milliseconds since navigation start of the document they speak of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from validator.document import Json, Location
from validator.evidence import Evidence as Evidence
from validator.misspelt import Lookalike
from validator.reasons import Reason as Reason
from validator.reasons import hint_of_status as hint_of_status
from validator.reasons import not_a_page as not_a_page
from validator.reasons import reason_of_status as reason_of_status
from validator.trip import CaseRun, Hop
from validator.trip import PaymentTrip as PaymentTrip

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


class Gate(StrEnum):
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


class Outcome(StrEnum):
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
    outcome: Outcome
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
    outcome: Outcome = Outcome.BLOCKED
    status: int | None = None
    """What was answered to the request it was in."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class TagStop:
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
    payments: tuple[PaymentTrip, ...] = ()
    steps: tuple[StepTiming, ...] = ()
    saved: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    evidence: tuple[Evidence, ...] = ()
    watched: bool = True
    """Whether what the page sends to Connectif was read: not with ``connectif: allow``."""
    seen_at: str | None = None
    """When the page was shown, in ISO 8601 with a zone; None for one that was kept in a file."""
    stops: tuple[TagStop, ...] = ()
    """Where on the way a tag was expected."""
    order_numbers: tuple[str, ...] = ()
    """What the page shows its customer as the number of the order, in the page's order."""
    hops: tuple[Hop, ...] = ()
    """The way to the payment page and back; empty where there was none."""
    case: CaseRun | None = None
    """The fault or the ending that was tried."""
    recorded: Mapping[str, Mapping[str, Json] | None] | None = None
    """Purchase id → what Connectif's API has of it, None: nothing; None where it was not asked."""
    styled: bool = False  # it was not rendered, and has style sheets: their effect is not known
    read_at: str | None = None
    """When a file was read, likewise: its page was shown before that."""
    lookalike: Lookalike | None = None


def now() -> str:
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
    stops: tuple[TagStop, ...] = ()
    order_placed: bool = False
    """Whether a step that places the order had begun."""
    candidates: tuple[str, ...] = ()
    """What the locator of the failed step may have meant, as YAML, the likeliest first."""
    payments: tuple[PaymentTrip, ...] = ()
    hops: tuple[Hop, ...] = ()
    saved: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
