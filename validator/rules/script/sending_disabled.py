"""Does the store's configuration let the script send from this page? It says nothing itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.core.capture import Gate
from validator.core.finding import Consequence, Severity
from validator.core.urls import is_local, short
from validator.rules.rule import Judge, Problem, Rule, Subject
from validator.rules.script.sent import is_due, is_silent
from validator.rules.sources import SCRIPT

_STAGING = re.compile(
    r"(?:^|[.-])(?:staging|stage|stg|dev|test|testing|qa|uat|pre|preprod|demo)\d*[.-]"
)
"""How shops name the hosts that no customer sees."""


def held_back_by(subject: Subject) -> str:
    """Return the rule that tells why nothing is sent from the page; nothing where none does."""
    script = subject.capture.script
    if script.violations:
        return "script-blocked-by-csp"
    if script.failed:
        return "script-not-loaded"
    return next(iter(script.shut), "")


def _shut(gate: Gate, message: str, expected: str) -> Judge:
    def judge(subject: Subject) -> Iterator[Problem]:
        setting = subject.capture.script.shut.get(gate)
        if setting is not None and is_silent(subject):
            yield Problem(message, expected=expected, actual=setting, recorded="nothing")

    return judge


def domain(subject: Subject) -> Iterator[Problem]:
    setting = subject.capture.script.shut.get(Gate.DOMAIN)
    if setting is None or not is_silent(subject):
        return
    host = urlsplit(subject.capture.url).hostname or ""
    is_staging = is_local(host) or bool(_STAGING.search(f"{host}."))
    yield Problem(
        f"The script sends nothing from {short(subject.capture.url)}: the store's allowed domains "
        "are other ones."
        + (" On the shop's real address this may be right." if is_staging else ""),
        expected="an allowed domain that the page's address begins with, https:// included",
        actual=setting,
        recorded="nothing",
        severity=Severity.WARNING if is_staging else Severity.ERROR,
        hint="If this host is to be recorded, add it to the store's authorised domains. To test "
        "the tag alone, turn this rule off for it."
        if is_staging
        else "",
    )


def sampled(subject: Subject) -> Iterator[Problem]:
    script = subject.capture.script
    setting = script.shut.get(Gate.SAMPLING)
    if setting is None or not subject.capture.rendered or not is_due(subject):
        return
    is_out = is_silent(subject) and subject.capture.watched
    yield Problem(
        "The store tracks only a sample of its visitors"
        + (": this one was not in it." if is_out else "; purchases of the others are not sent."),
        expected="samplingTrackingPercent: 100",
        actual=setting,
        recorded="nothing" if is_out else "",
        severity=Severity.ERROR if is_out else Severity.WARNING,
    )


def not_automatic(subject: Subject) -> Iterator[Problem]:
    """Tags alone are concerned: a page that sends events sends them itself."""
    if any(reading.event is not None for reading in subject.readings):
        yield from _NOT_SENDING(subject)


_NOT_SENDING = _shut(
    Gate.NOT_SENDING,
    "The script does not send what it reads: sending events by itself is turned off, and the page "
    "does not send the purchase either.",
    "autoSendEventsOnInit: true",
)


def _gate(
    gate: Gate, title: str, why: str, fix: str, *, judge: Judge, example: tuple[str, str]
) -> Rule:
    return Rule(
        str(gate),
        title,
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        why,
        fix,
        SCRIPT,
        judge,
        before=example[0],
        after=example[1],
    )


_SILENT = "The script then sends nothing, and says nothing of it."
_WHERE = "In Connectif: Store settings, Channels, Web, Advanced."

RULES = (
    _gate(
        Gate.TRACKING_OFF,
        "Web tracking is turned off in Connectif",
        _SILENT,
        f"Turn web tracking on. {_WHERE}",
        judge=_shut(
            Gate.TRACKING_OFF,
            "Web tracking is turned off for this store: the script sends nothing from any page.",
            "webTrackingEnabled: true",
        ),
        example=("webTrackingEnabled: false", "webTrackingEnabled: true"),
    ),
    _gate(
        Gate.DOMAIN,
        "The page is on a domain that the store does not allow",
        "The script sends only from addresses that begin with one of the allowed domains, "
        f"protocol included. {_SILENT}",
        f"Add the domain, with https:// and with or without www as customers see it. {_WHERE}",
        judge=domain,
        example=(
            'allowedDomains: ["https://www.shop.example"] on https://shop.example',
            'allowedDomains: ["https://www.shop.example", "https://shop.example"]',
        ),
    ),
    _gate(
        Gate.EXCLUDED,
        "The page is excluded from tracking",
        f"A pattern in the store's settings matches its address. {_SILENT}",
        f"Make the pattern narrower, so that it leaves the order confirmation out. {_WHERE}",
        judge=_shut(
            Gate.EXCLUDED,
            "The address of this page matches a pattern that excludes it from tracking.",
            "a pattern that does not match the order confirmation",
        ),
        example=('excludeTracking: ["/order"]', 'excludeTracking: ["/order-draft"]'),
    ),
    _gate(
        Gate.NOT_INCLUDED,
        "The page is not among those that are tracked",
        f"The store tracks only pages that a pattern names. {_SILENT}",
        f"Add a pattern for the order confirmation, or track all pages. {_WHERE}",
        judge=_shut(
            Gate.NOT_INCLUDED,
            "The store tracks only some pages, and this one is not among them.",
            "trackAllByDefault: true, or a pattern that matches this page",
        ),
        example=(
            'trackAllByDefault: false, includeTracking: ["/products"]',
            'trackAllByDefault: false, includeTracking: ["/products", "/order-confirmation"]',
        ),
    ),
    _gate(
        Gate.SAMPLING,
        "Only a sample of the visitors is tracked",
        "Purchases of visitors who are not in the sample are not sent, so recorded turnover is "
        "too low.",
        f"Track all visitors, or count recorded purchases for what they are. {_WHERE}",
        judge=sampled,
        example=("samplingTrackingPercent: 10", "samplingTrackingPercent: 100"),
    ),
    _gate(
        Gate.NOT_STARTED,
        "The script does not start by itself",
        "Where it is not to initialise by itself, the page must do it: until then no tag is read.",
        f"Turn automatic initialisation on, or have the page initialise the script. {_WHERE}",
        judge=_shut(
            Gate.NOT_STARTED,
            "The script is loaded and does not start: starting by itself is turned off, and the "
            "page did not start it.",
            "autoInitialize: true",
        ),
        example=("autoInitialize: false", "autoInitialize: true"),
    ),
    _gate(
        Gate.NOT_SENDING,
        "The script does not send the tags by itself",
        "Where it is not to send events by itself, the page must do it: the script reads the tags "
        "and keeps them to itself.",
        "Turn automatic sending on, or call "
        f"connectif.managed.sendEvents(connectif.managed.getAllEvents()). {_WHERE}",
        judge=not_automatic,
        example=("autoSendEventsOnInit: false", "autoSendEventsOnInit: true"),
    ),
)
