"""Rules on the values of a purchase that is sent by JavaScript, without a tag."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from validator.contract.schema import Schema, SchemaViolation, iter_schema_violations, load_schema
from validator.core.document import Document, Json, json_pointer
from validator.core.finding import Consequence, Severity
from validator.core.suggestion import find_similar
from validator.page.amounts import possible_amounts
from validator.rules.message_text import field_name, format_recorded
from validator.rules.references import JS_EVENT_DOCS
from validator.rules.rule import Rule, RuleContext, Violation
from validator.rules.script.sent_purchases import (
    SentPurchase,
    find_purchases_without_tag,
    is_purchase_due,
)

MAX_VIOLATIONS = 5
"""The most violations that are reported: those of one event have one cause in the shop's code."""
PURCHASE_POINTER = json_pointer("purchase")

_JSON_TYPE_NAMES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    type(None): "nothing",
}
_SCHEMA_TYPE_NAMES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "array": "a list",
    "object": "an object",
}


@cache
def _load_event_schema() -> Schema:
    return load_schema("purchase_event")


def _iter_event_violations(context: RuleContext) -> Iterator[tuple[SentPurchase, SchemaViolation]]:
    """Yield the first schema violation of each value, of every event that has no tag."""
    if not is_purchase_due(context):
        return
    for sent in find_purchases_without_tag(context)[:MAX_VIOLATIONS]:
        reported: set[str] = set()
        for violation in iter_schema_violations(
            Document(sent.event.url, dict(sent.purchase)), _load_event_schema()
        ):
            if violation.pointer not in reported:
                reported.add(violation.pointer)
                yield sent, violation


def _is_missing_value(violation: SchemaViolation) -> bool:
    return violation.keyword in ("required", "minLength")


def event_value_missing(context: RuleContext) -> Iterator[Violation]:
    found = [entry for entry in _iter_event_violations(context) if _is_missing_value(entry[1])]
    for sent, violation in found[:MAX_VIOLATIONS]:
        state, actual = ("missing", "nothing")
        described = violation.subschema
        if violation.keyword == "minLength":
            state, actual = ("empty", "an empty text")
        else:
            name = violation.pointer.rpartition("/")[2]
            described = cast("dict[str, dict[str, Json]]", described["properties"])[name]
        yield Violation(
            f"The event's {field_name(violation.pointer)} is "
            f"{state}.{_suggest_key(violation, sent.purchase)}",
            pointer=PURCHASE_POINTER + violation.pointer,
            expected=_describe_schema(described),
            actual=actual,
            location=sent.place,
        )


def event_value_invalid(context: RuleContext) -> Iterator[Violation]:
    found = [entry for entry in _iter_event_violations(context) if not _is_missing_value(entry[1])]
    for sent, violation in found[:MAX_VIOLATIONS]:
        yield Violation(
            f"The event's {field_name(violation.pointer)} {_format_value(violation.value)} "
            f"{_describe_violation(violation)}.",
            pointer=PURCHASE_POINTER + violation.pointer,
            expected=_describe_schema(violation.subschema),
            actual=_format_value(violation.value),
            location=sent.place,
        )


def _describe_violation(violation: SchemaViolation) -> str:
    match violation.keyword:
        case "type" if violation.limit == "integer" and isinstance(violation.value, float):
            return "is not a whole number"
        case "type":
            return (
                f"is {_JSON_TYPE_NAMES[type(violation.value)]}, not "
                f"{_SCHEMA_TYPE_NAMES[str(violation.limit)]}"
            )
        case "minimum":
            return f"is less than {violation.limit}"
        case "maximum":
            return f"is more than {violation.limit}"
        case "format" if violation.limit == "cn-date-time":
            return "is not a date in ISO 8601"
        case "format" if violation.limit == "cn-url":
            return "is not an absolute web address"
        case "maxItems":
            return f"has more than {violation.limit} entries, which no order has"
        case _:
            return "is not an allowed value"


def _format_value(value: Json) -> str:
    if isinstance(value, list | dict):
        return f"with {len(value)} entries"
    return f'"{value[:200]}"' if isinstance(value, str) else json.dumps(value)


def _describe_schema(described: Mapping[str, Json]) -> str:
    """Describe the values that a schema allows."""
    allowed, examples = described.get("enum"), described.get("examples")
    if isinstance(allowed, list):
        return "one of " + ", ".join(map(str, allowed))
    wanted = _SCHEMA_TYPE_NAMES[str(described["type"])]
    example = examples[0] if isinstance(examples, list) else None
    return f"{wanted}, such as {format_recorded(example)}" if example is not None else wanted


def _suggest_key(violation: SchemaViolation, purchase: Mapping[str, Json]) -> str:
    """Return a sentence about the key that was probably meant for a missing one, or ""."""
    if violation.keyword != "required":
        return ""
    known = cast("dict[str, Json]", violation.subschema["properties"])
    owner = _find_parent(violation.pointer, purchase)
    others = {
        key.replace("_", "").lower(): key
        for key in list(owner)[:50]
        if key not in known and len(key) <= 50
    }
    name = violation.pointer.rpartition("/")[2]
    near = find_similar(name.lower(), others, cutoff=0.8)
    return f' There is a key "{others[near]}": did you mean "{name}"?' if near else ""


def _find_parent(at: str, purchase: Mapping[str, Json]) -> Mapping[str, Json]:
    match at.split("/")[1:]:
        case ["products", number, _]:
            products = cast("list[dict[str, Json]]", purchase["products"])
            return products[int(number)]
        case _:
            return purchase


def event_expectation_not_met(context: RuleContext) -> Iterator[Violation]:
    """Compare the values that the scenario expects with the event that is sent instead of a tag."""
    for sent in find_purchases_without_tag(context)[: context.expected_count]:
        for name, expected in context.expected.items():
            field = context.fields.fields.get(name)
            key = (field.key if field else "") or name
            value = sent.purchase.get(key)
            count = len(value) if isinstance(value, list) else value
            if count is None or not _matches_expected(count, expected.strip()):
                yield Violation(
                    f'The event has no {key}; the scenario expects {name} "{expected}".'
                    if count is None
                    else f"The event's {key} is {_format_value(count)}, the scenario expects "
                    f'"{expected}".',
                    # The pointer leads to the line of the scenario, which has the field's name.
                    pointer=json_pointer(name),
                    expected=expected,
                    actual="nothing" if count is None else _format_value(count),
                    location=sent.place,
                )


def _matches_expected(value: Json, expected: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(possible_amounts(json.dumps(value)) & possible_amounts(expected))
    return " ".join(format_recorded(value).split()) == " ".join(expected.split())


RULES = (
    Rule(
        "event-value-missing",
        "A purchase event lacks a mandatory value",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "What Connectif does with an event that lacks a mandatory value is not documented. A tag "
        "without id, quantity or total is dropped without a message.",
        "Add the value to the object that is passed to connectif.managed.sendEvents.",
        JS_EVENT_DOCS,
        event_value_missing,
        before="sendEvents([{type: 'purchase', purchase: {purchaseId: '1042', total: 180.75}}])",
        after="sendEvents([{type: 'purchase', purchase: {purchaseId: '1042', totalPrice: 180.75, "
        "totalQuantity: 3, products: [ … ]}}])",
    ),
    Rule(
        "event-value-invalid",
        "A value of a purchase event is not of the documented type",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "An event is sent as the page passes it: nothing converts the text '180,75' into a number.",
        "Pass numbers as numbers and texts as texts, dates in ISO 8601, and complete addresses.",
        JS_EVENT_DOCS,
        event_value_invalid,
        before="purchase: {totalPrice: '180,75 €', … }",
        after="purchase: {totalPrice: 180.75, … }",
    ),
)
