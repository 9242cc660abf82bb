"""The way back from the payment page: how the customer comes home, or what could be clicked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Error, Page

from validator.browser.capture.snapshot import PageUnresponsive
from validator.browser.journey import Journey
from validator.browser.page_values import UnexpectedValue, check_page_value
from validator.browser.payment.payment_page import PaymentPage
from validator.core.urls import parse_origin
from validator.scenario.model.actions import Payment, Step
from validator.scenario.model.template import Locator

MAX_BUTTONS = 10
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


def find_shop_origins(journey: Journey, place: PaymentPage) -> set[str]:
    """Return the shop's origins; a payment page's own is not one of them."""
    known = {origin for origin in journey.home if origin.startswith("http")}
    if journey.scenario.base_url:
        known.add(parse_origin(journey.scenario.base_url))
    return known - {parse_origin(place.frame.url), journey.payment_origin}


async def wait_for_return(
    journey: Journey, place: PaymentPage, shop: set[str], within_ms: float
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

    return await journey.windows.until(back, within_ms)


def _shows_shop(page: Page, shop: set[str]) -> bool:
    return not page.is_closed() and parse_origin(page.url) in shop


async def find_buttons(journey: Journey, page: Page, shop: set[str]) -> Buttons:
    """Name what the customer could click; a page that does not answer has nothing to offer."""
    found: list[dict[str, str | bool]] = []
    for frame in () if page.is_closed() else page.frames:
        if parse_origin(frame.url) in shop:
            continue  # the shop's own page, around an iframe or inside of it
        try:
            given = await journey.answered(frame.evaluate(_BUTTONS_JS, sorted(shop)))
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


def _last_pressed(steps: tuple[Step, ...]) -> Locator | None:
    for step in reversed(steps):
        if step.action.traits.presses:
            return next(iter(step.action.locators), None)
        if inner := _last_pressed(step.action.inner_steps):
            return inner
    return None


def _locator_name(locator: Locator) -> str:
    return str(locator.name if locator.name is not None else locator.value)
