"""Playing a scenario again when it broke. What is found is never tried again: it is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from validator.core.capture import Breakdown
from validator.core.result import Result


def may_be_retried(result: Result) -> bool:
    """Tell whether a scenario broke before it placed an order, and nothing was found until then.

    A checkout is not idempotent: a second attempt after that step could be a second order.
    """
    return (
        isinstance(result.outcome, Breakdown)
        and not result.outcome.order_placed
        and not result.is_wrong
    )


async def with_retries(play: Callable[[int], Awaitable[Result]], retries: int) -> Result:
    """Play until it does not break, at most ``retries`` times more.

    ``play`` is given the number of the attempt, from 1. The result keeps what broke before.
    """
    earlier: tuple[Breakdown, ...] = ()
    while True:
        result = await play(len(earlier) + 1)
        result = replace(result, earlier=earlier)
        if len(earlier) >= retries or not may_be_retried(result):
            return result
        if isinstance(result.outcome, Breakdown):
            earlier += (result.outcome,)


def attempt_folder(folder: Path | None, attempt: int) -> Path | None:
    """Name the folder of an attempt's evidence: the first has the scenario's own."""
    return folder / f"attempt-{attempt}" if folder and attempt > 1 else folder
