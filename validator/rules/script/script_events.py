"""Rules that compare what the Connectif script sent with what the tag says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeGuard, cast

from validator.core.document import Json
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.message_text import format_purchases, format_recorded
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import NotEvaluable, Rule, RuleContext, Violation
from validator.rules.script.sending_disabled import find_blocking_rule
from validator.rules.script.sent_purchases import (
    find_delivered_with_id,
    find_sent_purchases,
    find_sent_with_id,
    require_requests_watched,
)

MAX_DIFFERENCES = 5
"""The most differences of one tag that are reported."""


def _iter_expected_events(context: RuleContext) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Yield index and purchase of each tag that should be sent; nothing where nothing is sent."""
    capture = context.capture
    sends = capture.script.present or any(each.event.here for each in find_sent_purchases(context))
    if not capture.rendered or not sends:
        return
    require_requests_watched(context)
    for index, reading in enumerate(context.readings):
        if reading.event is not None:
            yield index, _event_purchase(reading)


def _event_purchase(reading: TagReading) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", (reading.event or {}).get("purchase", {}))


def purchase_not_sent(context: RuleContext) -> Iterator[Violation]:
    script = context.capture.script
    for index, purchase in _iter_expected_events(context):
        appeared = context.tags[index].appeared_ms or 0
        is_late = script.read_ms is not None and appeared > script.read_ms
        # The rule purchase-not-through reports one that was sent and did not arrive.
        if is_late or find_sent_with_id(context, str(purchase.get("purchaseId"))):
            continue
        if not script.present:
            yield _other_purchase_violation(context, index)
            continue
        if cause := find_blocking_rule(context):
            raise NotEvaluable(f"nothing is sent from this page: {cause}")
        if script.read_ms is None:
            yield Violation(
                "The Connectif script is on the page, but it did not start: it is not known "
                "whether it would send this purchase.",
                tag=index,
                expected="the script's connectif.managed.initialized event",
                actual="no such event",
                hint="Check that the script loads (network, blockers, Content-Security-Policy) and "
                "that nothing holds it back, such as a consent banner that was not accepted.",
                severity=Severity.WARNING,
                consequence=Consequence.ADVICE,
            )
        else:
            yield Violation(
                "The Connectif script read the page and did not send this purchase.",
                tag=index,
                expected="a purchase event in what the page sends to Connectif",
                actual="no such event",
                recorded="nothing",
            )


def _other_purchase_violation(context: RuleContext, index: int) -> Violation:
    names = ", ".join(
        dict.fromkeys(each.name for each in find_sent_purchases(context) if each.event.here)
    )
    return Violation(
        f"The page sends {names} by JavaScript, and not the purchase of its tag: no Connectif "
        "script reads it.",
        tag=index,
        expected="a purchase event with the tag's purchase_id",
        actual=names,
        recorded=names,
        hint="Give the event and the tag the same id, or use only one of the two.",
    )


def purchase_sent_differs(context: RuleContext) -> Iterator[Violation]:
    for index, purchase in _iter_expected_events(context):
        reported: set[str] = set()
        for sent in find_delivered_with_id(context, str(purchase.get("purchaseId"))):
            for name, value, other in islice(iter_differences(purchase, sent), MAX_DIFFERENCES):
                if name not in reported:
                    reported.add(name)
                    yield Violation(
                        f"The page sent a different {name} than its tag says now.",
                        tag=index,
                        expected=format_event_value(value),
                        actual=format_event_value(value),
                        recorded=format_event_value(other),
                    )


def script_reads_otherwise(context: RuleContext) -> Iterator[Violation]:
    """Compare this tool's reading with what the page's own script makes of the same tags."""
    theirs = context.capture.script_reading
    if theirs is None:
        return
    version = context.capture.script.version or "of an unknown version"
    ours = [
        (index, _event_purchase(reading))
        for index, reading in enumerate(context.readings)
        if reading.event is not None
    ]
    if len(ours) != len(theirs):
        yield Violation(
            f"The script on the page ({version}) reads {format_purchases(len(theirs))} from "
            f"its tags, this tool {format_purchases(len(ours))}.",
            expected=format_purchases(len(ours)),
            actual=format_purchases(len(theirs)),
            recorded=format_purchases(len(theirs)),
        )
        return
    for (index, purchase), event in zip(ours, theirs, strict=True):
        found = event.get("purchase")
        sent = found if isinstance(found, dict) else {}
        for name, value, other in islice(iter_differences(purchase, sent), MAX_DIFFERENCES):
            yield Violation(
                f"The script on the page ({version}) reads {name} differently than this tool.",
                tag=index,
                expected=format_event_value(value),
                actual=format_event_value(other),
                recorded=format_event_value(other),
            )
        if more := [
            key for key, value in sent.items() if value is not None and key not in purchase
        ]:
            yield Violation(
                f"The script on the page ({version}) also reads {', '.join(more[:10])}.",
                tag=index,
                expected="what client script 1.3.0 reads",
                actual=", ".join(f"{key}: {format_event_value(sent[key])}" for key in more[:10]),
                severity=Severity.INFO,
            )


def iter_differences(
    ours: Mapping[str, Json], theirs: Mapping[str, Json]
) -> Iterator[tuple[str, Json, Json]]:
    """Yield each difference: name, our value, their value."""
    for key, value in ours.items():
        other = theirs.get(key)
        if _is_list_of_objects(value) and isinstance(other, list) and len(value) == len(other):
            for number, (item, twin) in enumerate(zip(value, other, strict=True), start=1):
                for name, mine, its in iter_differences(
                    item, twin if isinstance(twin, dict) else {}
                ):
                    yield f"{name} of product {number}", mine, its
        elif not _is_same(value, other):
            yield key, value, other


def _is_list_of_objects(value: Json) -> TypeGuard[list[dict[str, Json]]]:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _is_same(ours: Json, sent: Json) -> bool:
    """Compare our value with the sent one."""
    if isinstance(ours, list) and isinstance(sent, list):
        return len(ours) == len(sent) and all(map(_is_same, ours, sent))
    return ours == sent


def format_event_value(value: Json) -> str:
    if isinstance(value, list):
        return "1 product" if len(value) == 1 else f"{len(value)} products"
    return format_recorded(value)


RULES = (
    Rule(
        "purchase-not-sent",
        "The Connectif script does not send the purchase",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "A correct tag is of no use if the script does not send it. No setting that is known to "
        "stop the script does so here. The tag may not have been complete when the script read "
        "it.",
        "Render the complete tag in the HTML that the server sends, and look at the requests in "
        "the browser's developer tools.",
        CLIENT_SCRIPT_SOURCE,
        purchase_not_sent,
        before="<script>setTimeout(() => total.textContent = '180.75', 500)</script>",
        after='<span class="total_price">180.75</span>',
        recorded_if="if the Connectif script sent it",
    ),
    Rule(
        "purchase-sent-differs",
        "The page sends a different purchase than its tag says",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Connectif records what is sent. The tag was changed after it was read, or something else "
        "on the page sends the purchase too.",
        "Render the tag with its final values, and send each purchase in one way only.",
        CLIENT_SCRIPT_SOURCE,
        purchase_sent_differs,
        before="<script>setTimeout(() => total.textContent = '180.75', 500)</script>",
        after='<span class="total_price">180.75</span>',
    ),
    Rule(
        "script-reads-otherwise",
        "The script on the page reads its tag differently than this tool",
        Severity.WARNING,
        Consequence.ADVICE,
        "This tool reads a tag as client script 1.3.0 does. The script of the page may be newer "
        "or modified. What it reads is what is recorded.",
        "Trust the script, compare its value with the order, and report the difference to the "
        "authors of this tool.",
        CLIENT_SCRIPT_SOURCE,
        script_reads_otherwise,
        before="connectif.getPurchaseEvents()[0].purchase.totalPrice === 180",
        after="connectif.getPurchaseEvents()[0].purchase.totalPrice === 180.75",
    ),
)
