"""The way to the payment page: the same tab, a window that was opened, or an iframe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Frame, Page

from validator.browser.journey import Journey
from validator.core.capture import Reason, hint_for_status, reason_for_status
from validator.core.urls import parse_origin, shorten_url
from validator.scenario.model.actions import Payment, Step

PaymentPageKind = Literal["page", "window", "iframe"]


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Where the payment page is shown. ``opener`` is the page that the customer came from.

    ``moves`` is how often the main frame of either had moved on arrival.
    """

    kind: PaymentPageKind
    page: Page
    frame: Frame
    opener: Page
    moves: tuple[int, int]

    @property
    def scope(self) -> Page | Frame:
        """What locators are looked for in: an iframe's other windows are none of its business."""
        return self.frame if self.kind == "iframe" else self.page


async def wait_for_payment_page(journey: Journey, step: Step, payment: Payment) -> PaymentPage:
    """Wait until the payment page is shown somewhere. Raises JourneyBroke where it is not."""
    wanted, timeout = payment.at.render(journey.saved), journey.timeout(step)
    found = await journey.until(lambda: _find_payment_page(journey, wanted), timeout)
    if found is None:
        raise journey.build_step_error(
            step,
            f"the payment page {wanted} was not reached within "
            f"{timeout / 1000:g} s; the browser is at {shorten_url(journey.page.url)}. Pattern and "
            f"address: {journey.describe_parting(wanted)}",
            "see whether the step before leads to the payment page, and correct `at`",
        )
    journey.watch(found.page)
    url = found.frame.url
    journey.hops.note_payment_start(url)
    await found.frame.wait_for_load_state("domcontentloaded", timeout=timeout)
    status = journey.hops.last_status(url)
    if status is not None and (reason := reason_for_status(status)):
        message = f"the payment page {shorten_url(url)} answered HTTP {status}"
        raise journey.broke(reason, message, step.location, hint_for_status(status))
    return found


def _find_payment_page(journey: Journey, wanted: str) -> PaymentPage | None:
    here = journey.page
    pages = [here, *(page for page in reversed(here.context.pages) if page is not here)]
    for page in pages:
        frame = next((each for each in page.frames if journey.matches(wanted, each.url)), None)
        if frame is None:
            continue
        kind: PaymentPageKind = "window" if page is not here else "page"
        return PaymentPage(
            kind=kind if frame is page.main_frame else "iframe",
            page=page,
            frame=frame,
            opener=here,
            moves=(journey.windows.moves[page], journey.windows.moves[here]),
        )
    # Where ``wanted`` says at which origin it is, an answer that does not come is known at once.
    failed = journey.hops.last_failure(parse_origin(wanted.partition("*")[0]))
    if failed is None:
        return None
    journey.hops.note_payment_start(failed.url)
    raise journey.broke(
        Reason.UNREACHABLE,
        f"the payment page {shorten_url(failed.url)} could not be opened ({failed.failure})",
        None,
        "see whether the payment page is up, and whether this machine may reach it",
    )
