"""Whatever the other rules say: what the script drops is never lost in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from validator.core.finding import Consequence, Severity
from validator.page.recorded_event import is_dropped
from validator.rules.rule import ANY_TAG, Problem, Rule, Subject
from validator.rules.sources import SCRIPT
from validator.rules.suppression import Told
from validator.rules.tag.schema_messages import consequence_of
from validator.rules.wording import field_name

_LOSSES = frozenset([Consequence.PURCHASE_LOST, Consequence.TAG_LOST])


def untold(subject: Subject, told: Sequence[Told]) -> Iterator[Told]:
    """Yield the losses that no problem among ``told`` speaks of."""
    [rule] = RULES
    lost = {problem.tag for each, problem in told if _consequence(each, problem) in _LOSSES}
    items = {
        (problem.tag, "/".join(problem.pointer.split("/")[:3]))
        for each, problem in told
        if _consequence(each, problem) is Consequence.ITEM_LOST
    }
    for index, reading in enumerate(subject.readings):
        if reading.event is None:
            if index not in lost:
                yield rule, _lost(subject, index)
            continue
        for item in reading.dropped_items:
            if (index, item.pointer) not in items:
                yield (
                    rule,
                    Problem(
                        f"The Connectif script leaves out {field_name(item.pointer)}: "
                        f"{item.because}.",
                        tag=index,
                        pointer=_culprit(subject, index, item.pointer),
                        expected="a product that the script keeps",
                        actual=item.because,
                        recorded="nothing",
                        consequence=Consequence.ITEM_LOST,
                    ),
                )


def _consequence(rule: Rule, problem: Problem) -> Consequence:
    return problem.consequence or rule.consequence


def _lost(subject: Subject, index: int) -> Problem:
    because = subject.readings[index].lost_because
    thing = subject.fields.thing if subject.fields else "tag"
    return Problem(
        f"The Connectif script drops the whole {thing}: {because}.",
        tag=index,
        pointer=_culprit(subject, index, ""),
        expected=f"a {thing} that the script keeps",
        actual=because,
        recorded="nothing",
        consequence=consequence_of(subject.fields) if subject.fields else None,
    )


def _culprit(subject: Subject, index: int, scope: str) -> str:
    """Return the pointer of the field for which a tag or an item is dropped, or its own."""
    fields = subject.fields
    found = (
        each.pointer
        for each in subject.readings[index].fields
        if fields and each.pointer.rpartition("/")[0] == scope
        if is_dropped(fields.at(each.pointer), each.text)
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
        SCRIPT,
        before=f'<span class="total_price">{"9" * 12}… (310 digits)</span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
)
