"""Rules on the presence of a tag: there, once, in time and visible to the Connectif script."""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.capture import Placement
from validator.core.finding import Consequence, Severity
from validator.page.static_capture import MAX_TAGS
from validator.rules.page.payment_return import describe_withheld_cookies
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PURCHASE_TAG_DOCS
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation
from validator.rules.script.sent_purchases import (
    find_purchases_without_tag,
    find_sent_purchases,
)

_INVISIBLE_BECAUSE = {
    Placement.IFRAME: "an iframe is a document of its own",
    Placement.SHADOW_ROOT: "a shadow root is closed to searches of the document",
    Placement.TEMPLATE: "a <template> is not part of the document until a script copies it",
    Placement.NOSCRIPT: "with JavaScript on, a <noscript> is plain text",
    Placement.COMMENT: "a comment is plain text",
    Placement.TEXTAREA: "HTML in a <textarea> is plain text",
}


def purchase_tag_missing(context: RuleContext) -> Iterator[Violation]:
    if context.tags or context.hidden_tags or not context.expected_count:
        return
    if find_purchases_without_tag(context):
        return  # sent by JavaScript instead
    if context.capture.activity.removed_ms is not None:
        yield _removed_tag_violation(context, context.capture.activity.removed_ms)
        return
    waited = context.capture.waited_ms
    within = f" within {waited / 1000:g} s" if waited else ""
    withheld = describe_withheld_cookies(context.capture)
    unrecorded = context.capture.unrecorded_order
    order = (
        f" The shop has order {unrecorded}, but Connectif would not have it." if unrecorded else ""
    )
    yield Violation(
        f"The page shows no {context.tag} tag{within}.{suggest_lookalike(context)}"
        f"{withheld}{order}",
        expected=f'<div class="{context.tag}">…</div>',
        actual="no element with that class",
        hint=WITHHELD_HINT
        if withheld
        else ""
        if context.capture.rendered
        else f"{RENDER_HINT} Otherwise render the tag on the order confirmation.",
    )


WITHHELD_HINT = (
    "Find the order by what the bank sends back, not by the session, or send the session's cookie "
    "with SameSite=None; Secure."
)


def _removed_tag_violation(context: RuleContext, removed_ms: float) -> Violation:
    read = context.capture.script.read_ms
    before = (
        ", before the Connectif script read the page" if read is None or read > removed_ms else ""
    )
    return Violation(
        f"The page had a {context.tag} tag and removed it {removed_ms:.0f} ms after navigation "
        f"start{before}.",
        expected="the tag for as long as the page is shown",
        actual="a tag that JavaScript removed",
        recorded="nothing" if before else "",
        hint="Look for a script that renders this part of the page again, and keep the tag "
        "outside of it.",
    )


def suggest_lookalike(context: RuleContext) -> str:
    """Return a sentence about an element that seems to be meant as the tag, or ""."""
    other = context.capture.lookalike
    if other is None:
        return ""
    return (
        f' There is {other.attribute}="{other.value}" at {other.location}: did you mean '
        f'class="{context.tag}"?'
    )


RENDER_HINT = (
    "This is the page as it was sent. If a script adds the tag, check the page in a browser: "
    "give its URL, or use --render for a file."
)


def tag_invisible(context: RuleContext) -> Iterator[Violation]:
    """Report hidden tags where visible ones are missing: a copy in a comment does no harm."""
    if len(context.tags) + len(find_purchases_without_tag(context)) >= context.expected_count:
        return
    for tag in context.hidden_tags:
        yield Violation(
            f"The {context.tag} tag is inside {_with_article(tag.placement)}, where the Connectif "
            f"script cannot see it: {_INVISIBLE_BECAUSE[tag.placement]}.",
            expected="the tag in the page's own document",
            actual=f"the tag in {_with_article(tag.placement)}",
            location=tag.origin,
        )


def _with_article(placement: Placement) -> str:
    return f"{'an' if placement is Placement.IFRAME else 'a'} {placement}"


def purchase_tag_duplicate(context: RuleContext) -> Iterator[Violation]:
    """Report each tag after the first that is too many or records a purchase again."""
    first_with: dict[str, int] = {}
    for index, reading in enumerate(context.readings):
        identity = reading.text("/purchase_id")
        first = first_with.setdefault(identity, index)
        is_again = bool(identity) and first != index
        if is_again and None not in (reading.event, context.readings[first].event):
            place = context.readings[first].document.locate("")
            yield Violation(
                f'The purchase "{identity}" is on the page a second time: the first is at {place}.',
                tag=index,
                expected="one tag for each purchase",
                actual=f'another tag with purchase_id "{identity}"',
            )
        elif index and context.expected_count == 1:
            yield _excess_tag_violation(context, index)


def _excess_tag_violation(context: RuleContext, index: int) -> Violation:
    dropped = [reading.event is None for reading in context.readings]
    count = f"{len(dropped)} or more" if len(dropped) >= MAX_TAGS else str(len(dropped))
    if dropped[index]:
        effect = "the Connectif script drops it, and it should not be on the page"
    elif all(dropped[:index]):
        effect = "the Connectif script drops those before it, and records this one"
    else:
        effect = "the Connectif script records a purchase for each that it does not drop"
        effect = effect if any(dropped) else "the Connectif script records a purchase for each"
    is_harmless = dropped[index] or all(dropped[:index])
    return Violation(
        f"This is tag {index + 1} of {count} on the page: {effect}.",
        tag=index,
        expected=f"one {context.tag} tag",
        actual=f"{count} tags",
        severity=Severity.WARNING if is_harmless else None,
        consequence=Consequence.NOT_AS_DOCUMENTED if is_harmless else None,
    )


def tag_count(context: RuleContext) -> Iterator[Violation]:
    """Compare the number of tags where a journey ends in several purchases."""
    if context.expected_count > 1 and 0 < len(context.tags) != context.expected_count:
        yield Violation(
            f"The page has {len(context.tags)} {context.tag} tags, not {context.expected_count}.",
            expected=f"{context.expected_count} tags",
            actual=f"{len(context.tags)} tags",
        )


def tag_unexpected(context: RuleContext) -> Iterator[Violation]:
    if context.expected_count == 0 and context.tags:
        yield Violation(
            f"The page shows a {context.tag} tag, "
            + ("but nothing was bought" if context.tag == "cn_purchase" else "and none is expected")
            + " here.",
            tag=0,
            expected="no tag",
            actual=f"{len(context.tags)} tag(s)",
        )
    elif context.expected_count == 0 and context.tag == "cn_purchase":
        for sent in [each for each in find_sent_purchases(context) if each.event.here][:1]:
            yield Violation(
                f"The page sends {sent.name} by JavaScript, but nothing was bought here.",
                expected="no purchase event",
                actual="a purchase event",
            )


RULES = (
    Rule(
        "purchase-tag-missing",
        "The order confirmation has no purchase tag",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The Connectif script records a purchase from the tag on the page, or from an event that "
        "the page sends by JavaScript. Without a tag or an event, Connectif knows only the orders "
        "that the shop itself sends to its API.",
        "Render the tag on the first page after the purchase, in the page's HTML.",
        PURCHASE_TAG_DOCS,
        purchase_tag_missing,
        before="<body> … </body>",
        after='<body> … <div class="cn_purchase" style="display:none"> … </div></body>',
    ),
    Rule(
        "purchase-tag-invisible",
        "The purchase tag is where the Connectif script cannot see it",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The script searches the document of the page itself. It does not find a tag inside an "
        "iframe, a shadow root, a template, a noscript, a comment or a textarea.",
        'Move the tag into the page itself, and hide it with style="display:none".',
        CLIENT_SCRIPT_SOURCE,
        tag_invisible,
        before='<template><div class="cn_purchase"> … </div></template>',
        after='<div class="cn_purchase" style="display:none"> … </div>',
    ),
    Rule(
        "purchase-tag-duplicate",
        "One purchase is on the page more than once",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script sends a purchase for each tag on the page, and does not compare them.",
        "Render the tag once. Look for a theme and a module that both render it.",
        CLIENT_SCRIPT_SOURCE,
        purchase_tag_duplicate,
        before='<div class="cn_purchase"> … </div>\n<div class="cn_purchase"> … </div>',
        after='<div class="cn_purchase"> … </div>',
    ),
    Rule(
        "tag-count",
        "The number of tags on the page is not the expected one",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script reads every tag on the page. Each order of a split basket needs a tag of its "
        "own, and no order may have two.",
        "Render one tag for each order that was placed, or for each product that is shown.",
        CLIENT_SCRIPT_SOURCE,
        tag_count,
        before='<div class="cn_purchase"> order 1 </div>',
        after='<div class="cn_purchase"> order 1 </div>\n<div class="cn_purchase"> order 2 </div>',
        tags=ANY_TAG,
    ),
    Rule(
        "tag-unexpected",
        "A page has a tag that it should not have",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script records every tag that it finds: a purchase, for example, whether it was paid "
        "or not.",
        "Render the tag only where it is true: a purchase where the order is placed, not where it "
        "is cancelled or pending.",
        CLIENT_SCRIPT_SOURCE,
        tag_unexpected,
        before='<h1>Payment cancelled</h1><div class="cn_purchase"> … </div>',
        after="<h1>Payment cancelled</h1>",
        tags=ANY_TAG,
    ),
)
