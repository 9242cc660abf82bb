"""Reports the violations of a tag's schema as violations of the rules that explain them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from validator.contract.fields import Field
from validator.core.result import TagReading
from validator.core.severities import RuleOverrides
from validator.rules.catalogue import RULES_BY_ID
from validator.rules.rule import RuleContext, RuleViolation, Violation
from validator.rules.tag.losses import empty_tag_consequence
from validator.rules.tag.placeholders import unrendered_pointers
from validator.rules.tag.schema_messages import (
    build_schema_rule_violation,
    find_rule_id,
    find_unknown_classes,
)

_PLACEHOLDER_RULE = "placeholder-unrendered"


def iter_schema_rule_violations(
    context: RuleContext, overrides: RuleOverrides
) -> Iterator[RuleViolation]:
    """Yield the first schema violation of each value, without those of rules that are off."""
    has_elements = any(field.comes_from == "class" for field in context.fields.fields.values())
    for index, reading in enumerate(context.readings):
        if not reading.fields and context.schema_violations[index] and has_elements:
            rule = RULES_BY_ID["mandatory-field-missing"]
            yield RuleViolation(rule, _empty_tag_violation(reading, context.fields, index))
        else:
            yield from _iter_tag_violations(context, overrides, index)


def _iter_tag_violations(
    context: RuleContext, overrides: RuleOverrides, index: int
) -> Iterator[RuleViolation]:
    reading, fields = context.readings[index], context.fields
    # A placeholder has a rule of its own.
    reported = (
        set() if overrides.is_off(_PLACEHOLDER_RULE) else set(unrendered_pointers(reading, fields))
    )
    differing = frozenset(each.pointer for each in reading.fields if each.differs)
    lacks_field = any(each.keyword == "required" for each in context.schema_violations[index])
    unknown_classes = find_unknown_classes(context.tags[index].html, fields) if lacks_field else ()
    for each in context.schema_violations[index]:
        rule = RULES_BY_ID[find_rule_id(each)]
        if each.pointer not in reported and not overrides.is_off(rule.id):
            reported.add(each.pointer)
            violation = build_schema_rule_violation(each, fields, differing, unknown_classes)
            yield RuleViolation(rule, replace(violation, tag=index))


def _empty_tag_violation(reading: TagReading, fields: Field, index: int) -> Violation:
    return Violation(
        f"The tag is empty: {reading.lost_because}. Connectif drops it."
        if reading.lost_because
        else "The tag is empty.",
        tag=index,
        expected=f"the fields of the {fields.thing} inside of the tag",
        actual="an empty tag",
        recorded="nothing",
        consequence=empty_tag_consequence(fields),
    )
