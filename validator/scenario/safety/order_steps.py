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

    The author's marks count. Without any, the order step of each payment that may be paid is
    marked; where no payment has one, the one before the end of the last payment; without a
    payment, the one of all steps. ``is_due`` tells that a purchase is expected: an order step after
    payments that are not attempted is then marked, because the customer pays by other means.

    The order step of a list is the last one that presses something. Where nothing is pressed, it
    is the first one that can place an order in another way, such as a script: any later one may
    have it placed too. Where no step can, the last payment is marked itself.
    """
    steps = tuple(steps)
    if count_orders(steps):
        return steps
    payments = find_payments(steps)
    if not payments:
        return _mark_order_step(steps) or steps
    marked = tuple(_mark_in_payments(step) for step in steps)
    if count_orders(marked):
        return marked
    end = max(i for i, step in enumerate(steps, 1) if find_payments((step,)))
    before, after = steps[:end], steps[end:]
    if any(map(_may_pay, payments)):
        before = _mark_order_step(before) or _mark_one(before, _may_be_paid, last=True) or before
    elif is_due:
        after = _mark_order_step(after) or after
    return (*before, *after)


def count_orders(steps: Iterable[Step]) -> int:
    """Return how many orders some steps place at most."""
    return sum(step.places_order for step in walk_steps(steps))


def _mark_in_payments(step: Step) -> Step:
    if step.payment is None:
        inner = tuple(map(_mark_in_payments, step.action.inner_steps))
    elif _may_pay(step.payment):
        inner = _mark_order_step(step.payment.steps) or step.payment.steps
    else:
        return step
    return _replace_inner_steps(step, inner)


def _may_pay(payment: Payment) -> bool:
    return payment.outcome not in UNATTEMPTED_OUTCOMES


def _may_be_paid(step: Step) -> bool:
    return step.payment is not None and _may_pay(step.payment)


def _presses(step: Step) -> bool:
    return step.action.traits.presses


def _can_place_order(step: Step) -> bool:
    return step.action.traits.can_place_order


def _mark_order_step(steps: Steps) -> Steps | None:
    return _mark_one(steps, _presses, last=True) or _mark_one(steps, _can_place_order, last=False)


def _mark_one(steps: Steps, is_wanted: Callable[[Step], bool], *, last: bool) -> Steps | None:
    """Return steps of which the first or the last wanted one, at any depth, is marked.

    Returns None without one. The steps of a payment are passed over: they are marked apart.
    """
    indexes = range(len(steps))
    for index in reversed(indexes) if last else indexes:
        if marked := _mark(steps[index], is_wanted, last=last):
            return (*steps[:index], marked, *steps[index + 1 :])
    return None


def _mark(step: Step, is_wanted: Callable[[Step], bool], *, last: bool) -> Step | None:
    if is_wanted(step):
        return replace(step, places_order=True)
    if step.payment is not None:
        return None
    inner = _mark_one(step.action.inner_steps, is_wanted, last=last)
    return _replace_inner_steps(step, inner) if inner else None


def _replace_inner_steps(step: Step, inner: Steps) -> Step:
    return replace(step, action=step.action.replace_inner_steps(inner)) if inner else step
