"""Reads ``expect`` and ``expect_tag``."""

from __future__ import annotations

from types import MappingProxyType

from validator.contract.contracts import Contracts, default_tag_count, documented_tags
from validator.contract.fields import Field
from validator.scenario.expand.scope import Scope
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.syntax.node import Node, parse_milliseconds
from validator.scenario.syntax.schema_messages import did_you_mean

PURCHASE = "cn_purchase"
_OPTIONS = ("within", "count")


def parse_tag_expectation(node: Node | None, owner: Node, scope: Scope) -> TagExpectation:
    """Read ``expect``. Without it, one valid tag is expected, with the place of ``owner``."""
    return _build_expectation(PURCHASE, node, node or owner, scope)


def parse_expected_tag(node: Node, scope: Scope) -> TagExpectation:
    """Read ``expect_tag``: the name of a tag, or a mapping with the tag."""
    if node.is_text:
        return _build_expectation(node.text, None, node, scope)
    tag = next(name for name in documented_tags() if name in node)
    return _build_expectation(tag, node, node, scope)


def _build_expectation(name: str, node: Node | None, owner: Node, scope: Scope) -> TagExpectation:
    default = TagExpectation()
    tag = node.get(name) if node else None
    count = node.get("count") if node else None
    values = tag.items() if tag else {}
    _reject_contradiction(name, tag, count, scope)
    _reject_unknown_fields(Contracts().fields(name), values, scope)
    is_none = tag is not None and tag.is_text
    return TagExpectation(
        tag=name,
        count=0 if is_none else int(count.text) if count else default_tag_count(name),
        within=parse_milliseconds(node.get("within") if node else None, default.within),
        values=MappingProxyType(
            {key: scope.resolve_public(value) for key, value in values.items()}
        ),
        locations=MappingProxyType(
            {"": owner.location} | {key: value.key_location for key, value in values.items()}
        ),
    )


def _reject_contradiction(name: str, tag: Node | None, count: Node | None, scope: Scope) -> None:
    if tag is None or count is None or tag.is_text == (count.data == 0):
        return
    message = f'"count: {count.text}" contradicts what is expected of {name}'
    hint = f"Without a tag it is {name}: none; with one, count is 1 or more."
    scope.context.problems.add("expect-contradiction", message, count, hint)


def _reject_unknown_fields(tag: Field, values: dict[str, Node], scope: Scope) -> None:
    if tag.others is not None:
        return
    # A list of texts cannot be expected; of a list of items, the number can.
    known = tuple(name for name, field in tag.fields.items() if not field.is_list or field.fields)
    for name, value in values.items():
        if name not in known:
            _add_unknown_field(tag.name, name, value, known, scope)


def _add_unknown_field(
    tag: str, name: str, value: Node, known: tuple[str, ...], scope: Scope
) -> None:
    hint = f"Its fields: {', '.join(known) or 'none'}."
    if name in _OPTIONS:
        hint = f'Write "{name}" beside {tag}, not in it.'
    scope.context.problems.add(
        "unknown-field",
        f'{tag} has no field "{name}"{did_you_mean(name, known)}',
        value,
        hint,
        expected=f"one of {', '.join(known)}" if known else "none",
        by_key=True,
    )
