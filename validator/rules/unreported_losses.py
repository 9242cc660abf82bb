"""Whatever the other rules say: what the script drops is never lost in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from validator.core.finding import Consequence, Severity
from validator.page.recorded_event import causes_drop
from validator.rules.message_text import field_name
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation
from validator.rules.suppression import RuleViolation
from validator.rules.tag.schema_messages import empty_tag_consequence

_LOSS_CONSEQUENCES = frozenset([Consequence.PURCHASE_LOST, Consequence.TAG_LOST])


def unreported_losses(
    context: RuleContext, reported: Sequence[RuleViolation]
) -> Iterator[RuleViolation]:
    """Yield the losses that no violation among ``reported`` speaks of."""
    [rule] = RULES
    lost = {
        violation.tag
        for each, violation in reported
        if _effective_consequence(each, violation) in _LOSS_CONSEQUENCES
    }
    items = {
        (violation.tag, "/".join(violation.pointer.split("/")[:3]))
        for each, violation in reported
        if _effective_consequence(each, violation) is Consequence.ITEM_LOST
    }
    for index, reading in enumerate(context.readings):
        if reading.event is None:
            if index not in lost:
                yield rule, _lost_tag_violation(context, index)
            continue
        for item in reading.dropped_items:
            if (index, item.pointer) not in items:
                yield (
                    rule,
                    Violation(
                        f"The Connectif script leaves out {field_name(item.pointer)}: "
                        f"{item.because}.",
                        tag=index,
                        pointer=_find_dropping_field(context, index, item.pointer),
                        expected="a product that the script keeps",
                        actual=item.because,
                        recorded="nothing",
                        consequence=Consequence.ITEM_LOST,
                    ),
                )


def _effective_consequence(rule: Rule, violation: Violation) -> Consequence:
    return violation.consequence or rule.consequence


def _lost_tag_violation(context: RuleContext, index: int) -> Violation:
    because = context.readings[index].lost_because
    thing = context.fields.thing if context.fields else "tag"
    return Violation(
        f"The Connectif script drops the whole {thing}: {because}.",
        tag=index,
        pointer=_find_dropping_field(context, index, ""),
        expected=f"a {thing} that the script keeps",
        actual=because,
        recorded="nothing",
        consequence=empty_tag_consequence(context.fields) if context.fields else None,
    )


def _find_dropping_field(context: RuleContext, index: int, scope: str) -> str:
    """Return the pointer of the field for which a tag or an item is dropped, or its own."""
    fields = context.fields
    found = (
        each.pointer
        for each in context.readings[index].fields
        if fields and each.pointer.rpartition("/")[0] == scope
        if causes_drop(fields.at(each.pointer), each.text)
    )
    return next(found, scope)


RULES = (
    Rule(
        "dropped-by-script",
        "The script drops the tag, or a product, and no other rule has told why",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The script says nothing when it drops something. A number of more than 308 digits, for "
        "one, is infinite to JavaScript, and so no number to record.",
        "Write values that the script can record; the finding says which it cannot. If you have "
        "turned off a rule that told so, this one says it in its place.",
        CLIENT_SCRIPT_SOURCE,
        before=f'<span class="total_price">{"9" * 12}… (310 digits)</span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
)
