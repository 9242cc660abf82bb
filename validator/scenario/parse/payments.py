"""What a scenario says of payments and orders: read from its document."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from validator.core.capture import UNPAID
from validator.scenario.model.payment import (
    Limits,
    OrderSource,
    Payment,
    PaymentOutcome,
    Source,
)
from validator.scenario.model.walk import payments_of
from validator.scenario.parse.locators import locator, milliseconds
from validator.scenario.safety.order_steps import NEVER_PAYS, commits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from validator.scenario.expand.variables import Scope
    from validator.scenario.model.actions import Step
    from validator.scenario.model.tag_expectation import TagExpectation
    from validator.scenario.parse.node import Node
    from validator.scenario.parse.steps import StepReader

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
    steps = reader.steps(node.get("steps"))
    _refuse_contradictions(node, said, steps, scope)
    return Payment(
        at=default.at,
        steps=steps,
        click=locator(click, scope) if click else None,
        within=milliseconds(node.get("within"), SHORT_WAIT if said in UNPAID else default.within),
        outcome=said,
        settles_within=milliseconds(node.get("settles_within"), default.settles_within),
        cancel=locator(cancel, scope) if cancel else None,
        notification=_source(notification["send"], scope) if notification else None,
    )


def _refuse_contradictions(
    node: Node, outcome: PaymentOutcome, steps: Iterable[Step], scope: Scope
) -> None:
    """Refuse what would be passed over in silence, because of how the payment ends."""
    problems, rule = scope.world.problems, "payment-contradiction"
    if outcome in NEVER_PAYS and commits(steps):
        message = f"a step has commit: true, and a payment that is {outcome} places no order"
        problems.add(rule, message, node["outcome"], "Remove commit, or correct the outcome.")
    if outcome == "abandoned" and (back := node.get("return")) and not back.is_text:
        message = "a payment that is abandoned has no way back: nothing is clicked"
        problems.add(rule, message, back, "Remove return, or correct the outcome.")
    if outcome != "pending" and (wait := node.get("settles_within")):
        message = f'"settles_within" is for a payment that is pending, and this one is {outcome}'
        problems.add(rule, message, wait, "Write outcome: pending, or remove it.", by_key=True)


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
    hosts = []
    for node in root.get("allow_hosts") or ():
        host = scope.fixed(node)
        hosts.append(host)
        if re.search(r"[/@\s]|^[^:]*:[^:]*$", host):
            message = f'"{host}" is no host: no page would be allowed by it'
            hint = "Write the host alone, such as bank.example or *.bank.example."
            scope.world.problems.add("bad-host", message, node, hint)
    return Limits(tuple(hosts), int(most.text) if most else None)


def _source(node: Node, scope: Scope) -> Source:
    if node.is_text:
        return Source(url=scope.template(node))
    if url := node.get("url"):
        return Source(url=scope.template(url))
    return Source(command=tuple(scope.template(word) for word in node["command"]))
