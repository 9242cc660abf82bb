"""Rules that compare the fields of a tag with what the scenario expects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from validator.core.document import Json, json_pointer
from validator.core.finding import Consequence, Severity
from validator.core.result import ShadowedField, TagReading
from validator.page.amounts import possible_amounts
from validator.rules.message_text import field_name, format_recorded
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PURCHASE_TAG_DOCS
from validator.rules.rule import (
    ANY_TAG,
    NotEvaluable,
    Rule,
    RuleContext,
    Violation,
    rule_for_each_tag,
)
from validator.rules.script.event_values import event_expectation_not_met
from validator.rules.script.sent_purchases import find_purchases_without_tag

ITEMS_FIELD = "product_basket_item"
"""For this field a scenario expects a number of products, not a value."""


def contradictory_pointers(reading: TagReading) -> frozenset[str]:
    """Return the JSON pointers of the fields that the tag has again with another text."""
    texts = reading.texts_by_pointer()
    return frozenset(
        other.pointer
        for other in reading.shadowed
        if _is_contradiction(other, texts[other.pointer])
    )


def _is_contradiction(other: ShadowedField, first: str) -> bool:
    """Tell a second element that contradicts the field from HTML inside of another field."""
    return not other.inside and other.text != first


def _find_duplicate_fields(reading: TagReading, _: frozenset[str]) -> Iterator[Violation]:
    texts = reading.texts_by_pointer()
    for other in reading.shadowed:
        first, name = texts[other.pointer], field_name(other.pointer)
        is_wrong = _is_contradiction(other, first)
        where = f" inside {other.inside}" if other.inside else ""
        yield Violation(
            f'{name} is in the tag a second time{where}, with "{other.text}"; the Connectif script '
            f'takes the first, "{first}".',
            pointer=other.pointer,
            expected=f'one element with class="{other.pointer.rpartition("/")[2]}"',
            actual=other.text,
            recorded=first,
            severity=Severity.ERROR if is_wrong else Severity.WARNING,
            consequence=Consequence.RECORDED_WRONG if is_wrong else Consequence.ADVICE,
            location=other.location,
        )


field_duplicate = rule_for_each_tag(_find_duplicate_fields)


def _find_missing_zone(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    at = "/purchase_date"
    text = reading.text(at)
    if text and at in invalid:
        raise NotEvaluable("purchase_date is not in a documented form")
    if text and not re.search(r"(Z|[+-]\d\d:?(\d\d)?)$", text[10:]):
        yield Violation(
            "purchase_date has no time zone, so Connectif cannot know which hour it means.",
            pointer=at,
            expected=f"{text}Z, or with an offset such as +02:00",
            actual=text,
        )


purchase_date_without_zone = rule_for_each_tag(_find_missing_zone)


def expectation_not_met(context: RuleContext) -> Iterator[Violation]:
    """Compare the tag with what the scenario expects; numbers are compared as numbers."""
    if not context.expected:
        return
    if not context.tags and find_purchases_without_tag(context):
        yield from event_expectation_not_met(context)
        return
    context.require_readings()
    compared = [_compare_expectations(context, index) for index in range(len(context.readings))]
    if context.accepts_any_match:
        # Where any tag may match, report only the differences of the closest one.
        compared = [min(compared, key=lambda each: (len(each[0]) + len(each[1]), len(each[0])))]
    yield from (violation for violations, _ in compared for violation in violations)
    if unknown := [each for _, unknown in compared for each in unknown]:
        raise NotEvaluable("; ".join(unknown))


def _compare_expectations(context: RuleContext, index: int) -> tuple[list[Violation], list[str]]:
    """Return the differences of a tag, and why fields could not be compared."""
    reading, invalid = context.readings[index], context.invalid_pointers[index]
    violations: list[Violation] = []
    unknown: list[str] = []
    for name, expected in context.expected.items():
        try:
            violations += _compare_field(reading, json_pointer(name), expected, index, invalid)
        except NotEvaluable as error:
            unknown.append(str(error))
    return violations, unknown


def _compare_field(
    reading: TagReading, at: str, expected: str, index: int, invalid: frozenset[str]
) -> Iterator[Violation]:
    name, expected = field_name(at), expected.strip()
    items = reading.data.get(name, [])
    if name == ITEMS_FIELD and isinstance(items, list):
        yield from _compare_count(items, expected, index)
        return
    if at in invalid:
        raise NotEvaluable(f"{name} has no valid value to compare")
    field = next((field for field in reading.fields if field.pointer == at), None)
    if field is None:
        yield Violation(
            f'{name} should be "{expected}", but the tag has no {name}.',
            tag=index,
            pointer=at,
            expected=expected,
            actual="nothing",
        )
    elif either := _ambiguous_amounts(field.text, field.recorded, expected):
        yield Violation(
            f'{name} is "{field.text}", and the expected "{expected}" may mean {either}: '
            "they could not be compared.",
            tag=index,
            pointer=at,
            expected=expected,
            actual=field.text,
            hint="Expect the number itself, with a dot for decimals, or a text that has decimals.",
            severity=Severity.WARNING,
            consequence=Consequence.ADVICE,
        )
    elif not _matches_expected(field.text, field.recorded, expected):
        yield Violation(
            f'{name} is "{field.text}", the scenario expects "{expected}".',
            tag=index,
            pointer=at,
            expected=expected,
            actual=field.text,
            recorded=format_recorded(field.recorded),
        )


def _compare_count(items: list[Json], expected: str, index: int) -> Iterator[Violation]:
    if possible_amounts(expected) != {Decimal(len(items))}:
        yield Violation(
            f"The tag has {len(items)} products, the scenario expects {expected}.",
            tag=index,
            pointer=json_pointer(ITEMS_FIELD),
            expected=expected,
            actual=str(len(items)),
        )


def _matches_expected(text: str, recorded: Json, expected: str) -> bool:
    if not isinstance(recorded, int | float):
        return " ".join(text.split()) == " ".join(expected.split())
    return possible_amounts(text) == possible_amounts(expected)


def _ambiguous_amounts(text: str, recorded: Json, expected: str) -> str:
    """Return the readings of an ambiguous expected amount, if the tag has one of them; else ""."""
    meant = possible_amounts(expected) if isinstance(recorded, int | float) else frozenset()
    if len(meant) < 2 or not possible_amounts(text) & meant:
        return ""
    return " or ".join(str(number) for number in sorted(meant))


RULES = (
    Rule(
        "field-duplicate",
        "A field is in the tag more than once",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script takes the first element with the class, at any depth, and ignores the rest.",
        "Keep one element, and give the others, such as a subtotal, a different class.",
        CLIENT_SCRIPT_SOURCE,
        field_duplicate,
        before='<span class="total_price">170</span> … <span class="total_price">180.75</span>',
        after='<span class="subtotal">170</span> … <span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "expectation-not-met",
        "The tag differs from what the scenario expects",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The tag is well-formed, but it does not say what the customer saw and did.",
        "Find out which is right: the tag, the page, or the scenario.",
        PURCHASE_TAG_DOCS,
        expectation_not_met,
        before='<p>Total: 180.75</p> … <span class="total_price">170.00</span>',
        after='<p>Total: 180.75</p> … <span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "purchase-date-without-zone",
        "The date of the purchase has no time zone",
        Severity.WARNING,
        Consequence.NOT_AS_DOCUMENTED,
        "How Connectif reads a time without a zone is not documented: it may be hours off.",
        "End the date with Z or an offset.",
        PURCHASE_TAG_DOCS,
        purchase_date_without_zone,
        before='<span class="purchase_date">2024-09-13 10:49:31</span>',
        after='<span class="purchase_date">2024-09-13T10:49:31+02:00</span>',
    ),
)
