"""The way to an external payment page and back: the first cause of lost purchases.

https://support.connectif.ai/hc/en-us/articles/360015888579-Error-in-Purchase-Registration
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

from playwright.async_api import Page

from validator.browser.journey import Journey, JourneyError, LeftAtPayment
from validator.browser.payment.payment_page import PaymentPage, wait_for_payment_page
from validator.browser.payment.return_to_shop import (
    LEADS_ON_WITHIN_MS,
    Buttons,
    find_buttons,
    find_refresh_delay,
    find_return_click,
    find_return_step,
    wait_for_return,
)
from validator.browser.payment.shop_pages import ShopPages, find_shop_pages
from validator.core.capture import PaymentVisit, Reason
from validator.core.urls import parse_origin, without_query
from validator.scenario.model.actions import Payment, Step

PlaySteps = Callable[[Journey, Iterable[Step]], Awaitable[None]]


async def play_payment(
    journey: Journey, step: Step, payment: Payment, play_steps: PlaySteps
) -> None:
    """Reach the payment page, play its steps, and watch whether the customer is brought back.

    The journey goes on where the customer then is. Raises JourneyBroke where the payment page is
    not reached or its steps cannot be played, LeftAtPayment where a customer who has paid is not
    brought back.
    """
    place = await wait_for_payment_page(journey, step, payment)
    payment_url = without_query(place.frame.url)
    shop = find_shop_pages(journey, place.frame.url)
    journey.payment_origin = parse_origin(payment_url)
    case = journey.case if journey.case and journey.case.applies_to(payment) else None
    if case:
        await case.at_payment(shop)
    back, clicked, took_ms = await _pay_and_return(
        journey, step, payment, (place, shop), play_steps
    )
    left = Buttons() if back else await find_buttons(journey, place.page, shop)
    journey.payments.append(
        PaymentVisit(
            location=step.location,
            payment_url=payment_url,
            returned="never" if back is None else "clicked" if clicked else "automatic",
            within_ms=payment.within,
            took_ms=took_ms,
            last_url=without_query(_last_url(place, back)),
            buttons=left.names,
            outcome=payment.outcome,
            place=place.kind,
            ways_back=left.ways_back,
            clicked=clicked if back else "",
            new_host=shop.describe_new_host(back.url) if back else "",
        )
    )
    if payment.outcome != "abandoned":
        _continue_journey(journey, place, back)
    if back is None and payment.is_paid:
        raise LeftAtPayment
    if case:
        await case.when_back()


async def _pay_and_return(
    journey: Journey,
    step: Step,
    payment: Payment,
    where: tuple[PaymentPage, ShopPages],
    play_steps: PlaySteps,
) -> tuple[Page | None, str, float]:
    """Play the steps of the payment and wait for the way back.

    Return the page that shows the shop, what was clicked for it, and the milliseconds it took.
    """
    place, shop = where
    return_step = find_return_step(payment)
    await _pay(journey, place, payment.steps[: -1 if return_step else None], play_steps)
    started = time.perf_counter()
    clicked = find_return_click(payment)
    is_to_click = payment.is_paid and bool(return_step or payment.click)
    back = await _leads_on(journey, payment, where) if is_to_click else None
    if back:
        clicked = ""
    elif return_step:
        await _pay(journey, place, (return_step,), play_steps)
    if payment.outcome == "abandoned":
        await _abandon(journey, shop)
    elif back is None:
        back = await _wait_for_return(journey, step, payment, where)
    return back, clicked, round((time.perf_counter() - started) * 1000, 1)


async def _leads_on(
    journey: Journey, payment: Payment, where: tuple[PaymentPage, ShopPages]
) -> Page | None:
    """Return the shop's page, if the payment page leads there before the customer clicks.

    Many pages show a button for those who do not want to wait: then no click is needed.
    """
    place, shop = where
    if journey.case and journey.case.applies_to(payment) and journey.case.holds_return:
        return None
    remaining = payment.within
    asked = -1
    # The page that was paid on may still be there when its refresh is asked for, and the one that
    # tells of the payment come later, with a refresh of its own.
    while remaining > 0 and (moves := journey.windows.moves[place.page]) != asked:
        asked = moves
        patience = await find_refresh_delay(journey, place) + LEADS_ON_WITHIN_MS
        back = await wait_for_return(journey, place, shop, min(patience, remaining))
        if back:
            return back
        remaining -= patience
    return None


async def _wait_for_return(
    journey: Journey, step: Step, payment: Payment, where: tuple[PaymentPage, ShopPages]
) -> Page | None:
    """Do what the customer must to come back, and return the page that shows the shop."""
    place, shop = where
    if payment.click is not None:
        await journey.find(payment.click).click(timeout=journey.timeout(step))
    patience = 0.0
    if journey.case and journey.case.applies_to(payment):
        await journey.case.after_paying()
        patience = journey.case.patience
    return await wait_for_return(journey, place, shop, payment.within + patience)


async def _pay(
    journey: Journey, place: PaymentPage, steps: tuple[Step, ...], play_steps: PlaySteps
) -> None:
    journey.page, journey.scope = place.page, place.scope
    journey.is_paying = True
    try:
        await play_steps(journey, steps)
    except JourneyError as broke:
        # A window that closes itself once it is paid takes the last click's answer with it.
        closed = broke.breakdown.reason is Reason.BROWSER and place.page.is_closed()
        if not closed or place.opener.is_closed() or not journey.is_at_last(steps):
            raise
    finally:
        journey.is_paying = False
        journey.scope = journey.page


def _continue_journey(journey: Journey, place: PaymentPage, back: Page | None) -> None:
    """Have the next steps act where the customer is: a window that closed shows nothing more."""
    if back is None:
        back = place.opener if place.page.is_closed() else place.page
    journey.page = journey.scope = back
    journey.watch(back)


def _last_url(place: PaymentPage, back: Page | None) -> str:
    if back is not None:
        return back.url
    if place.page.is_closed():
        return "" if place.opener.is_closed() else place.opener.url
    is_inside = place.kind == "iframe" and not place.frame.is_detached()
    return place.frame.url if is_inside else place.page.url


async def _abandon(journey: Journey, shop: ShopPages) -> None:
    """Close the tab at the payment page; later, the customer opens the shop again."""
    left = journey.page
    journey.page = await left.context.new_page()
    journey.scope = journey.page
    journey.watch(journey.page)
    await left.close()
    home = journey.scenario.base_url or next(iter(sorted(shop.origins)), "")
    if home:
        await journey.page.goto(home, wait_until="domcontentloaded")
