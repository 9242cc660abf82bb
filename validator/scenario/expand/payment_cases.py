"""Expands a scenario into one instance for each fault and each ending that it lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from validator.scenario.model.actions import Click, Payment, Step
from validator.scenario.model.payment import PaymentCase
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.walk import find_payments
from validator.scenario.syntax.node import parse_milliseconds

if TYPE_CHECKING:
    from validator.scenario.syntax.node import FindingCollector, Node

PLAIN_CASE = "plain"
FAULTS: Mapping[str, int] = MappingProxyType(
    {
        "connection_lost": 1,
        "slow_return": 1,
        "return_reloaded": 1,
        "return_back": 1,
        "return_double": 1,
        "second_tab": 1,
        "session_lost": 1,
        "third_party_cookies_off": 1,
        "session_expired": 1,
        "payment_page_down": 0,
        "notification_first": 1,
        "notification_late": 1,
    }
)
"""Fault on the return from the payment page → number of expected purchases."""
ENDINGS: Mapping[str, int] = MappingProxyType(
    {"return": 1, "return_early": 1, "close_tab": 1, "reload": 1, "back": 1, "cancel": 0}
)
"""Action of the customer at the end → number of expected purchases."""
_Kind = Literal["fault", "ending"]


@dataclass(frozen=True, slots=True)
class _ListedCase:
    case: PaymentCase
    node: Node


def expand_cases(scenario: Scenario, root: Node, problems: FindingCollector) -> Iterator[Scenario]:
    """Yield the scenario once for each of its faults and endings, or once if it has none."""
    listed = [*_parse_cases(root, "faults", "fault"), *_parse_cases(root, "endings", "ending")]
    if not listed:
        yield scenario
        return
    payments = find_payments(scenario.steps)
    for index, each in enumerate(listed):
        if not payments:
            problems.add(
                "case-without-payment",
                f'"{each.case.name}" needs a payment step to happen at',
                each.node,
                "Describe the visit to the payment page: payment: {at: …, steps: […]}.",
            )
            return
        if missing := _find_missing(each.case, scenario.steps, payments[-1]):
            problems.add("case-incomplete", missing[0], each.node, missing[1])
        if any(_is_same(each.case, other.case) for other in listed[:index]):
            message = f'"{each.case.name}" is listed twice: it would run the same case again'
            problems.add("case-duplicate", message, each.node, "Remove one of them.")
        yield _build_instance(scenario, each.case, payments[-1])


def _parse_cases(root: Node, key: str, kind: _Kind) -> Iterator[_ListedCase]:
    known = FAULTS if kind == "fault" else ENDINGS
    for item in root.get(key) or ():
        name, value = next(iter(item.items().items())) if not item.is_text else (item.text, None)
        case = PaymentCase(kind, name, item.location, known.get(name, 1))
        if value is not None and kind == "fault":
            case = replace(case, duration=parse_milliseconds(value, case.duration))
        elif value is not None:
            case = replace(case, expected_purchases=int(value.text))
        yield _ListedCase(case, item)


def _find_missing(
    case: PaymentCase, steps: Sequence[Step], payment: Payment
) -> tuple[str, str] | None:
    """Describe what a case needs and the payment step lacks, and how to write it."""
    if not payment.is_paid and case.name not in (PLAIN_CASE, "payment_page_down"):
        return (
            f'the {case.kind} "{case.name}" needs a payment that is paid, and this one is '
            f"{payment.outcome}",
            "Remove outcome, or list it in a scenario that pays.",
        )
    if case.name == "cancel" and payment not in [step.action for step in steps]:
        return (
            'the ending "cancel" needs the payment among the steps of the scenario itself, and '
            "this one is inside another step",
            "Take the payment step out of the frame or popup.",
        )
    if case.name == "cancel" and payment.cancel is None:
        return (
            'the ending "cancel" needs the element that the customer clicks to cancel',
            "Add it to the payment step, such as: cancel: {role: link, name: Cancel}.",
        )
    if case.name in ("notification_late", "return_early") and payment.notification is None:
        return (
            f'the {case.kind} "{case.name}" needs a way to send the notification',
            "Add it to the payment step: notification: {send: URL or command}. "
            "Without it, the order of notification and return is unknown.",
        )
    return None


def _build_instance(scenario: Scenario, case: PaymentCase, payment: Payment) -> Scenario:
    if case.name == PLAIN_CASE:
        return replace(scenario, name=f"{scenario.name} [{PLAIN_CASE}]")
    changed = replace(scenario, name=f"{scenario.name} [{case.name}]", case=case)
    if case.name in ("cancel", "payment_page_down"):
        changed = replace(changed, expect=replace(changed.expect, count=0))
    if case.name == "cancel" and payment.cancel is not None:
        click = Click(payment.cancel)
        step = Step(click, case.location, click.default_title)
        cancelled = replace(payment, steps=(step,), outcome="cancelled", click=None)
        steps = _replace_payment(changed.steps, payment, cancelled)
        return replace(changed, steps=steps, confirmation=None)
    return changed


def _is_same(one: PaymentCase, other: PaymentCase) -> bool:
    return one == replace(other, location=one.location)


def _replace_payment(steps: tuple[Step, ...], old: Payment, new: Payment) -> tuple[Step, ...]:
    """Return the steps up to a payment, which is replaced; later steps are not played."""
    found: list[Step] = []
    for step in steps:
        if step.action is old:
            return (*found, replace(step, action=new))
        found.append(step)
    return tuple(found)
