"""Rules on the purchase events that a page sends: delivered, once, and known to this tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from validator.core.capture import BLOCKED_BY_POLICY, RequestOutcome
from validator.core.document import Json, Location
from validator.core.finding import Consequence, Severity
from validator.core.urls import shorten_url
from validator.rules.message_text import format_purchases, format_times
from validator.rules.references import CLIENT_SCRIPT_SOURCE, JS_EVENT_DOCS
from validator.rules.rule import Rule, RuleContext, Violation
from validator.rules.script.script_events import (
    MAX_DIFFERENCES,
    format_event_value,
    iter_differences,
)
from validator.rules.script.sent_purchases import (
    SentPurchase,
    find_delivered_with_id,
    find_purchases_without_tag,
    find_sent_purchases,
    is_purchase_due,
    require_requests_watched,
    sends_no_purchase,
    tag_purchase_ids,
)

MAX_NAMED_PURCHASES = 5


def purchase_by_event(context: RuleContext) -> Iterator[Violation]:
    if context.tags or not is_purchase_due(context):
        return
    for each in find_purchases_without_tag(context)[:MAX_NAMED_PURCHASES]:
        where = (
            "The page" if each.event.here else f"{shorten_url(each.event.url)}, on the way here,"
        )
        yield Violation(
            f"{where} sends {each.name} by JavaScript, without a tag.",
            expected="a tag or an event, one of the two",
            actual="an event",
            location=each.place,
        )


def purchase_sent_twice(context: RuleContext) -> Iterator[Violation]:
    if not is_purchase_due(context) or context.capture.script.loads > 1:
        return  # the rule script-twice reports this
    require_requests_watched(context)
    yield from _find_repeated_ids(context)
    yield from _find_extra_purchases(context)


def _find_repeated_ids(context: RuleContext) -> Iterator[Violation]:
    sent = Counter(
        each.id for each in find_sent_purchases(context) if each.event.here and each.arrived
    )
    tags = tag_purchase_ids(context)
    for identity, count in sent.items():
        if identity and count > max(tags.count(identity), 1):
            has_tag = identity in tags
            how = ": its tag is read, and JavaScript sends it too" if has_tag else ""
            yield Violation(
                f'The page sends the purchase "{identity}" {format_times(count)}{how}.',
                tag=tags.index(identity) if has_tag else None,
                expected="one purchase event",
                actual=f"{count} purchase events",
                recorded=f"{count} times, unless Connectif treats a known id as the same purchase",
            )


def _find_extra_purchases(context: RuleContext) -> Iterator[Violation]:
    """Report purchases with other ids than those of the tags, where there are too many."""
    others = [
        each for each in find_purchases_without_tag(context) if each.event.here and each.arrived
    ]
    recorded = sum(
        bool(find_delivered_with_id(context, each)) for each in set(tag_purchase_ids(context))
    )
    due, total = context.expected_count, recorded + len(others)
    if not others or total <= due:
        return
    names = ", ".join(
        f'"{each.id}"' if each.id else "without an id" for each in others[:MAX_NAMED_PURCHASES]
    )
    yield Violation(
        f"Besides the purchase of its tag, the page sends {format_purchases(len(others))} "
        f"by JavaScript: "
        f"{names}."
        if recorded
        else f"The page sends {format_purchases(total)} by JavaScript, not {due}: {names}.",
        expected=format_purchases(due),
        actual=format_purchases(total),
        recorded=format_purchases(total),
    )


def purchase_changes_between_pages(context: RuleContext) -> Iterator[Violation]:
    """Report a purchase that pages of one journey sent with different values."""
    if not is_purchase_due(context):
        return
    first: dict[str, SentPurchase] = {}
    reported: set[str] = set()
    for sent in find_sent_purchases(context):
        if not (sent.id and sent.may_have_arrived) or sent.id in reported:
            continue
        before = first.setdefault(sent.id, sent)
        # The rules purchase-sent-twice and purchase-sent-differs compare what one page sent.
        if before.event.here:
            continue
        differences = [*islice(iter_differences(before.purchase, sent.purchase), MAX_DIFFERENCES)]
        if differences:
            reported.add(sent.id)
            yield _change_violation(context, before, sent, differences)


def _change_violation(
    context: RuleContext,
    before: SentPurchase,
    after: SentPurchase,
    differences: Sequence[tuple[str, Json, Json]],
) -> Violation:
    tags = tag_purchase_ids(context)
    sent_before, sent_after = (
        ", ".join(f"{each[0]} {format_event_value(each[at])}" for each in differences)
        for at in (1, 2)
    )
    return Violation(
        f"{shorten_url(before.event.url)}, on the way here, sent {before.name} with {sent_before}"
        f"{'' if before.arrived else ', and was left before the answer came'}. "
        f"{shorten_url(after.event.url)} sent it with {sent_after}. It is not documented which of "
        "them Connectif keeps; probably the first.",
        tag=tags.index(after.id) if after.event.here and after.id in tags else None,
        expected="one purchase event, with the final values",
        actual=f"{sent_before}, then {sent_after}",
        recorded=f"{sent_before}, if the first is kept",
        severity=None if before.arrived else Severity.WARNING,
    )


def other_purchase_on_way(context: RuleContext) -> Iterator[Violation]:
    """Report purchases with other ids that earlier pages sent, beside those of this page."""
    if not is_purchase_due(context) or context.capture.case is not None:
        return
    sent = [each for each in find_sent_purchases(context) if each.id and each.arrived]
    here = {each.id for each in sent if each.event.here} | set(
        filter(None, tag_purchase_ids(context))
    )
    others = {each.id: each for each in sent if not each.event.here and each.id not in here}
    if not here or len(here) + len(others) <= context.expected_count:
        return
    names = ", ".join(each.name for each in [*others.values()][:MAX_NAMED_PURCHASES])
    first = next(iter(others.values()), None)
    if first is not None:
        yield Violation(
            f"{shorten_url(first.event.url)}, on the way here, sent {names}. This page has "
            f"{', '.join(sorted(here)[:MAX_NAMED_PURCHASES])}: Connectif records each of them.",
            expected=format_purchases(context.expected_count),
            actual=format_purchases(len(here) + len(others)),
            location=first.place,
        )


def purchase_not_through(context: RuleContext) -> Iterator[Violation]:
    if not is_purchase_due(context):
        return
    if context.capture.rendered and not context.capture.watched:
        yield from _unread_failure_violation(context)
    require_requests_watched(context)
    sent = find_sent_purchases(context)
    through = {each.id for each in sent if each.arrived}
    failed = {each.id: each for each in sent if each.id not in through}
    for each in failed.values():
        # The rule script-blocked-by-csp reports a page whose policy blocks all that it sends.
        if not (each.is_blocked_by_policy and each.event.here and sends_no_purchase(context)):
            yield _delivery_violation(each)
    answered = {
        each.id for each in sent if each.arrived and each.event.outcome != RequestOutcome.SENT
    }
    waiting = {each.id: each for each in sent if each.event.outcome == RequestOutcome.SENT}
    yield from (_unanswered_violation(each) for each in waiting.values() if each.id not in answered)


def _unread_failure_violation(context: RuleContext) -> Iterator[Violation]:
    """Report a failed request with data, where the requests are not read."""
    failed = [
        each
        for each in context.capture.requests
        if each.kind == "data"
        and (each.outcome == RequestOutcome.FAILED or (each.status or 0) >= 400)
    ]
    # The rule script-blocked-by-csp reports what the policy of the page forbids.
    for each in failed:
        if each.failure != BLOCKED_BY_POLICY or not each.here:
            because = each.failure or f"HTTP {each.status}"
            yield Violation(
                f"A request with data to Connectif did not get through: {because}. It was "
                "not read, and may have contained a purchase.",
                expected="an answer from Connectif",
                actual=because,
                hint="Use connectif: observe, which reads what the page sends.",
                location=None if each.here else Location(each.page),
            )
            return


def _unanswered_violation(sent: SentPurchase) -> Violation:
    return Violation(
        f"The request with {sent.name} was not answered.",
        expected="an answer from Connectif",
        actual="no answer yet",
        hint="Allow more time for the answer: a larger `within`.",
        location=sent.place,
    )


def _delivery_violation(sent: SentPurchase) -> Violation:
    event, hint, severity = sent.event, "", Severity.ERROR
    if event.status is not None and event.status >= 400:
        actual = f"HTTP {event.status}"
        message = f"Connectif answered {actual} to {sent.name}."
        hint = "Check that the script on the page is the one of this store, and try again later."
    elif sent.is_blocked_by_policy:
        actual = "a request that the browser blocked (csp)"
        message = f"The browser blocked {sent.name} because of the page's Content-Security-Policy."
        hint = "Allow https://*.connectif.cloud in connect-src, on each page that sends purchases."
    elif event.failure == "mixed-content":
        actual = "a request over http from a page over https"
        message = f"The browser blocked {sent.name}: mixed content, {actual}."
        hint = "Send to Connectif over https."
    elif event.failure == "net::ERR_ABORTED":
        severity, actual = Severity.WARNING, "an aborted request"
        message = f"The page was left before the request with {sent.name} was answered."
    else:
        actual = event.failure
        message = f"The request with {sent.name} did not get through: {event.failure}."
        hint = "Check that this machine reaches Connectif, and that nothing blocks the request."
    return Violation(
        message,
        expected="an answer from Connectif",
        actual=actual,
        recorded="nothing" if severity is Severity.ERROR else "",
        hint=hint,
        severity=severity,
        location=sent.place,
    )


def data_sent_elsewhere(context: RuleContext) -> Iterator[Violation]:
    for each in context.capture.requests:
        if each.kind == "other" and each.here and each.method not in ("GET", "HEAD", "OPTIONS"):
            yield Violation(
                f"The page sends data to {shorten_url(each.url)}, an address of Connectif that "
                "this tool does not know. The data may contain a purchase.",
                expected="data sent as client script 1.3.0 sends it",
                actual=f"{each.method} {shorten_url(each.url)}",
            )
            return


RULES = (
    Rule(
        "purchase-by-event",
        "The purchase is sent by JavaScript, without a tag",
        Severity.INFO,
        Consequence.ADVICE,
        "Connectif accepts both. The event is then checked instead of a tag, which is possible "
        "only in a browser.",
        "Nothing needs to change. If the page should have a tag, find out why it has none.",
        JS_EVENT_DOCS,
        purchase_by_event,
        before="connectif.managed.sendEvents([{type: 'purchase', purchase: { … }}])",
        after='<div class="cn_purchase"> … </div>, or the event as it is',
    ),
    Rule(
        "purchase-sent-twice",
        "The page sends a purchase more often than it was made",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script sends a purchase for each tag, and one for each event that it is given. It "
        "does not compare them. What Connectif does with a second one is not documented.",
        "Keep either the tag or the event. Look for a module and a tag manager that both send the "
        "purchase.",
        CLIENT_SCRIPT_SOURCE,
        purchase_sent_twice,
        before='<div class="cn_purchase"> … </div>\n'
        "<script>connectif.managed.sendEvents([{type: 'purchase', … }])</script>",
        after='<div class="cn_purchase"> … </div>',
    ),
    Rule(
        "purchase-changes-between-pages",
        "Pages of one journey send the same purchase with different values",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script sends the purchase of each page that has the tag: an offer after the payment, "
        "or a page that waits for it, as well as the order confirmation. What Connectif does with "
        "a known purchase_id is not documented. Its API refuses it and keeps the first.",
        "Render the tag on one page only: the first on which the order no longer changes.",
        CLIENT_SCRIPT_SOURCE,
        purchase_changes_between_pages,
        before='<div class="cn_purchase"> 39.80 </div>  on the offer, 59.70 on the confirmation',
        after='<div class="cn_purchase"> 59.70 </div>  on the confirmation only',
    ),
    Rule(
        "purchase-on-the-way",
        "A page before the order confirmation sends another purchase",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "Each purchase_id is a purchase of its own to Connectif. An order that is sent once with a "
        "temporary id and once with the final one counts twice.",
        "Send each order once, with its final id. If the journey places several orders, this is "
        "fine: turn the rule off, or say how many with count.",
        CLIENT_SCRIPT_SOURCE,
        other_purchase_on_way,
        before='<div class="cn_purchase"> <span class="purchase_id">draft-1</span> … </div>',
        after='<div class="cn_purchase"> … </div>  on the order confirmation only',
    ),
    Rule(
        "purchase-not-through",
        "The request with the purchase does not get through",
        Severity.WARNING,
        Consequence.PURCHASE_LOST,
        "The script sends a purchase once, with a plain request that ends with the page. If the "
        "customer is sent on at once, or the request fails, the script does not try again.",
        "Keep the customer on the order confirmation, or redirect well after the script's "
        "connectif.initialized event.",
        CLIENT_SCRIPT_SOURCE,
        purchase_not_through,
        before="<script>location.href = '/my-account'</script> on the order confirmation",
        after='<a href="/my-account">My account</a>',
        recorded_if="if the request got through",
    ),
    Rule(
        "data-sent-elsewhere",
        "The page sends data to an unknown address of Connectif",
        Severity.WARNING,
        Consequence.ADVICE,
        "This tool knows where client script 1.3.0 sends purchases. A newer script may send them "
        "elsewhere, in an unknown form. What was sent then cannot be compared with the tag.",
        "Compare with what Connectif shows for the contact, and check whether a newer "
        "cn-validator knows the address.",
        CLIENT_SCRIPT_SOURCE,
        data_sent_elsewhere,
        before="fetch('https://eu3-api.connectif.cloud/v2/collect', {method: 'POST', body})",
        after="POST https://eu3-api.connectif.cloud/integration-type/system/scrippet-notification/…",
    ),
)
