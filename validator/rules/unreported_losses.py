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
    subject: RuleContext, told: Sequence[RuleViolation]
) -> Iterator[RuleViolation]:
    """Yield the losses that no problem among ``told`` speaks of."""
    [rule] = RULES
    lost = {
        problem.tag
        for each, problem in told
        if _effective_consequence(each, problem) in _LOSS_CONSEQUENCES
    }
    items = {
        (problem.tag, "/".join(problem.pointer.split("/")[:3]))
        for each, problem in told
        if _effective_consequence(each, problem) is Consequence.ITEM_LOST
    }
    for index, reading in enumerate(subject.readings):
        if reading.event is None:
            if index not in lost:
                yield rule, _lost_tag_violation(subject, index)
            continue
        for item in reading.dropped_items:
            if (index, item.pointer) not in items:
                yield (
                    rule,
                    Violation(
                        f"The Connectif script leaves out {field_name(item.pointer)}: "
                        f"{item.because}.",
                        tag=index,
                        pointer=_find_dropping_field(subject, index, item.pointer),
                        expected="a product that the script keeps",
                        actual=item.because,
                        recorded="nothing",
                        consequence=Consequence.ITEM_LOST,
                    ),
                )


def _effective_consequence(rule: Rule, problem: Violation) -> Consequence:
    return problem.consequence or rule.consequence


def _lost_tag_violation(subject: RuleContext, index: int) -> Violation:
    because = subject.readings[index].lost_because
    thing = subject.fields.thing if subject.fields else "tag"
    return Violation(
        f"The Connectif script drops the whole {thing}: {because}.",
        tag=index,
        pointer=_find_dropping_field(subject, index, ""),
        expected=f"a {thing} that the script keeps",
        actual=because,
        recorded="nothing",
        consequence=empty_tag_consequence(subject.fields) if subject.fields else None,
    )


def _find_dropping_field(subject: RuleContext, index: int, scope: str) -> str:
    """Return the pointer of the field for which a tag or an item is dropped, or its own."""
    fields = subject.fields
    found = (
        each.pointer
        for each in subject.readings[index].fields
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
