"""The way back from the payment page: how the customer comes home, or what could be clicked."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

from playwright.async_api import Error, Page
from playwright.async_api import Locator as PageLocator

from validator.browser.capture.snapshot import PageUnresponsive
from validator.browser.journey import Journey
from validator.browser.page_values import UnexpectedValue, check_page_value
from validator.browser.payment.payment_page import PaymentPage
from validator.browser.payment.shop_pages import ShopPages
from validator.scenario.model.actions import Payment, Step
from validator.scenario.model.template import Locator

LEADS_ON_WITHIN_MS = 3_000
"""How long a payment page may take to lead back by itself, before the customer clicks."""
MAX_REFRESH_S = 60
MAX_BUTTONS = 10
_REFRESH_DELAY_JS = """() => parseFloat(
    document.querySelector('meta[http-equiv=refresh i]')?.content ?? '0') || 0"""
_BUTTONS_JS = """(home) => [...document.querySelectorAll(
    'a[href], button, input[type=submit], input[type=button], [role=button], [role=link]')]
  .filter((e) => e.checkVisibility?.() ?? true)
  .map((e) => {
    const name = (e.getAttribute('aria-label') || e.innerText || e.value || '').trim();
    let target = e.href || '';
    if (e.form) target = e.hasAttribute('formaction') ? e.formAction : e.form.action;
    try { target = new URL(target, document.baseURI).origin; } catch { target = ''; }
    return {name: name.slice(0, 80).toWellFormed(), leads: home.includes(target)};
  })
  .filter((each) => each.name)
  .sort((a, b) => b.leads - a.leads)
  .slice(0, 10)"""

RETURN_WORDS = re.compile(
    r"\b(?:return|back|volver|regresar|tornar|retour|revenir|zur[uü]ck|ritorna|indietro|voltar"
    r"|regressar|terug)\b",
    re.IGNORECASE,
)
"""What stands on the buttons that lead back to a shop, in the languages of our users."""

CANCEL_WORDS = re.compile(r"cancel|annul|abbrech|annuleer", re.IGNORECASE)
"""Who cancels has not paid, and comes back as expected."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """The names of what could be clicked, and of those that lead to the shop."""

    names: tuple[str, ...] = ()
    ways_back: tuple[str, ...] = ()


async def wait_for_return(
    journey: Journey, place: PaymentPage, shop: ShopPages, within_ms: float
) -> Page | None:
    """Wait until a window shows the shop again: a bank's third page is not the shop.

    Where the payment was in an iframe or in a window of its own, the shop's page was there all
    the time: then it must have moved on, or the iframe have gone.
    """

    def back() -> Page | None:
        if place.kind != "iframe" and _shows_shop(place.page, shop):
            return place.page
        if place.kind == "page":
            return None
        moved = journey.windows.moves[place.opener] > place.moves[1]
        is_gone = place.kind == "iframe" and place.frame.is_detached()
        return place.opener if (moved or is_gone) and _shows_shop(place.opener, shop) else None

    proof = _find_proof(journey, place, shop)
    waits: list[asyncio.Task[Page | None]] = [asyncio.ensure_future(journey.until(back, within_ms))]
    if proof is not None:
        waits.append(asyncio.ensure_future(_wait_for_proof(journey, place, shop, proof)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        done = (wait.result() for wait in waits if wait.done())
        return next((page for page in done if page is not None), None)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _find_proof(journey: Journey, place: PaymentPage, shop: ShopPages) -> PageLocator | None:
    """Return the element by which the confirmation is known, at whatever address it is.

    Only where the scenario says to which hosts it goes: any bank's page may say "Thank you".
    """
    confirmation = journey.scenario.confirmation
    if (
        place.kind == "iframe"
        or shop.hosts is None
        or confirmation is None
        or confirmation.url is not None
        or confirmation.target is None
    ):
        return None
    return journey.find(confirmation.target).first


async def _wait_for_proof(
    journey: Journey, place: PaymentPage, shop: ShopPages, proof: PageLocator
) -> Page:
    """Wait, until cancelled, for the proof of arrival at a host where an order may be confirmed."""
    page = place.page
    while True:
        moves = journey.windows.moves[page]
        with suppress(Error):  # of a window that closes, which wakes who waits
            await proof.wait_for(state="visible", timeout=0)
            if shop.may_confirm(page.url):
                return page
        await journey.windows.until(
            lambda: journey.windows.moves[page] > moves or None,  # noqa: B023 - waited for here
            journey.scenario.timeout,
        )


def _shows_shop(page: Page, shop: ShopPages) -> bool:
    return not page.is_closed() and page.url in shop


async def find_buttons(journey: Journey, page: Page, shop: ShopPages) -> Buttons:
    """Name what the customer could click; a page that does not answer has nothing to offer."""
    found: list[dict[str, str | bool]] = []
    for frame in () if page.is_closed() else page.frames:
        if frame.url in shop:
            continue  # the shop's own page, around an iframe or inside of it
        try:
            given = await journey.answered(frame.evaluate(_BUTTONS_JS, sorted(shop.origins)))
            found += check_page_value(given, "buttons")
        except (Error, PageUnresponsive, UnexpectedValue):
            continue
    names = [str(each["name"]) for each in found]
    return Buttons(
        tuple(names[:MAX_BUTTONS]),
        tuple(str(each["name"]) for each in found if each["leads"])[:MAX_BUTTONS],
    )


def find_return_click(payment: Payment) -> str:
    """Name what the customer clicks to come back: said so, or by the words on the last button."""
    if payment.click is not None:
        return _locator_name(payment.click)
    last = _last_pressed(payment.steps)
    name = _locator_name(last) if last else ""
    is_return = RETURN_WORDS.search(name) and not CANCEL_WORDS.search(name)
    return name if payment.is_paid and is_return else ""


def find_return_step(payment: Payment) -> Step | None:
    """Return the last step at the payment page, if it only brings back who has paid before."""
    if payment.click is not None or not find_return_click(payment):
        return None
    *before, last = payment.steps
    has_paid = _last_pressed(tuple(before)) is not None
    return last if has_paid and last.action.traits.presses and not last.optional else None


async def find_refresh_delay(journey: Journey, place: PaymentPage) -> float:
    """Return after how many milliseconds a page says that it leads on by itself; 0 if nothing."""
    if place.page.is_closed():
        return 0.0
    with suppress(Error, PageUnresponsive):
        seconds = await journey.answered(place.page.evaluate(_REFRESH_DELAY_JS))
        if isinstance(seconds, int | float) and seconds >= 0:
            return min(float(seconds), MAX_REFRESH_S) * 1000
    return 0.0


def _last_pressed(steps: tuple[Step, ...]) -> Locator | None:
    for step in reversed(steps):
        if step.action.traits.presses:
            return next(iter(step.action.locators), None)
        if inner := _last_pressed(step.action.inner_steps):
            return inner
    return None


def _locator_name(locator: Locator) -> str:
    return str(locator.name if locator.name is not None else locator.value)
