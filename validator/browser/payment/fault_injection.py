"""Carries out one fault on the way back, with what the browser lets us hold, lose and repeat.

The shop and the payment page are not changed: only what the customer's browser does is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from playwright.async_api import Playwright

from validator.browser.journey import Journey, JourneyError, KnownShop
from validator.browser.network.request_guard import DocumentRequest, RequestRefusal
from validator.browser.payment.cookies import restore_cookies, take_cookies
from validator.browser.payment.shop_orders import ExternalSourceError, fetch_source
from validator.core.capture import Reason
from validator.core.urls import parse_origin, shorten_url
from validator.scenario.model.actions import Payment
from validator.scenario.model.payment import PaymentCase


@dataclass(slots=True)
class CasePlan:
    """The case of one journey, and how far it is. ``shop`` are the shop's pages, once known.

    ``happened`` is what was done, in words; empty until it is.
    """

    journey: Journey
    case: PaymentCase
    payment: Payment
    playwright: Playwright
    shop: KnownShop | None = None
    happened: str = ""
    is_reached: bool = False
    """The payment page was there."""
    first: DocumentRequest | None = None
    """The first document of the shop on the way back."""
    repeats: int = 0
    """How often that document was asked for again."""
    withheld_cookies: list[Any] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """The journey is over: what is held up is let go."""

    @property
    def shop_origins(self) -> frozenset[str]:
        return self.shop.origins if self.shop else frozenset()

    @property
    def has_happened(self) -> bool:
        return bool(self.happened)

    @property
    def patience(self) -> float:
        """How much longer the way back may take, in milliseconds."""
        return (
            self.case.duration if self.case.name in ("slow_return", "notification_first") else 0.0
        )

    @property
    def holds_return(self) -> bool:
        """Whether it holds up or loses the way back."""
        return self.case.name in RETURN_FAULTS

    def applies_to(self, payment: Payment) -> bool:
        """Tell whether a payment is the one at which the case happens: the last of all."""
        return payment is self.payment

    async def at_payment(self, shop: KnownShop) -> None:
        """Do what the case does once the payment page is there."""
        self.shop, self.is_reached = shop, True
        if strike := PAYMENT_PAGE_FAULTS.get(self.case.name):
            await strike(self)

    def clicked_twice(self) -> None:
        self.journey.double_click = False
        self.happened = "the customer clicked twice to pay"

    async def after_paying(self) -> None:
        """Do what the case does once the customer has paid. Raises CaseOver."""
        if self.case.name == "close_tab":
            await self._close_tab()
        await reconnect(self)

    async def when_back(self) -> None:
        """Undo what was only for the way back."""
        self.journey.double_click = False
        if self.withheld_cookies:
            await self.restore_withheld()

    async def _close_tab(self) -> None:
        page = self.journey.page
        # Paid is who is on the way back; where nothing leads back, who has waited for it.
        await self.journey.windows.until(lambda: self.first, self.payment.within)
        self.happened = "the customer paid and closed the tab before coming back"
        self.journey.page = self.journey.scope = await page.context.new_page()
        self.journey.watch(self.journey.page)
        await page.close()
        raise CaseOver

    async def guard(self, asked: DocumentRequest) -> RequestRefusal | None:
        """Hold, lose or let go a document of the journey."""
        if self.case.name == "payment_page_down":
            return self._payment_page(asked)
        if self.withheld_cookies:
            await self.restore_withheld()
        if self.shop is None or asked.url not in self.shop:
            return None
        if self.first is not None:
            self.repeats += (asked.url, asked.method) == (self.first.url, self.first.method)
            return None
        self.first = asked
        strike = RETURN_FAULTS.get(self.case.name)
        return await strike(self, asked) if strike else None

    def _payment_page(self, asked: DocumentRequest) -> RequestRefusal | None:
        if not self.journey.matches(self.payment.at.render(self.journey.saved), asked.url):
            return None
        self.happened = "the payment page answered 503"
        return RequestRefusal(status=503)

    async def restore_withheld(self) -> None:
        """Put the withheld cookies back, but those that were set anew meanwhile."""
        held, self.withheld_cookies = self.withheld_cookies, []
        await restore_cookies(self.journey.page.context, held)

    async def notify(self) -> None:
        """Have the payment provider's message sent. Raises JourneyBroke where that fails."""
        if self.payment.notification is None:
            return
        try:
            saved = self.journey.saved
            await fetch_source(self.playwright, self.payment.notification, saved, method="POST")
        except ExternalSourceError as failed:
            raise self.journey.broke(
                Reason.STEP_FAILED,
                f"the notification could not be sent: {failed}",
                self.case.location,
                "correct `notification` of the payment step",
            ) from failed


async def _lose_connection(plan: CasePlan, _asked: DocumentRequest) -> RequestRefusal:
    plan.happened = "the connection was lost at the moment of return; the customer reloaded"
    plan.journey.windows.wake()
    return RequestRefusal("InternetDisconnected")


async def _delay_return(plan: CasePlan, _asked: DocumentRequest) -> None:
    seconds = plan.case.duration / 1000
    plan.happened = f"the way back took {seconds:g} s longer"
    await _wait_until_over(plan, seconds)


async def _notify_first(plan: CasePlan, _asked: DocumentRequest) -> None:
    if plan.payment.notification is None:
        plan.happened = f"the way back was held up for {plan.case.duration / 1000:g} s"
        await _wait_until_over(plan, plan.case.duration / 1000)
        return
    plan.happened = "the bank told the shop before the customer was back"
    await plan.notify()


async def _wait_until_over(plan: CasePlan, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await plan.over.wait()
    except TimeoutError:
        return


async def _withhold_cookies(plan: CasePlan, asked: DocumentRequest) -> None:
    origins = {*plan.shop_origins, parse_origin(asked.url)}
    plan.withheld_cookies = await take_cookies(plan.journey.page.context, origins)
    if plan.withheld_cookies:
        plan.happened = f"the shop's cookies were not sent with the {asked.method} that came back"


async def _block_return(plan: CasePlan, _asked: DocumentRequest) -> RequestRefusal:
    plan.journey.windows.wake()
    await plan.over.wait()
    return RequestRefusal("Aborted")


_ReturnFault: TypeAlias = Callable[[CasePlan, DocumentRequest], Awaitable[RequestRefusal | None]]
RETURN_FAULTS: Mapping[str, _ReturnFault] = MappingProxyType(
    {
        "connection_lost": _lose_connection,
        "slow_return": _delay_return,
        "notification_first": _notify_first,
        "session_lost": _withhold_cookies,
        "close_tab": _block_return,
    }
)
"""Case → what is done with the first document of the shop on the way back."""


async def _expire_session(plan: CasePlan) -> None:
    if await take_cookies(plan.journey.page.context, plan.shop_origins):
        plan.happened = "the session expired while the customer was at the payment page"


async def _open_second_tab(plan: CasePlan) -> None:
    tab = await plan.journey.page.context.new_page()
    await tab.goto(sorted(plan.shop_origins)[0], wait_until="domcontentloaded")
    await plan.journey.page.bring_to_front()
    plan.happened = "the customer had the shop open in a second tab"


async def _double_click_payment(plan: CasePlan) -> None:
    plan.journey.double_click = True


PAYMENT_PAGE_FAULTS: Mapping[str, Callable[[CasePlan], Awaitable[None]]] = MappingProxyType(
    {
        "session_expired": _expire_session,
        "second_tab": _open_second_tab,
        "return_double": _double_click_payment,
    }
)
"""Fault → what is done once the payment page is there."""


async def block_third_party_cookies(plan: CasePlan) -> None:
    """Have a page's frames of other sites do without cookies, as many customers' browsers do.

    https://chromedevtools.github.io/devtools-protocol/tot/Network/#method-setCookieControls
    """
    page = plan.journey.page
    commands = await page.context.new_cdp_session(page)
    await commands.send("Network.enable")
    await commands.send(
        "Network.setCookieControls",
        {
            "enableThirdPartyCookieRestriction": True,
            "disableThirdPartyCookieMetadata": True,
            "disableThirdPartyCookieHeuristics": True,
        },
    )


def note_blocked_cookies(plan: CasePlan) -> None:
    """Note that the cookies of other sites were off, if a frame of another site was there.

    Cookies of a page's own site are not concerned: without such a frame, nothing was tried.
    """
    if plan.case.name == "third_party_cookies_off" and plan.journey.hops.has_foreign_iframe():
        plan.happened = "cookies of other sites were off"


async def reconnect(plan: CasePlan) -> None:
    """Reload the page that could not be loaded, once the connection has been lost."""

    def lost() -> bool | None:
        return plan.has_happened or None

    page = plan.journey.page
    if plan.case.name != "connection_lost" or page.is_closed():
        return
    if await plan.journey.windows.until(lost, plan.payment.within) is None:
        return
    await plan.journey.windows.until(
        lambda: page.url.startswith("chrome-error:") or None, plan.journey.scenario.timeout
    )
    asked = plan.first
    if asked is not None and asked.method == "GET":
        await page.goto(asked.url, wait_until="commit")
    else:
        await page.reload(wait_until="commit")


class CaseOver(Exception):  # noqa: N818 - the case has been carried out, and the journey ends
    """The customer is gone: nothing of the journey is left to play."""


_NO_SHOP_REQUEST = "nothing of the shop was asked for on the way back"
_NOT_CARRIED_OUT: Mapping[str, str] = MappingProxyType(
    {
        "session_lost": f"the shop had no cookie, or {_NO_SHOP_REQUEST}",
        "session_expired": "the shop had no cookie",
        "return_back": "the browser had no page to go back to",
        "back": "the browser had no page to go back to",
        "third_party_cookies_off": "no iframe of another site was opened at the payment",
        "return_double": "no click at the payment page places the order",
        "payment_page_down": "the payment page was not asked for",
    }
)


def require_carried_out(plan: CasePlan, *, has_arrived: bool) -> None:
    """Raise JourneyBroke where the case was not carried out: what was not tried has not passed.

    ``has_arrived`` tells that the journey went on to its end.
    """
    note_blocked_cookies(plan)
    case, because = plan.case, ""
    if has_arrived and not plan.is_reached and case.name != "payment_page_down":
        because = "the payment step was not played"
    elif not plan.has_happened:
        because = _NOT_CARRIED_OUT.get(case.name, _NO_SHOP_REQUEST)
    if because:
        message = f'the {case.kind} "{case.name}" could not be carried out: {because}'
        hint = "correct the scenario, or leave it out of the list where the shop cannot meet it"
        raise plan.journey.broke(Reason.STEP_FAILED, message, case.location, hint)


def describe_unreached(plan: CasePlan, broke: JourneyError) -> str:
    """Say where the customer ended, where the confirmation was not reached because of a fault."""
    if plan.case.name == "payment_page_down":
        return plan.happened
    message = broke.breakdown.message
    if broke.breakdown.reason is Reason.NOT_CONFIRMED:
        message = f"no confirmation, but {shorten_url(plan.journey.page.url)}"
    return f"{plan.happened}: {message}" if plan.happened else message
