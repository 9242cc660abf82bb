"""Retries of broken scenarios. Only breakdowns are retried; a finding is final."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from validator.core.capture import Breakdown, Reason
from validator.core.result import Result


def may_be_retried(result: Result) -> bool:
    """Return whether a scenario broke before it placed an order, without findings and not by a bug.

    A checkout is not idempotent: a retry after that step could place a second order.
    """
    return (
        isinstance(result.outcome, Breakdown)
        and not result.outcome.order_placed
        and result.outcome.reason is not Reason.INTERNAL
        and not result.is_wrong
    )


async def with_retries(attempt: Callable[[int], Awaitable[Result]], retries: int) -> Result:
    """Run a scenario until it does not break, with at most ``retries`` further attempts.

    ``attempt`` is called with the number of the attempt, from 1. The result holds the breakdowns of
    earlier attempts.
    """
    earlier: tuple[Breakdown, ...] = ()
    while True:
        result = await attempt(len(earlier) + 1)
        result = replace(result, earlier=earlier)
        if len(earlier) >= retries or not may_be_retried(result):
            return result
        if isinstance(result.outcome, Breakdown):
            earlier += (result.outcome,)


def attempt_folder(folder: Path | None, attempt: int) -> Path | None:
    """Return the folder for an attempt's evidence; the first attempt uses the scenario's own."""
    return folder / f"attempt-{attempt}" if folder and attempt > 1 else folder
