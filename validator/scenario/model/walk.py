"""Walks through steps and the steps inside of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from validator.scenario.model.actions import Payment, Step


def walk_steps(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield steps and the steps inside of them, in the order in which they are begun."""
    for step in steps:
        yield step
        yield from walk_steps(step.action.inner_steps)


def find_payments(steps: Iterable[Step]) -> tuple[Payment, ...]:
    """Return every visit to a payment page, in order."""
    return tuple(step.payment for step in walk_steps(steps) if step.payment)
