"""Rules on the store's settings that keep the script from sending. The script reports none of
them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.core.capture import SendingDisabledReason
from validator.core.finding import Consequence, Severity
from validator.core.urls import is_local_host, shorten_url
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import Rule, RuleContext, RuleFunction, Violation
from validator.rules.script.sent_purchases import (
    is_blocked_by_policy,
    is_purchase_due,
    is_script_unrequested,
    sends_no_purchase,
)

_STAGING_HOST = re.compile(
    r"(?:^|[.-])(?:staging|stage|stg|dev|test|testing|qa|uat|pre|preprod|demo)\d*[.-]"
)
"""Host names that shops use for test shops."""


def find_blocking_rule(context: RuleContext) -> str:
    """Return the id of the rule that reports why the page sends nothing; "" for no such rule."""
    script = context.capture.script
    if is_blocked_by_policy(context):
        return "script-blocked-by-csp"
    if script.failed or is_script_unrequested(context):
        return "script-not-loaded"
    return next(iter(script.shut), "")


def _setting_rule(reason: SendingDisabledReason, message: str, expected: str) -> RuleFunction:
    def find_setting(context: RuleContext) -> Iterator[Violation]:
        setting = context.capture.script.shut.get(reason)
        if setting is not None and sends_no_purchase(context):
            yield Violation(message, expected=expected, actual=setting, recorded="nothing")

    return find_setting


def domain_not_allowed(context: RuleContext) -> Iterator[Violation]:
    setting = context.capture.script.shut.get(SendingDisabledReason.DOMAIN)
    if setting is None or not sends_no_purchase(context):
        return
    host = urlsplit(context.capture.url).hostname or ""
    is_staging = is_local_host(host) or bool(_STAGING_HOST.search(f"{host}."))
    yield Violation(
        f"The script sends nothing from {shorten_url(context.capture.url)}: the store "
        "allows other domains."
        + (" The shop's public address may be allowed." if is_staging else ""),
        expected="an allowed domain that the page's address begins with, https:// included",
        actual=setting,
        recorded="nothing",
        severity=Severity.WARNING if is_staging else Severity.ERROR,
        hint="If this host is to be recorded, add it to the store's authorised domains. To test "
        "only the tag, turn this rule off."
        if is_staging
        else "",
    )


def visitors_sampled(context: RuleContext) -> Iterator[Violation]:
    script = context.capture.script
    setting = script.shut.get(SendingDisabledReason.SAMPLING)
    if setting is None or not context.capture.rendered or not is_purchase_due(context):
        return
    is_out = sends_no_purchase(context) and context.capture.watched
    yield Violation(
        "The store tracks only a sample of its visitors"
        + (": this one was not in it." if is_out else "; purchases of the others are not sent."),
        expected="samplingTrackingPercent: 100",
        actual=setting,
        recorded="nothing" if is_out else "",
        severity=Severity.ERROR if is_out else Severity.WARNING,
    )


def events_not_sent_automatically(context: RuleContext) -> Iterator[Violation]:
    """Check pages with tags only: a page that sends events by JavaScript sends them itself."""
    if any(reading.event is not None for reading in context.readings):
        yield from _AUTO_SEND_OFF(context)


_AUTO_SEND_OFF = _setting_rule(
    SendingDisabledReason.NOT_SENDING,
    "The script does not send what it reads: automatic sending is turned off, and the page does "
    "not send the purchase either.",
    "autoSendEventsOnInit: true",
)


def _build_rule(
    reason: SendingDisabledReason,
    title: str,
    why: str,
    fix: str,
    *,
    function: RuleFunction,
    example: tuple[str, str],
) -> Rule:
    return Rule(
        str(reason),
        title,
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        why,
        fix,
        CLIENT_SCRIPT_SOURCE,
        function,
        before=example[0],
        after=example[1],
        recorded_if="if the store's settings let the script send it",
    )


_SILENT_NOTE = "The script then sends nothing, without a message."
_SETTINGS_PATH = "In Connectif: Store settings, Channels, Web, Advanced."

RULES = (
    _build_rule(
        SendingDisabledReason.TRACKING_OFF,
        "Web tracking is turned off in Connectif",
        _SILENT_NOTE,
        f"Turn web tracking on. {_SETTINGS_PATH}",
        function=_setting_rule(
            SendingDisabledReason.TRACKING_OFF,
            "Web tracking is turned off for this store: the script sends nothing from any page.",
            "webTrackingEnabled: true",
        ),
        example=("webTrackingEnabled: false", "webTrackingEnabled: true"),
    ),
    _build_rule(
        SendingDisabledReason.DOMAIN,
        "The page is on a domain that the store does not allow",
        "The script sends only from addresses that begin with one of the allowed domains, "
        f"protocol included. {_SILENT_NOTE}",
        f"Add the domain, with https:// and with or without www as customers see it. "
        f"{_SETTINGS_PATH}",
        function=domain_not_allowed,
        example=(
            'allowedDomains: ["https://www.shop.example"] on https://shop.example',
            'allowedDomains: ["https://www.shop.example", "https://shop.example"]',
        ),
    ),
    _build_rule(
        SendingDisabledReason.EXCLUDED,
        "The page is excluded from tracking",
        f"A pattern in the store's settings matches its address. {_SILENT_NOTE}",
        f"Make the pattern narrower, so that it does not match the order confirmation. "
        f"{_SETTINGS_PATH}",
        function=_setting_rule(
            SendingDisabledReason.EXCLUDED,
            "The address of this page matches a pattern that excludes it from tracking.",
            "a pattern that does not match the order confirmation",
        ),
        example=('excludeTracking: ["/order"]', 'excludeTracking: ["/order-draft"]'),
    ),
    _build_rule(
        SendingDisabledReason.NOT_INCLUDED,
        "The page is not among those that are tracked",
        f"The store tracks only pages that a pattern names. {_SILENT_NOTE}",
        f"Add a pattern for the order confirmation, or track all pages. {_SETTINGS_PATH}",
        function=_setting_rule(
            SendingDisabledReason.NOT_INCLUDED,
            "The store tracks only some pages, and this one is not among them.",
            "trackAllByDefault: true, or a pattern that matches this page",
        ),
        example=(
            'trackAllByDefault: false, includeTracking: ["/products"]',
            'trackAllByDefault: false, includeTracking: ["/products", "/order-confirmation"]',
        ),
    ),
    _build_rule(
        SendingDisabledReason.SAMPLING,
        "Only a sample of the visitors is tracked",
        "Purchases of visitors who are not in the sample are not sent, so recorded turnover is "
        "too low.",
        f"Track all visitors, or treat recorded purchases as a sample. {_SETTINGS_PATH}",
        function=visitors_sampled,
        example=("samplingTrackingPercent: 10", "samplingTrackingPercent: 100"),
    ),
    _build_rule(
        SendingDisabledReason.NOT_STARTED,
        "The script does not start automatically",
        "If automatic initialisation is off, the page must start the script. Until then it "
        "reads no tag.",
        f"Turn automatic initialisation on, or have the page initialise the script. "
        f"{_SETTINGS_PATH}",
        function=_setting_rule(
            SendingDisabledReason.NOT_STARTED,
            "The script is loaded but does not start: automatic initialisation is turned off, "
            "and the page did not start it.",
            "autoInitialize: true",
        ),
        example=("autoInitialize: false", "autoInitialize: true"),
    ),
    _build_rule(
        SendingDisabledReason.NOT_SENDING,
        "The script does not send the tags automatically",
        "If automatic sending is off, the page must send the events: the script only reads the "
        "tags.",
        "Turn automatic sending on, or call "
        f"connectif.managed.sendEvents(connectif.managed.getAllEvents()). {_SETTINGS_PATH}",
        function=events_not_sent_automatically,
        example=("autoSendEventsOnInit: false", "autoSendEventsOnInit: true"),
    ),
)
