"""One scenario in one fresh context: from the first step to what was seen at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from playwright.async_api import Error, Page

from validator.browser.capture.arrival import capture_page, confirm_arrival, seen_so_far
from validator.browser.capture.snapshot import PageUnreadable
from validator.browser.capture.watcher import Awaited, Watch
from validator.browser.chromium.session import Session
from validator.browser.evidence import Recorder, filmed
from validator.browser.journey import (
    Debugger,
    Journey,
    JourneyBroke,
    LeftAtPayment,
    PageUnresponsive,
)
from validator.browser.limits import Bounds
from validator.browser.network.interception import interception_of
from validator.browser.network.navigation_log import HopLog
from validator.browser.payment.cases import Parts, plan_of, play_case
from validator.browser.payment.faults import Plan, block_third_party_cookies
from validator.browser.payment.pending import pending, until_paid
from validator.browser.steps.consent import dismiss_consent
from validator.browser.steps.play import play_steps
from validator.browser.windows import Windows
from validator.core.capture import Breakdown, Capture, Evidence, Reason, TagStop
from validator.core.evidence_options import EvidenceOptions
from validator.core.page_options import PageOptions
from validator.core.urls import short
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.walk import payments_of

NO_EVIDENCE = EvidenceOptions()
NOTHING = Awaited()


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """What is asked before an order is placed: why it must not be, or nothing.

    ``force_live`` lets a journey go where real money moves.
    """

    committing: Callable[[Scenario], str] = lambda _scenario: ""
    force_live: bool = False


ORDERS = OrderPolicy()


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen, while the page is still open to be photographed."""

    outcome: Capture | Breakdown
    journey: Journey

    recorder: Recorder

    async def with_evidence(self, places: Sequence[str] = ()) -> Capture | Breakdown:
        """Return the outcome with files of what the page looks like, secrets hidden.

        ``places`` are CSS paths of elements to be marked in the picture.
        """
        journey = self.journey
        secrets = (*(secret.value for secret in journey.scenario.secrets), *journey.typed)
        kept = await self.recorder.keep(journey.page, secrets, journey.typed_secrets, places)
        return replace(self.outcome, evidence=self.outcome.evidence + kept)


@asynccontextmanager
async def visit(  # noqa: PLR0913 - each is a matter of its own, and most have defaults
    session: Session,
    scenario: Scenario,
    page_options: PageOptions,
    *,
    awaited: Awaited = NOTHING,
    evidence: EvidenceOptions = NO_EVIDENCE,
    on_step: Callable[[str], None] = lambda _title: None,
    orders: OrderPolicy = ORDERS,
    debugger: Debugger | None = None,
) -> AsyncIterator[Visit]:
    """Play a scenario and look at where it ends. What goes wrong on the way is a Breakdown.

    ``evidence`` says where pictures go, and what is recorded; without a folder, nothing is.
    """
    options = page_options.then(scenario.page)
    watch = Watch(awaited)
    async with (
        filmed(evidence) as film,
        session.context(
            options,
            base_url=scenario.base_url,
            service_workers=scenario.connectif == "allow",
            video_folder=film.scratch,
        ) as context,
    ):
        recorder = Recorder(context, evidence, film)
        await watch.attach(context, scenario.connectif)
        windows, hops = Windows(), HopLog()
        windows.attach(context)
        hops.on_change = windows.wake
        if payments_of(scenario.steps):
            await hops.attach(context)
        await recorder.start()
        page = await film.new_page(context)
        await watch.ready(page)
        await interception_of(context).know(page)

        async def await_tag(page: Page, stop: TagStop) -> TagStop:
            return await watch.until_met(page, stop, scenario.timeout)

        journey = Journey(
            scenario,
            page,
            page,
            on_step,
            await_tag,
            evidence.folder,
            debugger=debugger,
            windows=windows,
            hops=hops,
        )
        journey.committing = orders.committing
        journey.is_filmed = evidence.video
        journey.typed.update(value for _, value in options.secrets())
        journey.sent = lambda: watch.traffic.events(journey.page)
        journey.watch(page)
        bounds = Bounds(journey, force_live=orders.force_live)
        plan = plan_of(journey, session.playwright)
        if plan or scenario.places_order:
            guard = bounds.before(plan.guard if plan else None)
            await interception_of(context).guard(context, guard, iframes=plan is not None)
        if plan and plan.case.name == "third_party_cookies_off":
            await block_third_party_cookies(plan)
        await dismiss_consent(journey)
        outcome = await _outcome(journey, bounds.within(_played(journey, watch, plan)), watch)
        shots = tuple(Evidence("screenshot", path) for path in journey.screenshots)
        yield Visit(replace(outcome, evidence=shots), journey, recorder)


async def _outcome(journey: Journey, play: Awaitable[Capture], watch: Watch) -> Capture | Breakdown:
    try:
        return await play
    except JourneyBroke as broke:
        return journey.with_journey(broke.breakdown)
    except LeftAtPayment:
        return seen_so_far(journey, watch, reached=False)
    except PageUnresponsive:
        return _breakdown(
            journey, Reason.TIMEOUT, f"{journey.page.url} does not respond: its scripts never end"
        )
    except PageUnreadable as error:
        return _breakdown(
            journey, Reason.NOT_A_PAGE, f"{short(journey.page.url)} cannot be read: {error}"
        )
    except Error as error:
        # The browser or the page crashed under us: the world's fault, and no reason to stop others.
        return _breakdown(journey, Reason.BROWSER, error.message.splitlines()[0])


async def _played(journey: Journey, watch: Watch, plan: Plan | None) -> Capture:
    async def play() -> None:
        await play_steps(journey, journey.scenario.steps)
        if payment := pending(journey):
            await until_paid(journey, payment)

    async def confirm() -> None:
        if journey.scenario.confirmation and not journey.is_abandoned:
            await confirm_arrival(journey, journey.scenario.confirmation)

    if plan is None:
        await play()
        await confirm()
        return await capture_page(journey, watch)
    parts = Parts(play, confirm, lambda: capture_page(journey, watch))
    case, capture = await play_case(plan, watch, parts)
    return replace(capture or seen_so_far(journey, watch, reached=False), case=case)


def _breakdown(journey: Journey, reason: Reason, message: str) -> Breakdown:
    return journey.with_journey(
        Breakdown(reason, message, journey.scenario.location, journey.page.url)
    )
