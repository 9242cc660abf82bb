"""Rules on the time of a tag: complete before the Connectif script reads the page."""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.capture import CapturedTag
from validator.core.finding import Consequence, Severity
from validator.core.urls import shorten_url
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import NotEvaluable, Rule, RuleContext, Violation
from validator.rules.script.sent_purchases import find_delivered_with_id, tag_purchase_ids


def purchase_tag_late(context: RuleContext) -> Iterator[Violation]:
    capture = context.capture
    for index, tag in enumerate(context.tags):
        if tag.appeared_ms is not None:
            yield from _find_lateness(context, index, tag.appeared_ms)
        elif capture.rendered and not capture.watched:
            raise NotEvaluable("the page was not watched from its beginning")


def _find_lateness(context: RuleContext, index: int, appeared: float) -> Iterator[Violation]:
    capture = context.capture
    read, ready = capture.script.read_ms, capture.dom_content_loaded_ms
    is_delivered = bool(find_delivered_with_id(context, tag_purchase_ids(context)[index]))
    if read is not None and appeared > read:
        # A page that makes the script read again, or sends the purchase itself, loses nothing.
        # A purchase that the script drops at any reading has findings on its fields.
        if not is_delivered and context.readings[index].event is not None:
            yield _missed_violation(context, index, appeared - read)
        return
    came = _find_last_change(context.tags[index], read)
    if came is None or ready is None or came <= ready:
        return
    if read is not None:
        yield _race_violation(context, index, came, ready, read)
    elif not is_delivered:
        yield _unread_violation(context, index, came, ready)


def _find_last_change(tag: CapturedTag, read: float | None) -> float | None:
    """Return when a tag became what was read; what changes after the reading is left out."""
    times = [at for at in (tag.appeared_ms, tag.changed_ms) if at is not None]
    return max((at for at in times if read is None or at <= read), default=None)


def _missed_violation(context: RuleContext, index: int, late_ms: float) -> Violation:
    tag = context.tags[index]
    return Violation(
        f"The tag was added {late_ms:.0f} ms after the Connectif script had read the page, which "
        f"it does only once.{_describe_route(context, tag)}",
        tag=index,
        expected=f"the tag before {context.capture.script.read_ms:.0f} ms",
        actual=f"added at {tag.appeared_ms:.0f} ms",
        recorded="nothing",
    )


def _race_violation(
    context: RuleContext, index: int, came: float, ready: float, read: float
) -> Violation:
    """Report a tag that is read in time here, and is not where the script loads faster."""
    margin, verb = read - came, _choose_verb(context, index, came)
    is_close = margin < context.script.margin_ms
    return Violation(
        f"The tag was {verb} {came - ready:.0f} ms after the page was ready, and read {margin:.0f} "
        "ms after that. Where the script loads faster, the purchase is lost or recorded wrong.",
        tag=index,
        expected="the complete tag in the page when it is ready (DOMContentLoaded)",
        actual=f"ready at {ready:.0f} ms, tag {verb} at {came:.0f} ms, read at {read:.0f} ms",
        severity=Severity.ERROR if is_close else Severity.WARNING,
        consequence=Consequence.PURCHASE_LOST if is_close else Consequence.ADVICE,
    )


def _unread_violation(context: RuleContext, index: int, came: float, ready: float) -> Violation:
    """Report a late tag on a page that nothing has read."""
    verb, route = _choose_verb(context, index, came), _describe_route(context, context.tags[index])
    is_live = is_script_live(context)
    cause = route or (
        " The Connectif script reads the tags once in each document, from that moment on, and "
        "does not see what comes after its reading."
    )
    because = "" if is_live else " No page of this run loads the script."
    return Violation(
        f"The tag was {verb} {came - ready:.0f} ms after the page was ready.{cause}{because}",
        tag=index,
        expected="the complete tag in the page when it is ready (DOMContentLoaded)",
        actual=f"ready at {ready:.0f} ms, tag {verb} at {came:.0f} ms",
        recorded="nothing" if is_live and route else "",
        hint=""
        if is_live
        else "If customers get the script, say so in cn-validator.yaml: connectif_script: "
        "expected. Put the tag into the HTML that the server sends, or call "
        "connectif.managed.sendEvents(connectif.getPurchaseEvents()) after adding it.",
        severity=Severity.ERROR if is_live else Severity.WARNING,
        consequence=Consequence.PURCHASE_LOST if is_live else Consequence.ADVICE,
    )


def _choose_verb(context: RuleContext, index: int, came: float) -> str:
    return "added" if came == context.tags[index].appeared_ms else "changed"


def _describe_route(context: RuleContext, tag: CapturedTag) -> str:
    """Return a sentence about a page that was reached without loading a document, or ""."""
    activity, url = context.capture.activity, context.capture.url
    ready = context.capture.dom_content_loaded_ms
    if activity.routed_ms is None or ready is None or (tag.appeared_ms or 0.0) <= ready:
        return ""
    document = shorten_url(activity.document_url or url)
    return (
        f" {shorten_url(url)} was reached without loading a document, by JavaScript in {document}. "
        "The Connectif script reads the tags once in each document, which is over by then."
    )


def is_script_live(context: RuleContext) -> bool:
    """Tell whether customers get the Connectif script: as the shop says, or a page has shown."""
    script = context.capture.script
    is_requested = any(each.kind == "script" for each in context.capture.requests)
    return bool(context.script.is_live or is_requested or script.present or script.waits_as)


RULES = (
    Rule(
        "purchase-tag-late",
        "The purchase tag is not in the page when the Connectif script may read it",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The script reads all tags once in each document, when the script and the document are "
        "ready, and does not watch for later ones. How fast it loads differs from customer to "
        "customer.",
        "Put the tag into the HTML that the server sends. If that is not possible, call "
        "connectif.managed.sendEvents(connectif.getPurchaseEvents()) after adding it.",
        CLIENT_SCRIPT_SOURCE,
        purchase_tag_late,
        before="fetch('/order').then(showTag)",
        after='<div class="cn_purchase"> … </div>  in the HTML of the page',
    ),
)
