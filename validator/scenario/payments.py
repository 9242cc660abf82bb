"""What a scenario says of payments and orders: read from its document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from validator.scenario.locators import locator, milliseconds
from validator.scenario.payment_model import (
    Limits,
    OrderSource,
    Payment,
    PaymentOutcome,
    Source,
)
from validator.scenario.walk import payments_of
from validator.trip import UNPAID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from validator.scenario.model import Step, TagExpectation
    from validator.scenario.node import Node
    from validator.scenario.steps import StepReader
    from validator.scenario.variables import Scope

SHORT_WAIT = 3_000.0
"""Milliseconds a customer who has not paid is given to come back: many payment pages keep them."""


def payment(reader: StepReader, node: Node) -> Payment:
    """Read a ``payment`` step."""
    scope = reader.scope
    back, outcome = node.get("return"), node.get("outcome")
    click = back.get("click") if back else None
    cancel, notification = node.get("cancel"), node.get("notification")
    default = Payment(scope.public(node["at"]))
    said = cast("PaymentOutcome", outcome.text) if outcome else "paid"
    return Payment(
        at=default.at,
        steps=reader.steps(node.get("steps")),
        click=locator(click, scope) if click else None,
        within=milliseconds(node.get("within"), SHORT_WAIT if said in UNPAID else default.within),
        outcome=said,
        settles_within=milliseconds(node.get("settles_within"), default.settles_within),
        cancel=locator(cancel, scope) if cancel else None,
        notification=_source(notification["send"], scope) if notification else None,
    )


def expected(said: TagExpectation, node: Node | None, steps: Iterable[Step]) -> TagExpectation:
    """Expect no purchase where the last payment is none, unless the scenario says more."""
    payments = payments_of(steps)
    is_open = node is None or not (said.tag in node or "count" in node)
    is_unpaid = bool(payments) and not payments[-1].is_paid
    return replace(said, count=0) if is_open and is_unpaid else said


def order_source(node: Node | None, scope: Scope) -> OrderSource | None:
    """Read ``orders``: where the shop lists them."""
    if node is None:
        return None
    if node.is_text:
        return OrderSource(_source(node, scope))
    key, where = node.get("id"), node.get("where")
    return OrderSource(
        _source(node, scope),
        id=scope.fixed(key) if key else "id",
        where=tuple((name, scope.fixed(text)) for name, text in where.items().items())
        if where
        else (),
    )


def limits(root: Node, scope: Scope) -> Limits:
    """Read ``allow_hosts`` and ``max_orders``."""
    most = root.get("max_orders")
    hosts = tuple(scope.fixed(host) for host in root.get("allow_hosts") or ())
    return Limits(hosts, int(most.text) if most else None)


def _source(node: Node, scope: Scope) -> Source:
    if node.is_text:
        return Source(url=scope.template(node))
    if url := node.get("url"):
        return Source(url=scope.template(url))
    return Source(command=tuple(scope.template(word) for word in node["command"]))
