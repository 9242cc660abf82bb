"""How a journey with a fault or an ending goes on, and how many purchases come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from playwright.async_api import Error

from validator.browser.capture.watcher import TagWatcher
from validator.browser.chromium.playwright_errors import is_page_closed
from validator.browser.payment.fault_injection import CasePlan
from validator.browser.payment.shop_orders import find_placed_order, list_shop_orders
from validator.core.capture import PaymentCaseRun


@dataclass(slots=True)
class PurchaseTally:
    """What Connectif would record of each document that was looked at, beside what was sent."""

    plan: CasePlan
    watch: TagWatcher
    before: tuple[str, ...] = ()
    """The orders that the shop had before."""
    seen: list[str] = field(default_factory=list)
    has_script: bool = False
    has_looked: bool = False

    @property
    def has_purchase(self) -> bool:
        return bool(self.seen or self._purchases())

    async def look(self, patience_ms: float | None = None) -> None:
        """Look at the page once more, as a customer who opens it does."""
        within = (
            self.plan.journey.scenario.expect.within if self.plan.case.expected_purchases else 500
        )
        journey, awaited = self.plan.journey, self.watch.awaited
        snapshot = await self.watch.wait_until_settled(
            journey.page,
            within if patience_ms is None else patience_ms,
            journey.scenario.timeout,
            without_tag=self.plan.case.expected_purchases == 0 or bool(self.seen),
        )
        self.has_looked = True
        self.has_script |= snapshot.script.present
        self.seen += [
            awaited.read_purchase_id(tag) for tag in snapshot.there if awaited.is_recorded(tag)
        ]

    async def run(self) -> PaymentCaseRun:
        """Sum up: the purchases that were sent, or that the script would have sent."""
        order, source = await self._order()
        case, purchases = self.plan.case, self._purchases()
        return PaymentCaseRun(
            kind=case.kind,
            name=case.name,
            happened=self.plan.happened,
            purchases=purchases,
            due=case.expected_purchases,
            order=order,
            order_from=source,
        )

    def _purchases(self) -> tuple[str, ...]:
        sent = [event for event in self.plan.journey.sent() if event.type == "purchase"]
        if not (sent or self.has_script):
            return tuple(self.seen)
        purchases = (event.payload.get("purchase") for event in sent)
        return tuple(
            str(each.get("purchaseId", "")) if isinstance(each, dict) else "" for each in purchases
        )

    async def list_orders_before(self) -> None:
        self.before = await list_shop_orders(self.plan.journey, self.plan.playwright)

    async def _order(self) -> tuple[str, str]:
        """Return the number of the shop's order, and whether a page or the list tells it."""
        on_page = self.plan.journey.saved.get("order", "")
        if not self.plan.case.expected_purchases and not on_page:
            return "", ""
        if self.plan.journey.scenario.orders is None:
            return on_page, "page" if on_page else ""
        listed = await list_shop_orders(self.plan.journey, self.plan.playwright)
        return find_placed_order(listed, self.before, on_page), "orders"


async def _reload(tally: PurchaseTally) -> None:
    await tally.plan.journey.page.reload(wait_until="domcontentloaded")
    tally.plan.happened = "the customer reloaded the confirmation"
    await tally.look()


async def _reopen_return_page(tally: PurchaseTally) -> None:
    plan = tally.plan
    asked = plan.first
    if asked is None:
        return  # there is no such page: the case is refused as not tried
    if asked.method == "GET":
        await plan.journey.page.goto(asked.url, wait_until="domcontentloaded")
    else:
        await _back_and_forth(tally)
    if plan.repeats:
        plan.happened = "the page that the bank leads to was opened a second time"
    await tally.look()


async def _back_and_forth(tally: PurchaseTally) -> None:
    page, plan = tally.plan.journey.page, tally.plan
    before, arrivals = page.url, plan.journey.windows.moves[page]
    back = await _move(page.go_back)
    is_moved = bool(back) or page.url != before or plan.journey.windows.moves[page] > arrivals
    if not is_moved:
        return  # there is nothing to go back to: the case is refused as not tried
    if back:
        # Playwright tells of the error before the browser's own page is there to go on from.
        await plan.journey.windows.until(
            lambda: page.url.startswith("chrome-error:") or None, plan.journey.scenario.timeout
        )
        await page.wait_for_load_state("load", timeout=plan.journey.scenario.timeout)
    where = f", where the browser showed no page ({back})" if back else ""
    forward = await _move(page.go_forward)
    plan.happened = f"the customer went back{where}, and forward again"
    if forward:
        plan.happened += f", where the browser showed no page ({forward})"
        return
    await tally.look()


async def _move(move: Callable[..., Awaitable[object]]) -> str:
    """Go through the history; return the browser's error for a page that it cannot show again.

    Such as that of a form that was posted and may not be kept: net::ERR_CACHE_MISS.
    """
    try:
        await move(wait_until="domcontentloaded")
    except Error as error:
        if is_page_closed(error):
            raise
        code = error.message.partition("net::")[2].split()
        return code[0] if code else error.message.splitlines()[0]
    return ""


async def _notify_late(tally: PurchaseTally) -> None:
    plan = tally.plan
    early = "" if tally.has_purchase else ", saw no confirmation"
    await plan.notify()
    await plan.journey.page.reload(wait_until="domcontentloaded")
    plan.happened = f"the customer came back before the bank told the shop{early}, and reloaded"
    await tally.look()


async def _describe_ending(tally: PurchaseTally) -> None:
    plan = tally.plan
    if plan.case.kind == "ending" and not plan.happened:
        is_cancelled = plan.case.name == "cancel"
        plan.happened = "the customer " + ("cancelled" if is_cancelled else "came back")


CASE_CONTINUATIONS: Mapping[str, Callable[[PurchaseTally], Awaitable[None]]] = MappingProxyType(
    {
        "return_reloaded": _reopen_return_page,
        "return_back": _back_and_forth,
        "notification_late": _notify_late,
        "return_early": _notify_late,
        "reload": _reload,
        "back": _back_and_forth,
    }
)
"""Fault or ending → what the customer does once the shop is there again."""


async def continue_case(tally: PurchaseTally) -> None:
    """Do what the case says, and look again."""
    await CASE_CONTINUATIONS.get(tally.plan.case.name, _describe_ending)(tally)
