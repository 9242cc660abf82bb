"""A payment that is pending when the customer comes back, and is paid later."""

from __future__ import annotations

import time

from validator.browser.journey import Journey
from validator.scenario.model.actions import Payment
from validator.scenario.model.walk import find_payments

RELOAD_INTERVAL_MS = 2_000
"""How long a customer looks at a page that does not go on, before reloading it."""


def find_pending_payment(journey: Journey) -> Payment | None:
    """Return the last payment of a scenario, if the customer comes back before it is paid."""
    payments = find_payments(journey.scenario.steps)
    return payments[-1] if payments and payments[-1].outcome == "pending" else None


async def reload_until_paid(journey: Journey, payment: Payment) -> None:
    """Reload the page as a customer would, until it has a purchase or the time is over."""
    end = time.monotonic() + payment.settles_within / 1000
    while not await shows_purchase(journey) and (left := end - time.monotonic()) > 0:
        moves = journey.windows.moves[journey.page]
        patience = min(RELOAD_INTERVAL_MS, left * 1000)
        if not await _wait_for_navigation(journey, moves, patience):
            await journey.page.reload(
                wait_until="domcontentloaded", timeout=journey.scenario.timeout
            )


async def shows_purchase(journey: Journey) -> bool:
    """Tell whether the page has a tag by now, or has sent a purchase without one."""
    await journey.page.wait_for_load_state("domcontentloaded", timeout=journey.scenario.timeout)
    tags = journey.page.locator(f".{journey.scenario.expect.tag}")
    return await journey.answered(tags.count()) > 0 or any(
        event.type == "purchase" and event.here for event in journey.sent()
    )


async def _wait_for_navigation(journey: Journey, moves: int, patience_ms: float) -> bool:
    def moved() -> bool | None:
        return journey.windows.moves[journey.page] > moves or None

    return bool(await journey.windows.until(moved, patience_ms))
