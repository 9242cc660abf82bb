"""The purchases that a page sent to Connectif, with or without a tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.core.capture import (
    BLOCKED_BY_POLICY,
    ConnectifRequest,
    RequestOutcome,
    SentEvent,
)
from validator.core.document import Json, Location
from validator.rules.message_text import format_recorded
from validator.rules.rule import NotEvaluable, RuleContext

GIVEN_UP = "net::ERR_ABORTED"
"""The browser's error for a request of a page that was left before the answer."""


@dataclass(frozen=True, slots=True)
class SentPurchase:
    """One purchase that was sent, and the event it was in."""

    purchase: Mapping[str, Json]
    event: SentEvent

    @property
    def id(self) -> str:
        """The purchase id; "" where it has none."""
        identity = self.purchase.get("purchaseId")
        return "" if identity is None else format_recorded(identity)

    @property
    def name(self) -> str:
        return f'the purchase "{self.id}"' if self.id else "a purchase without an id"

    @property
    def place(self) -> Location | None:
        """The page that sent it, where that is not the evaluated page."""
        return None if self.event.here else Location(self.event.url)

    @property
    def arrived(self) -> bool:
        """Whether nothing shows that it did not arrive."""
        return self.event.outcome != RequestOutcome.FAILED and (self.event.status or 0) < 400

    @property
    def may_have_arrived(self) -> bool:
        """Whether it arrived, or the page was left before the answer: then it may have."""
        is_given_up = self.event.outcome == RequestOutcome.FAILED and self.event.failure == GIVEN_UP
        return self.arrived or is_given_up

    @property
    def is_blocked_by_policy(self) -> bool:
        """Whether the browser blocked it because of a Content-Security-Policy."""
        return (
            self.event.outcome == RequestOutcome.FAILED and self.event.failure == BLOCKED_BY_POLICY
        )


def find_sent_purchases(context: RuleContext) -> list[SentPurchase]:
    """Return all purchases that the page and the pages before it sent."""
    return [
        SentPurchase(purchase if isinstance(purchase, dict) else {}, event)
        for event in context.capture.sent_events
        if event.type == "purchase"
        for purchase in [event.payload.get("purchase")]
    ]


def find_sent_with_id(context: RuleContext, identity: str) -> list[SentPurchase]:
    """Return what the page sent as the purchase of this id, whether or not it arrived."""
    return [
        each for each in find_sent_purchases(context) if each.event.here and each.id == identity
    ]


def find_delivered_with_id(context: RuleContext, identity: str) -> list[Mapping[str, Json]]:
    """Return the purchases of this id that the page sent and that arrived."""
    return [each.purchase for each in find_sent_with_id(context, identity) if each.arrived]


def tag_purchase_ids(context: RuleContext) -> list[str]:
    """Return the purchase id of each tag, by the index of the tag; "" for none."""
    return [reading.text("/purchase_id") for reading in context.readings]


def find_purchases_without_tag(context: RuleContext) -> list[SentPurchase]:
    """Return the purchases that were sent by JavaScript alone, each once.

    If the page has no tag and sends none, those of the pages before it are returned: the shop may
    have redirected the customer after the purchase.
    """
    sent, tags = find_sent_purchases(context), tag_purchase_ids(context)
    here = [each for each in sent if each.event.here]
    if not here and not context.tags and context.expected_count:
        here = sent
    return list({each.id: each for each in here if each.id not in tags}.values())


def is_purchase_due(context: RuleContext) -> bool:
    """Tell whether a purchase is expected and the order confirmation was reached."""
    return bool(context.expected_count and context.capture.reached)


def sends_no_purchase(context: RuleContext) -> bool:
    """Tell whether a purchase was expected in a browser, and the page sent none that arrived."""
    return (
        context.capture.rendered
        and is_purchase_due(context)
        and not any(each.event.here and each.arrived for each in find_sent_purchases(context))
    )


def find_blocked_requests(context: RuleContext) -> list[ConnectifRequest]:
    """Return the page's requests for the script and with data that a policy forbids.

    The browser reports the failed request and the violation separately. Each alone shows that
    nothing was sent.
    """
    return [
        each
        for each in context.capture.requests
        if each.here and each.kind in ("script", "data") and each.failure == BLOCKED_BY_POLICY
    ]


def is_blocked_by_policy(context: RuleContext) -> bool:
    """Tell whether a Content-Security-Policy keeps the page from loading or using the script."""
    return bool(
        context.capture.script.violations
        or find_blocked_requests(context)
        or any(
            each.event.here and each.is_blocked_by_policy for each in find_sent_purchases(context)
        )
    )


def find_script_requests(context: RuleContext) -> list[ConnectifRequest]:
    """Return the page's requests for the file of the script."""
    return [each for each in context.capture.requests if each.kind == "script" and each.here]


def is_script_unrequested(context: RuleContext) -> bool:
    """Tell whether the page has an element of the script whose file was never requested."""
    script = context.capture.script
    is_known = context.capture.watched and "/client-script/" in script.address
    return is_known and not script.loads and not find_script_requests(context)


def require_requests_watched(context: RuleContext) -> None:
    """Raise NotEvaluable where the browser's requests were not read."""
    if context.capture.rendered and not context.capture.watched:
        raise NotEvaluable(
            "the page's requests were not read: connectif: allow, or a page that was already open"
        )
