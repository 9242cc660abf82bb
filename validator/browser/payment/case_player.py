"""A journey in which something goes wrong on purpose, or that ends in another way than most."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Playwright

from validator.browser.capture.watcher import TagWatcher
from validator.browser.journey import Journey, JourneyError, LeftAtPayment
from validator.browser.payment.case_endings import PurchaseTally, continue_case
from validator.browser.payment.fault_injection import (
    CaseOver,
    CasePlan,
    describe_unreached,
    note_blocked_cookies,
    require_carried_out,
)
from validator.core.capture import Capture, PaymentCaseRun, Reason
from validator.scenario.model.walk import find_payments

EARLY_RETURN_CASES = ("notification_late", "return_early")
"""Cases in which the customer is back before the shop can confirm anything."""
EARLY_LOOK_MS = 1_000
"""How long a customer looks at a page that does not confirm anything yet."""


def build_case_plan(journey: Journey, playwright: Playwright) -> CasePlan | None:
    """Return what is to go wrong in a scenario's last payment; None for a plain one."""
    case, payments = journey.scenario.case, find_payments(journey.scenario.steps)
    if case is None or not payments:
        return None
    plan = CasePlan(journey, case, payments[-1], playwright)
    journey.case = plan
    return plan


@dataclass(frozen=True, slots=True)
class JourneyPhases:
    """The parts of a journey: its steps, the proof of arrival, and what is then seen."""

    play: Callable[[], Awaitable[None]]
    confirm: Callable[[], Awaitable[None]]
    capture: Callable[[], Awaitable[Capture]]


async def play_case(
    plan: CasePlan, watch: TagWatcher, parts: JourneyPhases
) -> tuple[PaymentCaseRun, Capture | None]:
    """Play a scenario with its case. Returns what came of it, and the confirmation if it was seen.

    Raises JourneyBroke for what has nothing to do with the case, or where it was not tried.
    """
    tally = PurchaseTally(plan, watch)
    try:
        await tally.list_orders_before()
        capture = await _play_to_end(plan, tally, parts)
        require_carried_out(plan, has_arrived=capture is not None)
        return await tally.run(), capture
    finally:
        plan.over.set()


async def _play_to_end(
    plan: CasePlan, tally: PurchaseTally, parts: JourneyPhases
) -> Capture | None:
    try:
        await parts.play()
        if plan.case.name in EARLY_RETURN_CASES:
            return await _play_early_return(tally, parts)
        await parts.confirm()
    except LeftAtPayment:
        note_blocked_cookies(plan)
        plan.happened = plan.happened or "the customer was left at the payment page"
        return None
    except CaseOver:
        return None
    except JourneyError as broke:
        note_blocked_cookies(plan)
        if not _is_consequence(plan, broke):
            raise
        plan.happened = describe_unreached(plan, broke)
        return None
    return await _capture_and_continue(tally, parts)


async def _capture_and_continue(tally: PurchaseTally, parts: JourneyPhases) -> Capture:
    # Seen before the customer goes on: what is then shown again is not what is judged.
    capture = await parts.capture()
    if not tally.has_looked:
        await tally.look()
    await continue_case(tally)
    return capture


async def _play_early_return(tally: PurchaseTally, parts: JourneyPhases) -> Capture | None:
    await tally.look(EARLY_LOOK_MS)
    if tally.has_purchase:
        return await _capture_and_continue(tally, parts)
    await continue_case(tally)
    return await parts.capture() if tally.has_purchase else None


def _is_consequence(plan: CasePlan, broke: JourneyError) -> bool:
    """Tell whether a journey broke because of what was done to it, once it was done."""
    if broke.breakdown.reason in (Reason.REFUSED, Reason.BROWSER):
        return False
    is_unconfirmed = plan.is_reached and broke.breakdown.reason is Reason.NOT_CONFIRMED
    return plan.has_happened or is_unconfirmed
