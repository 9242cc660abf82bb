"""What a scenario expects of the tag: its fields, how many, how soon."""

from __future__ import annotations

from types import MappingProxyType

from validator.scenario.locators import milliseconds
from validator.scenario.model import TagExpectation
from validator.scenario.node import Node
from validator.scenario.sayings import near
from validator.scenario.variables import Scope
from validator.schema import load_schema

_OPTIONS = ("within", "count")


def tag_expectation(node: Node | None, owner: Node, scope: Scope) -> TagExpectation:
    """Read ``expect``; without it, one valid tag is expected, at the place of ``owner``."""
    place = (node or owner).location
    default = TagExpectation()
    tag = node.get("cn_purchase") if node else None
    count = node.get("count") if node else None
    fields = tag.items() if tag else {}
    _refuse_contradiction(tag, count, scope)
    known = _fields()
    for name, value in fields.items():
        if name not in known:
            _unknown_field(name, value, known, scope)
    is_none = tag is not None and tag.is_text
    return TagExpectation(
        count=0 if is_none else int(count.text) if count else default.count,
        within=milliseconds(node.get("within") if node else None, default.within),
        values=MappingProxyType({name: scope.public(value) for name, value in fields.items()}),
        locations=MappingProxyType(
            {"": place} | {name: value.key_location for name, value in fields.items()}
        ),
    )


def _refuse_contradiction(tag: Node | None, count: Node | None, scope: Scope) -> None:
    if tag is None or count is None or tag.is_text == (count.data == 0):
        return
    message = f'"count: {count.text}" contradicts what is expected of cn_purchase'
    hint = "Without a tag it is cn_purchase: none; with one, count is 1 or more."
    scope.world.problems.add("expect-contradiction", message, count, hint)


def _fields() -> tuple[str, ...]:
    """Return the fields of the tag that are one text each."""
    properties = load_schema("cn_purchase").data["properties"]
    return tuple(
        name
        for name, schema in (properties if isinstance(properties, dict) else {}).items()
        if isinstance(schema, dict) and schema.get("type") != "array"
    )


def _unknown_field(name: str, value: Node, known: tuple[str, ...], scope: Scope) -> None:
    hint = f"Its fields: {', '.join(known)}."
    if name in _OPTIONS:
        hint = f'"{name}" stands beside cn_purchase, not in it.'
    scope.world.problems.add(
        "unknown-field",
        f'cn_purchase has no field "{name}"{near(name, known)}',
        value,
        hint,
        expected=f"one of {', '.join(known)}",
        by_key=True,
    )
