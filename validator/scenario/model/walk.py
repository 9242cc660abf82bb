"""Through steps, and the steps inside of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from validator.scenario.model.payment import Payment

if TYPE_CHECKING:
    from validator.scenario.model.actions import Step


def walk_steps(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield steps and the steps inside of them, in the order in which they are begun."""
    for step in steps:
        yield step
        if opens := getattr(step.action, "opens", None):
            yield from walk_steps((opens,))
        yield from walk_steps(getattr(step.action, "steps", ()))


def find_payments(steps: Iterable[Step]) -> tuple[Payment, ...]:
    """Return every visit to a payment page, in order."""
    actions = (step.action for step in walk_steps(steps))
    return tuple(action for action in actions if isinstance(action, Payment))
