"""Which step places the order: what fails before it may be played again, what comes after not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from validator.scenario.model.actions import Click, Frame, Popup, Press, Step
from validator.scenario.model.payment import Payment
from validator.scenario.model.walk import each_step, payments_of

Steps = tuple[Step, ...]
NEVER_PAYS = ("cancelled", "abandoned")
"""Outcomes of a payment in which the customer does not even try to pay."""


def with_commits(steps: Iterable[Step], *, is_due: bool = True) -> Steps:
    """Return steps in which those that place the order are marked.

    The author's marks hold. Without one, it is the last pressing step of each payment that is
    paid, or where nothing is pressed there, the last one before it; without a payment, the last
    pressing step of all. ``is_due`` tells that a purchase is expected: then one that comes after
    payments which are not paid is by other means.
    """
    steps = tuple(steps)
    if commits(steps):
        return steps
    payments = payments_of(steps)
    if not payments:
        return _last_marked(steps) or steps
    marked = tuple(_in_payments(step) for step in steps)
    if commits(marked):
        return marked
    end = max(i for i, step in enumerate(steps, 1) if payments_of((step,)))
    if any(map(_may_pay, payments)):
        return (*(_last_marked(steps[:end]) or steps[:end]), *steps[end:])
    return (*steps[:end], *((is_due and _last_marked(steps[end:])) or steps[end:]))


def commits(steps: Iterable[Step]) -> int:
    """Return how many orders some steps place at most."""
    return sum(step.commit for step in each_step(steps))


def _in_payments(step: Step) -> Step:
    action = step.action
    if isinstance(action, Payment):
        marked = _last_marked(action.steps) if _may_pay(action) else None
        return replace(step, action=replace(action, steps=marked)) if marked else step
    return _inside(step, lambda steps: tuple(_in_payments(each) for each in steps))


def _may_pay(payment: Payment) -> bool:
    return payment.outcome not in NEVER_PAYS


def _last_marked(steps: Steps) -> Steps | None:
    """Return steps whose last pressing one is marked, however deep it is; None without one."""
    for index in reversed(range(len(steps))):
        if marked := _marked(steps[index]):
            return (*steps[:index], marked, *steps[index + 1 :])
    return None


def _marked(step: Step) -> Step | None:
    if isinstance(step.action, Click | Press):
        return replace(step, commit=True)
    if isinstance(step.action, Frame | Popup) and (inner := _last_marked(step.action.steps)):
        return replace(step, action=replace(step.action, steps=inner))
    if isinstance(step.action, Popup) and (opens := _marked(step.action.opens)):
        return replace(step, action=replace(step.action, opens=opens))
    return None


def _inside(step: Step, change: Callable[[Steps], Steps]) -> Step:
    if isinstance(step.action, Frame | Popup):
        return replace(step, action=replace(step.action, steps=change(step.action.steps)))
    return step
