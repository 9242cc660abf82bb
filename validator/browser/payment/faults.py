"""Carries out one fault on the way back, with what the browser lets us hold, lose and repeat.

The shop and the payment page are not changed: only what the customer's browser does is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, TypeAlias

from playwright.async_api import Playwright

from validator.browser.journey import Journey, JourneyBroke
from validator.browser.network.request_guard import Asked, Shut
from validator.browser.payment.cookies import put_back, take_cookies
from validator.browser.payment.shop_orders import OutsideFailed, ask
from validator.core.capture import Reason
from validator.core.urls import origin_of, short
from validator.scenario.model.payment import Case, Payment


@dataclass(slots=True)
class Plan:
    """The case of one journey, and how far it is. ``shop`` are the shop's origins, once known.

    ``happened`` is what was done, in words; empty until it is.
    """

    journey: Journey
    case: Case
    payment: Payment
    playwright: Playwright
    shop: set[str] = field(default_factory=set)
    happened: str = ""
    is_reached: bool = False
    """The payment page was there."""
    first: Asked | None = None
    """The first document of the shop on the way back."""
    repeats: int = 0
    """How often that document was asked for again."""
    withheld: list[Any] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """The journey is over: what is held up is let go."""

    @property
    def struck(self) -> bool:
        return bool(self.happened)

    @property
    def patience(self) -> float:
        """How much longer the way back may take, in milliseconds."""
        return self.case.ms if self.case.name in ("slow_return", "notification_first") else 0.0

    def concerns(self, payment: Payment) -> bool:
        """Tell whether a payment is the one at which the case happens: the last of all."""
        return payment is self.payment

    async def at_payment(self, shop: set[str]) -> None:
        """Do what the case does once the payment page is there."""
        self.shop, self.is_reached = shop, True
        if strike := AT_PAYMENT.get(self.case.name):
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
        if self.withheld:
            await self.give_back()

    async def _close_tab(self) -> None:
        page = self.journey.page
        # Paid is who is on the way back; where nothing leads back, who has waited for it.
        await self.journey.windows.until(lambda: self.first, self.payment.within)
        self.happened = "the customer paid and closed the tab before coming back"
        self.journey.page = self.journey.scope = await page.context.new_page()
        self.journey.watch(self.journey.page)
        await page.close()
        raise CaseOver

    async def guard(self, asked: Asked) -> Shut | None:
        """Hold, lose or let go a document of the journey."""
        if self.case.name == "payment_page_down":
            return self._payment_page(asked)
        if self.withheld:
            await self.give_back()
        if not self.shop or origin_of(asked.url) not in self.shop:
            return None
        if self.first is not None:
            self.repeats += (asked.url, asked.method) == (self.first.url, self.first.method)
            return None
        self.first = asked
        strike = ON_RETURN.get(self.case.name)
        return await strike(self, asked) if strike else None

    def _payment_page(self, asked: Asked) -> Shut | None:
        wanted = self.payment.at.render(self.journey.saved).replace("**", "*")
        if not fnmatchcase(asked.url, wanted):
            return None
        self.happened = "the payment page answered 503"
        return Shut(status=503)

    async def give_back(self) -> None:
        """Put the withheld cookies back, but those that were set anew meanwhile."""
        held, self.withheld = self.withheld, []
        await put_back(self.journey.page.context, held)

    async def notify(self) -> None:
        """Have the payment provider's message sent. Raises JourneyBroke where that fails."""
        if self.payment.notification is None:
            return
        try:
            saved = self.journey.saved
            await ask(self.playwright, self.payment.notification, saved, method="POST")
        except OutsideFailed as failed:
            raise self.journey.broke(
                Reason.STEP_FAILED,
                f"the notification could not be sent: {failed}",
                self.case.location,
                "correct `notification` of the payment step",
            ) from failed


async def _lose_connection(plan: Plan, _asked: Asked) -> Shut:
    plan.happened = "the connection was lost at the moment of return; the customer reloaded"
    plan.journey.windows.wake()
    return Shut("InternetDisconnected")


async def _hold(plan: Plan, _asked: Asked) -> None:
    seconds = plan.case.ms / 1000
    plan.happened = f"the way back took {seconds:g} s longer"
    await _until_over(plan, seconds)


async def _notify_first(plan: Plan, _asked: Asked) -> None:
    if plan.payment.notification is None:
        plan.happened = f"the way back was held up for {plan.case.ms / 1000:g} s"
        await _until_over(plan, plan.case.ms / 1000)
        return
    plan.happened = "the bank told the shop before the customer was back"
    await plan.notify()


async def _until_over(plan: Plan, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await plan.over.wait()
    except TimeoutError:
        return


async def _withhold_cookies(plan: Plan, asked: Asked) -> None:
    plan.withheld = await take_cookies(plan.journey.page.context, plan.shop)
    if plan.withheld:
        plan.happened = f"the shop's cookies were not sent with the {asked.method} that came back"


async def _keep_away(plan: Plan, _asked: Asked) -> Shut:
    plan.journey.windows.wake()
    await plan.over.wait()
    return Shut("Aborted")


_Strike: TypeAlias = Callable[[Plan, Asked], Awaitable[Shut | None]]
ON_RETURN: Mapping[str, _Strike] = MappingProxyType(
    {
        "connection_lost": _lose_connection,
        "slow_return": _hold,
        "notification_first": _notify_first,
        "session_lost": _withhold_cookies,
        "close_tab": _keep_away,
    }
)
"""Case → what is done with the first document of the shop on the way back."""


async def _expire_session(plan: Plan) -> None:
    if await take_cookies(plan.journey.page.context, plan.shop):
        plan.happened = "the session expired while the customer was at the payment page"


async def _open_second_tab(plan: Plan) -> None:
    tab = await plan.journey.page.context.new_page()
    await tab.goto(sorted(plan.shop)[0], wait_until="domcontentloaded")
    await plan.journey.page.bring_to_front()
    plan.happened = "the customer had the shop open in a second tab"


async def _double(plan: Plan) -> None:
    plan.journey.double_click = True


AT_PAYMENT: Mapping[str, Callable[[Plan], Awaitable[None]]] = MappingProxyType(
    {
        "session_expired": _expire_session,
        "second_tab": _open_second_tab,
        "return_double": _double,
    }
)
"""Fault → what is done once the payment page is there."""


async def block_third_party_cookies(plan: Plan) -> None:
    """Have a page's frames of other sites do without cookies, as many customers' browsers do.

    https://chromedevtools.github.io/devtools-protocol/tot/Network/#method-setCookieControls
    """
    page = plan.journey.page
    plan.happened = "cookies of other sites were off"
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


async def reconnect(plan: Plan) -> None:
    """Reload the page that could not be loaded, once the connection has been lost."""

    def lost() -> bool | None:
        return plan.struck or None

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


_NOTHING_ASKED = "nothing of the shop was asked for on the way back"
_UNTRIED: Mapping[str, str] = MappingProxyType(
    {
        "session_lost": f"the shop had no cookie, or {_NOTHING_ASKED}",
        "session_expired": "the shop had no cookie",
        "return_double": "no click at the payment page places the order",
        "payment_page_down": "the payment page was not asked for",
    }
)


def refuse_untried(plan: Plan, *, has_arrived: bool) -> None:
    """Raise JourneyBroke where the case was not carried out: what was not tried has not passed.

    ``has_arrived`` tells that the journey went on to its end.
    """
    case, because = plan.case, ""
    if has_arrived and not plan.is_reached and case.name != "payment_page_down":
        because = "the payment step was not played"
    elif not plan.struck:
        because = _UNTRIED.get(case.name, _NOTHING_ASKED)
    if because:
        message = f'the {case.kind} "{case.name}" could not be carried out: {because}'
        hint = "correct the scenario, or leave it out of the list where the shop cannot meet it"
        raise plan.journey.broke(Reason.STEP_FAILED, message, case.location, hint)


def unreached(plan: Plan, broke: JourneyBroke) -> str:
    """Say where the customer ended, where the confirmation was not reached because of a fault."""
    if plan.case.name == "payment_page_down":
        return plan.happened
    message = broke.breakdown.message
    if broke.breakdown.reason is Reason.NOT_CONFIRMED:
        message = f"no confirmation, but {short(plan.journey.page.url)}"
    return f"{plan.happened}: {message}" if plan.happened else message
