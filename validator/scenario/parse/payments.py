"""Reads ``payment`` steps, ``orders`` and the limits of orders."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from validator.core.capture import UNPAID_OUTCOMES
from validator.scenario.model.actions import Payment
from validator.scenario.model.payment import OrderLimits, OrderSource, PaymentOutcome, UrlOrCommand
from validator.scenario.model.walk import find_payments
from validator.scenario.parse.locators import parse_locator
from validator.scenario.safety.order_steps import UNATTEMPTED_OUTCOMES, count_orders
from validator.scenario.syntax.node import parse_milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from validator.scenario.expand.scope import Scope
    from validator.scenario.model.actions import Step
    from validator.scenario.model.tag_expectation import TagExpectation
    from validator.scenario.parse.steps import StepReader
    from validator.scenario.syntax.node import Node

UNPAID_RETURN_TIMEOUT = 3_000.0
"""Milliseconds for the return of a customer who has not paid: many payment pages do not return."""


def parse_payment(reader: StepReader, node: Node) -> Payment:
    """Read a ``payment`` step."""
    scope = reader.scope
    back, outcome = node.get("return"), node.get("outcome")
    click = back.get("click") if back else None
    cancel, notification = node.get("cancel"), node.get("notification")
    default = Payment(scope.resolve_public(node["at"]))
    said = cast("PaymentOutcome", outcome.text) if outcome else "paid"
    steps = reader.steps(node.get("steps"))
    _reject_contradictions(node, said, steps, scope)
    return Payment(
        at=default.at,
        steps=steps,
        click=parse_locator(click, scope) if click else None,
        within=parse_milliseconds(
            node.get("within"), UNPAID_RETURN_TIMEOUT if said in UNPAID_OUTCOMES else default.within
        ),
        outcome=said,
        settles_within=parse_milliseconds(node.get("settles_within"), default.settles_within),
        cancel=parse_locator(cancel, scope) if cancel else None,
        notification=_parse_url_or_command(notification["send"], scope) if notification else None,
    )


def _reject_contradictions(
    node: Node, outcome: PaymentOutcome, steps: Iterable[Step], scope: Scope
) -> None:
    """Report keys that have no effect with the outcome of the payment."""
    problems, rule = scope.context.problems, "payment-contradiction"
    if outcome in UNATTEMPTED_OUTCOMES and count_orders(steps):
        message = f"a step has commit: true, and a payment that is {outcome} places no order"
        problems.add(rule, message, node["outcome"], "Remove commit, or correct the outcome.")
    if outcome == "abandoned" and (back := node.get("return")) and not back.is_text:
        message = "an abandoned payment does not return to the shop: nothing is clicked"
        problems.add(rule, message, back, "Remove return, or correct the outcome.")
    if outcome != "pending" and (wait := node.get("settles_within")):
        message = f'"settles_within" is for a payment that is pending, and this one is {outcome}'
        problems.add(rule, message, wait, "Write outcome: pending, or remove it.", by_key=True)


def apply_payment_outcome(
    said: TagExpectation, node: Node | None, steps: Iterable[Step]
) -> TagExpectation:
    """Expect no purchase if the last payment is not paid, unless the scenario expects one."""
    payments = find_payments(steps)
    is_open = node is None or not (said.tag in node or "count" in node)
    is_unpaid = bool(payments) and not payments[-1].is_paid
    return replace(said, count=0) if is_open and is_unpaid else said


def parse_order_source(node: Node | None, scope: Scope) -> OrderSource | None:
    """Read ``orders``: where the shop lists its orders."""
    if node is None:
        return None
    if node.is_text:
        return OrderSource(_parse_url_or_command(node, scope))
    key, where = node.get("id"), node.get("where")
    return OrderSource(
        _parse_url_or_command(node, scope),
        id=scope.resolve_now(key) if key else "id",
        where=tuple((name, scope.resolve_now(text)) for name, text in where.items().items())
        if where
        else (),
    )


def parse_order_limits(root: Node, scope: Scope) -> OrderLimits:
    """Read ``allow_hosts`` and ``max_orders``."""
    most = root.get("max_orders")
    hosts = []
    for node in root.get("allow_hosts") or ():
        host = scope.resolve_now(node)
        hosts.append(host)
        if re.search(r"[/@\s]|^[^:]*:[^:]*$", host):
            message = f'"{host}" is not a host: it would allow no page'
            hint = "Write the host alone, such as bank.example or *.bank.example."
            scope.context.problems.add("bad-host", message, node, hint)
    return OrderLimits(tuple(hosts), int(most.text) if most else None)


def _parse_url_or_command(node: Node, scope: Scope) -> UrlOrCommand:
    if node.is_text:
        return UrlOrCommand(url=scope.template(node))
    if url := node.get("url"):
        return UrlOrCommand(url=scope.template(url))
    scope.context.reject_forbidden("command", node["command"])
    return UrlOrCommand(command=tuple(scope.template(word) for word in node["command"]))
