"""A payment that is pending when the customer comes back, and is paid later."""

from __future__ import annotations

import time

from playwright.async_api import Error

from validator.browser.journey import Journey
from validator.core.capture import Reason
from validator.core.urls import shorten_url
from validator.scenario.model.actions import Payment
from validator.scenario.model.walk import find_payments

RELOAD_INTERVAL_MS = 2_000
"""How long a customer looks at a page that does not go on, before reloading it."""

_INTERRUPTED = ("interrupted by another navigation", "net::ERR_ABORTED")
"""What Playwright says of a reload while the page goes elsewhere by itself."""


def find_pending_payment(journey: Journey) -> Payment | None:
    """Return the last payment of a scenario, if the customer comes back before it is paid."""
    payments = find_payments(journey.scenario.steps)
    return payments[-1] if payments and payments[-1].outcome == "pending" else None


async def reload_until_paid(journey: Journey, payment: Payment) -> None:
    """Reload the page as a customer would, until it has a purchase or the time is over.

    Raises JourneyError where the customer is then at a page that confirms nothing. What comes
    later, as from a page that reloads itself, is too late.
    """
    end = time.monotonic() + payment.settles_within / 1000
    while not await shows_purchase(journey):
        left = end - time.monotonic()
        if left <= 0:
            await _require_confirmation(journey, payment)
            return
        moves = journey.windows.moves[journey.page]
        patience = min(RELOAD_INTERVAL_MS, left * 1000)
        if not await _wait_for_navigation(journey, moves, patience):
            await _reload(journey)


async def _reload(journey: Journey) -> None:
    try:
        await journey.page.reload(wait_until="domcontentloaded", timeout=journey.scenario.timeout)
    except Error as error:
        # The page may have reloaded itself at the same moment: then there is nothing to do.
        if not any(sign in error.message for sign in _INTERRUPTED):
            raise


async def _require_confirmation(journey: Journey, payment: Payment) -> None:
    """Raise JourneyError unless the page is the order confirmation: its tag may be missing."""
    confirmation, url = journey.scenario.confirmation, journey.page.url
    if confirmation is None:
        return
    is_there = confirmation.url is None or journey.matches(
        confirmation.url.render(journey.saved), url
    )
    if is_there and confirmation.target is not None:
        proof = journey.find(confirmation.target).first
        is_there = await journey.answered(proof.is_visible())
    if not is_there:
        raise journey.broke(
            Reason.NOT_CONFIRMED,
            f"the payment was still pending {payment.settles_within / 1000:g} s after the return "
            f"(settles_within); the browser is at {shorten_url(url)}",
            confirmation.location,
            "give it more time with `settles_within` of the payment step, if the shop may take "
            "that long",
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
