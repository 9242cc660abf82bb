"""Reads ``when``: the condition under which a step is played."""

from __future__ import annotations

from validator.scenario.expand.variables import Scope
from validator.scenario.model.condition import Comparison, Condition
from validator.scenario.parse.locators import locator
from validator.scenario.parse.node import Node

_OF_PAGE = ("visible", "hidden")


def condition(node: Node, scope: Scope) -> Condition:
    """Read a text, which must not be empty, or a mapping, all of which must hold."""
    if not isinstance(node.data, dict):
        return Condition((Comparison(scope.template(node)),))
    visible, hidden = (node.get(key) for key in _OF_PAGE)
    return Condition(
        tuple(
            _comparison(name, value, scope)
            for name, value in node.items().items()
            if name not in _OF_PAGE
        ),
        visible=locator(visible, scope) if visible else None,
        hidden=locator(hidden, scope) if hidden else None,
    )


def _comparison(name: str, node: Node, scope: Scope) -> Comparison:
    refused = node.get("not")
    wanted = refused or node
    among = tuple(wanted) if isinstance(wanted.data, list) else (wanted,)
    return Comparison(
        scope.named(name, node),
        tuple(scope.template(each) for each in among),
        negated=refused is not None,
    )
