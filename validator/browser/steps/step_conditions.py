"""Decides whether a step is played: its element is there, and its conditions hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from validator.browser.journey import Journey
from validator.scenario.model.actions import Step
from validator.scenario.model.condition import Condition
from validator.scenario.model.template import Locator

OPTIONAL_TIMEOUT_MS = 3_000
"""Limit of the wait for an optional element until the page has loaded: a resource that hangs must
not cost every optional step its whole timeout."""


async def are_visible(
    journey: Journey, targets: Iterable[Locator], timeout: float | None = None
) -> bool:
    """Tell whether all elements become visible within the timeout or, without one, until load."""
    found = [journey.find(target).first for target in targets]
    appearing = asyncio.gather(
        *(each.wait_for(state="visible", timeout=timeout or OPTIONAL_TIMEOUT_MS) for each in found)
    )
    waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(appearing)]
    if timeout is None:
        loaded = journey.page.wait_for_load_state("load", timeout=OPTIONAL_TIMEOUT_MS)
        waits.append(asyncio.ensure_future(loaded))
    _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
    return all([await journey.answered(each.is_visible()) for each in found])


async def step_applies(journey: Journey, step: Step) -> bool:
    """Tell whether all conditions of a step hold. Each condition is evaluated once."""
    for condition in step.when:
        key = id(condition)
        if key not in journey.decided:
            journey.decided[key] = await _condition_holds(journey, condition)
        if not journey.decided[key]:
            return False
    return True


async def _condition_holds(journey: Journey, condition: Condition) -> bool:
    if not all(each.holds(journey.saved) for each in condition.comparisons):
        return False
    if condition.visible and not await are_visible(journey, (condition.visible,)):
        return False
    return not (condition.hidden and await are_visible(journey, (condition.hidden,)))
