"""Reports what the Connectif script drops where no other rule reports it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from validator.core.finding import Consequence, Severity
from validator.core.result import DroppedItem
from validator.page.recorded_event import causes_drop
from validator.rules.message_text import field_name
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import ANY_TAG, Rule, RuleContext, RuleViolation, Violation
from validator.rules.tag.losses import empty_tag_consequence

_LOSS_CONSEQUENCES = frozenset([Consequence.PURCHASE_LOST, Consequence.TAG_LOST])


def unreported_losses(
    context: RuleContext, violations: Sequence[RuleViolation]
) -> Iterator[RuleViolation]:
    """Yield the tags and products that the script drops and no violation mentions."""
    [rule] = RULES
    tags = {each.violation.tag for each in violations if each.consequence in _LOSS_CONSEQUENCES}
    items = {
        (each.violation.tag, "/".join(each.violation.pointer.split("/")[:3]))
        for each in violations
        if each.consequence is Consequence.ITEM_LOST
    }
    for index, reading in enumerate(context.readings):
        if reading.event is None:
            if index not in tags:
                yield RuleViolation(rule, _lost_tag_violation(context, index))
            continue
        for item in reading.dropped_items:
            if (index, item.pointer) not in items:
                yield RuleViolation(rule, _lost_item_violation(context, index, item))


def _lost_tag_violation(context: RuleContext, index: int) -> Violation:
    because, thing = context.readings[index].lost_because, context.fields.thing
    return Violation(
        f"The Connectif script drops the whole {thing}: {because}.",
        tag=index,
        pointer=_find_dropping_field(context, index, ""),
        expected=f"a {thing} that the script keeps",
        actual=because,
        recorded="nothing",
        consequence=empty_tag_consequence(context.fields),
    )


def _lost_item_violation(context: RuleContext, index: int, item: DroppedItem) -> Violation:
    return Violation(
        f"The Connectif script leaves out {field_name(item.pointer)}: {item.because}.",
        tag=index,
        pointer=_find_dropping_field(context, index, item.pointer),
        expected="a product that the script keeps",
        actual=item.because,
        recorded="nothing",
        consequence=Consequence.ITEM_LOST,
    )


def _find_dropping_field(context: RuleContext, index: int, scope: str) -> str:
    """Return the pointer of the field that makes the script drop a tag or an item.

    ``scope`` is the pointer of the tag or item, and is returned where there is no such field.
    """
    found = (
        each.pointer
        for each in context.readings[index].fields
        if each.pointer.rpartition("/")[0] == scope
        if causes_drop(context.fields.at(each.pointer), each.text)
    )
    return next(found, scope)


RULES = (
    Rule(
        "dropped-by-script",
        "The script drops the tag or a product, and no other rule says why",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The script drops tags and products without a message. A number with more than 308 "
        "digits, for example, is infinite in JavaScript and cannot be recorded.",
        "Write values that the script can record; the finding names those that it cannot. If you "
        "have turned off the rule for the cause, this rule reports the loss instead.",
        CLIENT_SCRIPT_SOURCE,
        before=f'<span class="total_price">{"9" * 12}… (310 digits)</span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
)
