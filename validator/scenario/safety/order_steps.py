"""Which step places the order: what fails before it may be played again, what comes after not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from validator.scenario.model.actions import Click, Frame, Popup, Press, Step
from validator.scenario.model.payment import Payment
from validator.scenario.model.walk import find_payments, walk_steps

Steps = tuple[Step, ...]
UNATTEMPTED_OUTCOMES = ("cancelled", "abandoned")
"""Outcomes of a payment in which the customer does not even try to pay."""


def mark_order_steps(steps: Iterable[Step], *, is_due: bool = True) -> Steps:
    """Return steps in which those that place the order are marked.

    The author's marks hold. Without one, it is the last pressing step of each payment that is
    paid, or where nothing is pressed there, the last one before it; without a payment, the last
    pressing step of all. ``is_due`` tells that a purchase is expected: then one that comes after
    payments which are not paid is by other means.
    """
    steps = tuple(steps)
    if count_orders(steps):
        return steps
    payments = find_payments(steps)
    if not payments:
        return _mark_last(steps) or steps
    marked = tuple(_mark_in_payments(step) for step in steps)
    if count_orders(marked):
        return marked
    end = max(i for i, step in enumerate(steps, 1) if find_payments((step,)))
    if any(map(_may_pay, payments)):
        return (*(_mark_last(steps[:end]) or steps[:end]), *steps[end:])
    return (*steps[:end], *((is_due and _mark_last(steps[end:])) or steps[end:]))


def count_orders(steps: Iterable[Step]) -> int:
    """Return how many orders some steps place at most."""
    return sum(step.commit for step in walk_steps(steps))


def _mark_in_payments(step: Step) -> Step:
    action = step.action
    if isinstance(action, Payment):
        marked = _mark_last(action.steps) if _may_pay(action) else None
        return replace(step, action=replace(action, steps=marked)) if marked else step
    return _map_inner_steps(step, lambda steps: tuple(_mark_in_payments(each) for each in steps))


def _may_pay(payment: Payment) -> bool:
    return payment.outcome not in UNATTEMPTED_OUTCOMES


def _mark_last(steps: Steps) -> Steps | None:
    """Return steps whose last pressing one is marked, however deep it is; None without one."""
    for index in reversed(range(len(steps))):
        if marked := _mark(steps[index]):
            return (*steps[:index], marked, *steps[index + 1 :])
    return None


def _mark(step: Step) -> Step | None:
    if isinstance(step.action, Click | Press):
        return replace(step, commit=True)
    if isinstance(step.action, Frame | Popup) and (inner := _mark_last(step.action.steps)):
        return replace(step, action=replace(step.action, steps=inner))
    if isinstance(step.action, Popup) and (opens := _mark(step.action.opens)):
        return replace(step, action=replace(step.action, opens=opens))
    return None


def _map_inner_steps(step: Step, change: Callable[[Steps], Steps]) -> Step:
    if isinstance(step.action, Frame | Popup):
        return replace(step, action=replace(step.action, steps=change(step.action.steps)))
    return step
