"""Reads ``when``: the condition of a step."""

from __future__ import annotations

from validator.scenario.expand.scope import Scope
from validator.scenario.model.condition import Comparison, Condition
from validator.scenario.parse.locators import parse_locator
from validator.scenario.syntax.node import Node

_ELEMENT_KEYS = ("visible", "hidden")


def parse_condition(node: Node, scope: Scope) -> Condition:
    """Read a text, which must not be empty, or a mapping, whose entries must all hold."""
    if not isinstance(node.data, dict):
        return Condition((Comparison(scope.template(node)),))
    visible, hidden = (node.get(key) for key in _ELEMENT_KEYS)
    return Condition(
        tuple(
            _comparison(name, value, scope)
            for name, value in node.items().items()
            if name not in _ELEMENT_KEYS
        ),
        visible=parse_locator(visible, scope) if visible else None,
        hidden=parse_locator(hidden, scope) if hidden else None,
    )


def _comparison(name: str, node: Node, scope: Scope) -> Comparison:
    refused = node.get("not")
    wanted = refused or node
    among = tuple(wanted) if isinstance(wanted.data, list) else (wanted,)
    return Comparison(
        scope.resolve_name(name, node),
        tuple(scope.template(each) for each in among),
        negated=refused is not None,
    )
