"""Did the Connectif script on the page send what its tag says?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from validator.document import Json
from validator.finding import Consequence, Severity
from validator.result import TagReading
from validator.rules.frame import Problem, Rule, Subject, Unknown
from validator.rules.sources import SCRIPT


def sent_purchases(subject: Subject, identity: Json) -> list[Mapping[str, Json]]:
    """Return what the page sent as purchases with an id."""
    purchases = (event.payload.get("purchase") for event in subject.capture.sent_events)
    return [
        cast("Mapping[str, Json]", purchase)
        for purchase in purchases
        if isinstance(purchase, dict) and purchase.get("purchaseId") == identity
    ]


def _expected_to_be_sent(subject: Subject) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Yield the tags that are recorded, as they should be sent; none where no script runs."""
    capture = subject.capture
    if not capture.rendered or not capture.script.present:
        return
    if not capture.watched:
        raise Unknown("what the page sends was not looked at: connectif: allow")
    for index, reading in enumerate(subject.readings):
        if reading.event is not None:
            yield index, _purchase(reading)


def _purchase(reading: TagReading) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", (reading.event or {}).get("purchase", {}))


def not_sent(subject: Subject) -> Iterator[Problem]:
    script = subject.capture.script
    for index, purchase in _expected_to_be_sent(subject):
        appeared = subject.seen[index].appeared_ms or 0
        is_late = script.read_ms is not None and appeared > script.read_ms
        if is_late or sent_purchases(subject, purchase.get("purchaseId")):
            continue
        if script.read_ms is None:
            yield Problem(
                "The Connectif script is on the page, but it did not start: whether it would send "
                "this purchase was not seen.",
                tag=index,
                expected="the script's connectif.managed.initialized event",
                actual="no such event",
                hint="See that the script loads (network, blockers, Content-Security-Policy) and "
                "that nothing holds it back, such as a consent banner nobody accepted.",
                severity=Severity.WARNING,
                consequence=Consequence.ADVICE,
            )
        else:
            yield Problem(
                "The Connectif script read the page and did not send this purchase.",
                tag=index,
                expected="a purchase event in what the page sends to Connectif",
                actual="no such event",
                recorded="nothing",
            )


def sent_otherwise(subject: Subject) -> Iterator[Problem]:
    for index, purchase in _expected_to_be_sent(subject):
        for sent in sent_purchases(subject, purchase.get("purchaseId"))[:1]:
            for key, value in purchase.items():
                if not _is_same(value, sent.get(key)):
                    yield Problem(
                        f"The page sent another {key} than its tag says now.",
                        tag=index,
                        expected=_shown(value),
                        actual=_shown(value),
                        recorded=_shown(sent.get(key)),
                    )


def _is_same(ours: Json, sent: Json) -> bool:
    """Compare what we would send with what was sent: it may hold more, but nothing else."""
    if isinstance(ours, dict) and isinstance(sent, dict):
        return all(_is_same(value, sent.get(key)) for key, value in ours.items())
    if isinstance(ours, list) and isinstance(sent, list):
        return len(ours) == len(sent) and all(map(_is_same, ours, sent))
    return ours == sent


def _shown(value: Json) -> str:
    return f"{len(value)} products" if isinstance(value, list) else str(value)


RULES = (
    Rule(
        "purchase-not-sent",
        "The Connectif script does not send the purchase",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "A good tag is of no use when the script does not send it: tracking is off for this page, "
        "or the tag was not whole at the moment the script read it.",
        "Look at window.connectifConfiguration on the page (webTrackingEnabled, allowedDomains, "
        "excludeTracking), and render the tag whole, in the HTML the server sends.",
        SCRIPT,
        not_sent,
        before="window.connectifConfiguration.webTrackingEnabled === false",
        after="window.connectifConfiguration.webTrackingEnabled === true",
    ),
    Rule(
        "purchase-sent-differs",
        "The page sends another purchase than its tag says",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Connectif records what is sent: the tag was changed after it was read, or something else "
        "on the page sends the purchase too.",
        "Render the tag with its final values, and send each purchase in one way only.",
        SCRIPT,
        sent_otherwise,
        before="<script>setTimeout(() => total.textContent = '180.75', 500)</script>",
        after='<span class="total_price">180.75</span>',
    ),
)
