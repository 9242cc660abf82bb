"""A journey in which something goes wrong on purpose, or that ends in another way than most."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Playwright

from validator.browser.capture.watcher import Watch
from validator.browser.journey import Journey, JourneyBroke, LeftAtPayment
from validator.browser.payment.endings import Tally, go_on
from validator.browser.payment.faults import CaseOver, Plan, refuse_untried, unreached
from validator.core.capture import Capture, CaseRun, Reason
from validator.scenario.model.walk import payments_of

EARLY = ("notification_late", "return_early")
"""Cases in which the customer is back before the shop can confirm anything."""
PATIENCE_MS = 1_000
"""How long a customer looks at a page that does not confirm anything yet."""


def plan_of(journey: Journey, playwright: Playwright) -> Plan | None:
    """Return what is to go wrong in a scenario's last payment; None for a plain one."""
    case, payments = journey.scenario.case, payments_of(journey.scenario.steps)
    if case is None or not payments:
        return None
    plan = Plan(journey, case, payments[-1], playwright)
    journey.case = plan
    return plan


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a journey: its steps, the proof of arrival, and what is then seen."""

    play: Callable[[], Awaitable[None]]
    confirm: Callable[[], Awaitable[None]]
    capture: Callable[[], Awaitable[Capture]]


async def play_case(plan: Plan, watch: Watch, parts: Parts) -> tuple[CaseRun, Capture | None]:
    """Play a scenario with its case. Returns what came of it, and the confirmation if it was seen.

    Raises JourneyBroke for what has nothing to do with the case, or where it was not tried.
    """
    tally = Tally(plan, watch)
    try:
        await tally.list_before()
        capture = await _to_the_end(plan, tally, parts)
        refuse_untried(plan, has_arrived=capture is not None)
        return await tally.run(), capture
    finally:
        plan.over.set()


async def _to_the_end(plan: Plan, tally: Tally, parts: Parts) -> Capture | None:
    try:
        await parts.play()
        if plan.case.name in EARLY:
            return await _early(tally, parts)
        await parts.confirm()
    except LeftAtPayment:
        plan.happened = plan.happened or "the customer was left at the payment page"
        return None
    except CaseOver:
        return None
    except JourneyBroke as broke:
        if not _is_consequence(plan, broke):
            raise
        plan.happened = unreached(plan, broke)
        return None
    return await _seen_and_gone_on(tally, parts)


async def _seen_and_gone_on(tally: Tally, parts: Parts) -> Capture:
    # Seen before the customer goes on: what is then shown again is not what is judged.
    capture = await parts.capture()
    if not tally.has_looked:
        await tally.look()
    await go_on(tally)
    return capture


async def _early(tally: Tally, parts: Parts) -> Capture | None:
    await tally.look(PATIENCE_MS)
    if tally.has_purchase:
        return await _seen_and_gone_on(tally, parts)
    await go_on(tally)
    return await parts.capture() if tally.has_purchase else None


def _is_consequence(plan: Plan, broke: JourneyBroke) -> bool:
    """Tell whether a journey broke because of what was done to it, once it was done."""
    if broke.breakdown.reason in (Reason.REFUSED, Reason.BROWSER):
        return False
    is_unconfirmed = plan.is_reached and broke.breakdown.reason is Reason.NOT_CONFIRMED
    return plan.struck or is_unconfirmed
