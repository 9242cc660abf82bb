"""Did the Connectif script on the page send what its tag says?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeGuard, cast

from validator.core.document import Json
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.rule import Problem, Rule, Subject, Unknown
from validator.rules.script.sending_disabled import held_back_by
from validator.rules.script.sent import (
    purchases,
    require_watched,
    sent_of,
    sent_purchases,
)
from validator.rules.sources import SCRIPT
from validator.rules.wording import shown

NAMED = 5
"""More differences of one tag say nothing new."""


def _expected_to_be_sent(subject: Subject) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Yield the tags that are recorded, as they should be sent; none where nothing sends."""
    capture = subject.capture
    sends = capture.script.present or any(each.event.here for each in purchases(subject))
    if not capture.rendered or not sends:
        return
    require_watched(subject)
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
        # One that was sent and did not get through has a rule of its own.
        if is_late or sent_of(subject, str(purchase.get("purchaseId"))):
            continue
        if not script.present:
            yield _sent_instead(subject, index)
            continue
        if cause := held_back_by(subject):
            raise Unknown(f"nothing is sent from this page: {cause}")
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


def _sent_instead(subject: Subject, index: int) -> Problem:
    names = ", ".join(dict.fromkeys(each.name for each in purchases(subject) if each.event.here))
    return Problem(
        f"The page sends {names} by JavaScript, and not the purchase of its tag: no Connectif "
        "script reads it.",
        tag=index,
        expected="a purchase event with the tag's purchase_id",
        actual=names,
        recorded=names,
        hint="Give the event and the tag the same id, or have one of the two alone.",
    )


def sent_otherwise(subject: Subject) -> Iterator[Problem]:
    for index, purchase in _expected_to_be_sent(subject):
        told: set[str] = set()
        for sent in sent_purchases(subject, str(purchase.get("purchaseId"))):
            for name, value, other in islice(_differences(purchase, sent), NAMED):
                if name not in told:
                    told.add(name)
                    yield Problem(
                        f"The page sent another {name} than its tag says now.",
                        tag=index,
                        expected=_shown(value),
                        actual=_shown(value),
                        recorded=_shown(other),
                    )


def read_otherwise(subject: Subject) -> Iterator[Problem]:
    """Compare our reading with what the page's own script makes of the same tags."""
    theirs = subject.capture.script_reading
    if theirs is None:
        return
    version = subject.capture.script.version or "of an unknown version"
    ours = [
        (index, _purchase(reading))
        for index, reading in enumerate(subject.readings)
        if reading.event is not None
    ]
    if len(ours) != len(theirs):
        yield Problem(
            f"The script on the page ({version}) reads {_count(len(theirs))} from its tags, this "
            f"tool {_count(len(ours))}.",
            expected=_count(len(ours)),
            actual=_count(len(theirs)),
            recorded=_count(len(theirs)),
        )
        return
    for (index, purchase), event in zip(ours, theirs, strict=True):
        found = event.get("purchase")
        sent = found if isinstance(found, dict) else {}
        for name, value, other in islice(_differences(purchase, sent), NAMED):
            yield Problem(
                f"The script on the page ({version}) reads {name} otherwise than this tool.",
                tag=index,
                expected=_shown(value),
                actual=_shown(other),
                recorded=_shown(other),
            )
        if more := [
            key for key, value in sent.items() if value is not None and key not in purchase
        ]:
            yield Problem(
                f"The script on the page ({version}) also reads {', '.join(more[:10])}.",
                tag=index,
                expected="what client script 1.3.0 reads",
                actual=", ".join(f"{key}: {_shown(sent[key])}" for key in more[:10]),
                severity=Severity.INFO,
            )


def _count(number: int) -> str:
    return "1 purchase" if number == 1 else f"{number} purchases"


def _differences(
    ours: Mapping[str, Json], theirs: Mapping[str, Json]
) -> Iterator[tuple[str, Json, Json]]:
    """Yield what is not the same: its name, what we make of it, and what they do."""
    for key, value in ours.items():
        other = theirs.get(key)
        if _is_list_of_objects(value) and isinstance(other, list) and len(value) == len(other):
            for number, (item, twin) in enumerate(zip(value, other, strict=True), start=1):
                for name, mine, its in _differences(item, twin if isinstance(twin, dict) else {}):
                    yield f"{name} of product {number}", mine, its
        elif not _is_same(value, other):
            yield key, value, other


def _is_list_of_objects(value: Json) -> TypeGuard[list[dict[str, Json]]]:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _is_same(ours: Json, sent: Json) -> bool:
    """Compare what we would send with what was sent."""
    if isinstance(ours, list) and isinstance(sent, list):
        return len(ours) == len(sent) and all(map(_is_same, ours, sent))
    return ours == sent


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return "1 product" if len(value) == 1 else f"{len(value)} products"
    return shown(value)


RULES = (
    Rule(
        "purchase-not-sent",
        "The Connectif script does not send the purchase",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "A good tag is of no use when the script does not send it. No setting that is known to "
        "hold it back does; the tag may not have been whole at the moment the script read it.",
        "Render the tag whole, in the HTML the server sends, and look at the requests in the "
        "browser's developer tools.",
        SCRIPT,
        not_sent,
        before="<script>setTimeout(() => total.textContent = '180.75', 500)</script>",
        after='<span class="total_price">180.75</span>',
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
    Rule(
        "script-reads-otherwise",
        "The script on the page reads its tag otherwise than this tool",
        Severity.WARNING,
        Consequence.ADVICE,
        "This tool reads a tag as client script 1.3.0 does. Yours may be a newer one, or changed: "
        "what counts is what it reads.",
        "Trust the script, compare its value with the order, and tell the authors of this tool.",
        SCRIPT,
        read_otherwise,
        before="connectif.getPurchaseEvents()[0].purchase.totalPrice === 180",
        after="connectif.getPurchaseEvents()[0].purchase.totalPrice === 180.75",
    ),
)
