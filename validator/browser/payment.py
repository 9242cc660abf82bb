"""The way to an external payment page and back: the first cause of lost purchases.

https://support.connectif.ai/hc/en-us/articles/360015888579-Error-in-Purchase-Registration
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeout

from validator.browser.journey import Journey, PageUnresponsive
from validator.capture import PaymentTrip
from validator.scenario.model import Payment, Step
from validator.urls import origin_of, short

PlaySteps = Callable[[Journey, Iterable[Step]], Awaitable[None]]

_BUTTONS_JS = """() => [...document.querySelectorAll(
    'a[href], button, input[type=submit], input[type=button], [role=button], [role=link]')]
  .filter((e) => e.checkVisibility?.() ?? true)
  .map((e) => (e.getAttribute('aria-label') || e.innerText || e.value || '').trim())
  .filter(Boolean).slice(0, 10).map((text) => text.slice(0, 80))"""


async def play_payment(
    journey: Journey, step: Step, payment: Payment, play_steps: PlaySteps
) -> PaymentTrip:
    """Reach the payment page, play its steps, and watch whether the customer is brought back.

    Raises JourneyBroke where the payment page is not reached or its steps cannot be played.
    """
    await _arrive(journey, step, payment)
    payment_url = journey.page.url
    journey.is_paying = True
    try:
        await play_steps(journey, payment.steps)
    finally:
        journey.is_paying = False
    if payment.click is not None:
        await journey.find(payment.click).click(timeout=journey.timeout(step))
    started = time.perf_counter()
    is_back = await _comes_back(journey, origin_of(payment_url), payment.within)
    returned = "clicked" if payment.click is not None else "automatic"
    return PaymentTrip(
        location=step.location,
        payment_url=payment_url,
        returned=returned if is_back else "never",
        within_ms=payment.within,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        last_url=journey.page.url,
        buttons=() if is_back else await _buttons(journey),
    )


async def _arrive(journey: Journey, step: Step, payment: Payment) -> None:
    wanted, timeout = payment.at.render(journey.saved), journey.timeout(step)
    try:
        await journey.page.wait_for_url(wanted, timeout=timeout, wait_until="domcontentloaded")
    except PlaywrightTimeout as error:
        raise journey.step_failed(
            step,
            f"the payment page {wanted} was not reached within "
            f"{timeout / 1000:g} s; the browser is at {short(journey.page.url)}",
            "see whether the step before leads to the payment page, and correct `at`",
        ) from error
    if bad := journey.bad_answer("the payment page ", step.location):
        raise bad


async def _comes_back(journey: Journey, payment_origin: str, within_ms: float) -> bool:
    """Tell whether the customer is at the shop again: a bank's third page is not the shop."""
    shop = journey.home - {payment_origin}
    try:
        await journey.page.wait_for_url(
            lambda url: origin_of(url) in shop, timeout=within_ms, wait_until="commit"
        )
    except PlaywrightTimeout:
        return False
    return True


async def _buttons(journey: Journey) -> tuple[str, ...]:
    """Name what the customer could click; a page that does not answer has nothing to offer."""
    try:
        names: list[str] = await journey.answered(journey.page.evaluate(_BUTTONS_JS))
    except (Error, PageUnresponsive):
        return ()
    return tuple(names)
