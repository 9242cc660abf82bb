"""Is a purchase that is sent by JavaScript what Connectif documents? It has no tag to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import cast

from validator.contract.schema import Schema, Violation, load_schema, violations
from validator.core.document import Document, Json, pointer
from validator.core.finding import Consequence, Severity
from validator.page.amounts import meanings
from validator.rules.rule import Problem, Rule, Subject
from validator.rules.script.sent import Sent, is_due, without_tag
from validator.rules.sources import JS_EVENT
from validator.rules.wording import shown

NAMED = 5
"""More faults of one event say nothing new: they come from one line of the shop's code."""
PURCHASE = pointer("purchase")

_TYPES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    type(None): "nothing",
}
_WANTED = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "array": "a list",
    "object": "an object",
}


@cache
def _schema() -> Schema:
    return load_schema("purchase_event")


def _faults(subject: Subject) -> Iterator[tuple[Sent, Violation]]:
    """Yield what is wrong with each event that has no tag: of several faults of a value, one."""
    if not is_due(subject):
        return
    for sent in without_tag(subject)[:NAMED]:
        told: set[str] = set()
        for fault in violations(Document(sent.event.url, dict(sent.purchase)), _schema()):
            if fault.pointer not in told:
                told.add(fault.pointer)
                yield sent, fault


def _is_missing(fault: Violation) -> bool:
    return fault.keyword in ("required", "minLength")


def missing(subject: Subject) -> Iterator[Problem]:
    found = [entry for entry in _faults(subject) if _is_missing(entry[1])]
    for sent, fault in found[:NAMED]:
        state, actual = ("missing", "nothing")
        described = fault.subschema
        if fault.keyword == "minLength":
            state, actual = ("empty", "an empty text")
        else:
            name = fault.pointer.rpartition("/")[2]
            described = cast("dict[str, dict[str, Json]]", described["properties"])[name]
        yield Problem(
            f"The event's {_name(fault.pointer)} is {state}.{_meant(fault, sent.purchase)}",
            pointer=PURCHASE + fault.pointer,
            expected=_form(described),
            actual=actual,
            location=sent.place,
        )


def invalid(subject: Subject) -> Iterator[Problem]:
    found = [entry for entry in _faults(subject) if not _is_missing(entry[1])]
    for sent, fault in found[:NAMED]:
        yield Problem(
            f"The event's {_name(fault.pointer)} {_excerpt(fault.value)} {_wrong(fault)}.",
            pointer=PURCHASE + fault.pointer,
            expected=_form(fault.subschema),
            actual=_excerpt(fault.value),
            location=sent.place,
        )


def _name(at: str) -> str:
    match at.split("/")[1:]:
        case ["products", number]:
            return f"product {int(number) + 1}"
        case ["products", number, name, *_]:
            return f"{name} of product {int(number) + 1}"
        case parts:
            return parts[0]


def _wrong(fault: Violation) -> str:
    match fault.keyword:
        case "type" if fault.limit == "integer" and isinstance(fault.value, float):
            return "is no whole number"
        case "type":
            return f"is {_TYPES[type(fault.value)]}, not {_WANTED[str(fault.limit)]}"
        case "minimum":
            return f"is less than {fault.limit}"
        case "maximum":
            return f"is more than {fault.limit}"
        case "format" if fault.limit == "cn-date-time":
            return "is not a date in ISO 8601"
        case "format" if fault.limit == "cn-url":
            return "is no absolute web address"
        case "maxItems":
            return f"has more than {fault.limit} entries, which no order has"
        case _:
            return "is not a value it may have"


def _excerpt(value: Json) -> str:
    if isinstance(value, list | dict):
        return f"with {len(value)} entries"
    return f'"{value[:200]}"' if isinstance(value, str) else json.dumps(value)


def _form(described: Mapping[str, Json]) -> str:
    """Say what a value must be, as its schema does."""
    allowed, examples = described.get("enum"), described.get("examples")
    if isinstance(allowed, list):
        return "one of " + ", ".join(map(str, allowed))
    wanted = _WANTED[str(described["type"])]
    example = examples[0] if isinstance(examples, list) else None
    return f"{wanted}, such as {shown(example)}" if example is not None else wanted


def _meant(fault: Violation, purchase: Mapping[str, Json]) -> str:
    """Name the key that was probably meant for one that is missing."""
    if fault.keyword != "required":
        return ""
    known = cast("dict[str, Json]", fault.subschema["properties"])
    owner = _owner(fault.pointer, purchase)
    others = {
        key.replace("_", "").lower(): key
        for key in list(owner)[:50]
        if key not in known and len(key) <= 50
    }
    name = fault.pointer.rpartition("/")[2]
    near = get_close_matches(name.lower(), others, n=1, cutoff=0.8)
    return f' There is a key "{others[near[0]]}": did you mean "{name}"?' if near else ""


def _owner(at: str, purchase: Mapping[str, Json]) -> Mapping[str, Json]:
    match at.split("/")[1:]:
        case ["products", number, _]:
            products = cast("list[dict[str, Json]]", purchase["products"])
            return products[int(number)]
        case _:
            return purchase


def unmet(subject: Subject) -> Iterator[Problem]:
    """Compare what the scenario expects of a tag with the event that is sent instead."""
    for sent in without_tag(subject)[: subject.expected_count]:
        for name, expected in subject.expected.items():
            field = subject.fields.fields.get(name) if subject.fields else None
            key = (field.key if field else "") or name
            value = sent.purchase.get(key)
            count = len(value) if isinstance(value, list) else value
            if count is None or not _agrees(count, expected.strip()):
                yield Problem(
                    f'The event has no {key}; the scenario expects {name} "{expected}".'
                    if count is None
                    else f"The event's {key} is {_excerpt(count)}, the scenario expects "
                    f'"{expected}".',
                    # The scenario's line is found by the name that stands there.
                    pointer=pointer(name),
                    expected=expected,
                    actual="nothing" if count is None else _excerpt(count),
                    location=sent.place,
                )


def _agrees(value: Json, expected: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(meanings(json.dumps(value)) & meanings(expected))
    return " ".join(shown(value).split()) == " ".join(expected.split())


RULES = (
    Rule(
        "event-value-missing",
        "A purchase event lacks a mandatory value",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "What Connectif makes of an event that lacks one is not documented; a tag without id, "
        "quantity or total is dropped without a message.",
        "Add it to the object that is given to connectif.managed.sendEvents.",
        JS_EVENT,
        missing,
        before="sendEvents([{type: 'purchase', purchase: {purchaseId: '1042', total: 180.75}}])",
        after="sendEvents([{type: 'purchase', purchase: {purchaseId: '1042', totalPrice: 180.75, "
        "totalQuantity: 3, products: [ … ]}}])",
    ),
    Rule(
        "event-value-invalid",
        "A value of a purchase event is not of the documented kind",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "An event is sent as the page gives it: nothing on the way turns the text '180,75' into "
        "a number.",
        "Give numbers as numbers and texts as texts, dates in ISO 8601, addresses whole.",
        JS_EVENT,
        invalid,
        before="purchase: {totalPrice: '180,75 €', … }",
        after="purchase: {totalPrice: 180.75, … }",
    ),
)
