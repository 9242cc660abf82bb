"""Which step places the order: the scenario may be played again until it begins, but not after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from validator.scenario.model.actions import Payment, Step
from validator.scenario.model.walk import find_payments, walk_steps

Steps = tuple[Step, ...]
UNATTEMPTED_OUTCOMES = ("cancelled", "abandoned")
"""Outcomes of a payment in which the customer does not even try to pay."""


def mark_order_steps(steps: Iterable[Step], *, is_due: bool = True) -> Steps:
    """Return steps in which those that place the order are marked.

    The author's marks count. Without any, the last order step of each payment that may be paid is
    marked; where no payment has one, the last one before the end of the payments; without a
    payment, the last one of all. ``is_due`` tells that a purchase is expected: an order step after
    payments that are not attempted is then marked, because the customer pays by other means.

    An order step is one that presses something. Where nothing is pressed, it is one that can place
    an order in another way, such as a script; where none can, it is the payment itself.
    """
    steps = tuple(steps)
    if count_orders(steps):
        return steps
    payments = find_payments(steps)
    if not payments:
        return _mark_last_order_step(steps) or steps
    marked = tuple(_mark_in_payments(step) for step in steps)
    if count_orders(marked):
        return marked
    end = max(i for i, step in enumerate(steps, 1) if find_payments((step,)))
    before, after = steps[:end], steps[end:]
    if any(map(_may_pay, payments)):
        before = _mark_last_order_step(before) or _mark_last(before, _is_payment) or before
    elif is_due:
        after = _mark_last_order_step(after) or after
    return (*before, *after)


def count_orders(steps: Iterable[Step]) -> int:
    """Return how many orders some steps place at most."""
    return sum(step.commit for step in walk_steps(steps))


def _mark_in_payments(step: Step) -> Step:
    if step.payment is None:
        inner = tuple(map(_mark_in_payments, step.action.inner_steps))
    elif _may_pay(step.payment):
        inner = _mark_last_order_step(step.payment.steps) or step.payment.steps
    else:
        return step
    return _replace_inner_steps(step, inner)


def _may_pay(payment: Payment) -> bool:
    return payment.outcome not in UNATTEMPTED_OUTCOMES


def _mark_last_order_step(steps: Steps) -> Steps | None:
    return _mark_last(steps, _presses) or _mark_last(steps, _can_place_order)


def _presses(step: Step) -> bool:
    return step.action.traits.presses and step.action.traits.can_place_order


def _can_place_order(step: Step) -> bool:
    return step.action.traits.can_place_order


def _is_payment(step: Step) -> bool:
    return step.payment is not None and _may_pay(step.payment)


def _mark_last(steps: Steps, is_order_step: Callable[[Step], bool]) -> Steps | None:
    """Return steps whose last order step is marked, at any depth; None without one.

    The steps of a payment are passed over: they are marked apart.
    """
    for index in reversed(range(len(steps))):
        if marked := _mark(steps[index], is_order_step):
            return (*steps[:index], marked, *steps[index + 1 :])
    return None


def _mark(step: Step, is_order_step: Callable[[Step], bool]) -> Step | None:
    if is_order_step(step):
        return replace(step, commit=True)
    if step.payment is not None:
        return None
    inner = _mark_last(step.action.inner_steps, is_order_step)
    return _replace_inner_steps(step, inner) if inner else None


def _replace_inner_steps(step: Step, inner: Steps) -> Step:
    return replace(step, action=step.action.replace_inner_steps(inner)) if inner else step
