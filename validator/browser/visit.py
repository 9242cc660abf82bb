"""One scenario in one fresh context: from the first step to what was seen at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from playwright.async_api import Error, Page, Playwright

from validator.browser.capture.snapshot import PageUnreadable, PageUnresponsive
from validator.browser.capture.watcher import TagWait, TagWatcher
from validator.browser.chromium.session import Session
from validator.browser.evidence import EvidenceRecorder, keep_video
from validator.browser.journey import Debugger, Journey, JourneyError, LeftAtPayment
from validator.browser.limits import JourneyLimits
from validator.browser.network.interception import get_interception
from validator.browser.network.navigation_log import NavigationLog
from validator.browser.network.navigation_signal import NavigationSignal
from validator.browser.order_confirmation import build_capture, capture_page, wait_for_confirmation
from validator.browser.page_values import first_line
from validator.browser.payment.case_player import JourneyPhases, build_case_plan, play_case
from validator.browser.payment.fault_injection import CasePlan, block_third_party_cookies
from validator.browser.payment.pending_payment import find_pending_payment, reload_until_paid
from validator.browser.payment.shop_orders import find_placed_order, list_shop_orders
from validator.browser.steps.consent import dismiss_consent
from validator.browser.steps.page_alerts import quote_alert
from validator.browser.steps.step_player import play_steps
from validator.core.capture import Breakdown, Capture, Evidence, Reason, TagCheckpoint
from validator.core.crashes import internal_errors
from validator.core.errors import BrowserError, InternalError
from validator.core.evidence_options import EvidenceOptions
from validator.core.page_options import PageOptions
from validator.core.urls import shorten_url
from validator.scenario.model.page_limits import DEFAULT_LIMITS, Limits
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.walk import find_payments
from validator.scenario.safety.allowed_hosts import require_allowed_hosts

NO_EVIDENCE = EvidenceOptions()
NO_TAG_WAIT = TagWait()
_EXPECTED_ERRORS = (JourneyError, LeftAtPayment, PageUnresponsive, PageUnreadable, Error)


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """What is asked before an order is placed: why it must not be, or nothing.

    ``force_live`` lets a journey go where real money moves.
    """

    find_order_refusal: Callable[[Scenario], str] = lambda _scenario: ""
    force_live: bool = False


DEFAULT_ORDER_POLICY = OrderPolicy()


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen, while the page is still open to be photographed."""

    outcome: Capture | Breakdown
    journey: Journey

    recorder: EvidenceRecorder

    async def with_evidence(self, places: Sequence[str] = ()) -> Capture | Breakdown:
        """Return the outcome with files of what the page looks like, secrets hidden.

        ``places`` are CSS paths of elements to be marked in the picture.
        """
        journey = self.journey
        secrets = (*(secret.value for secret in journey.scenario.secrets), *journey.typed)
        kept = await self.recorder.keep(
            journey.page, secrets, journey.secret_fields, places, journey.notes.append
        )
        return replace(self.outcome, evidence=self.outcome.evidence + kept)


@asynccontextmanager
async def visit(  # noqa: PLR0913 - each is a matter of its own, and most have defaults
    session: Session,
    scenario: Scenario,
    page_options: PageOptions,
    *,
    awaited: TagWait = NO_TAG_WAIT,
    only_allowed: bool = False,
    evidence: EvidenceOptions = NO_EVIDENCE,
    on_step: Callable[[str], None] = lambda _title: None,
    orders: OrderPolicy = DEFAULT_ORDER_POLICY,
    limits: Limits = DEFAULT_LIMITS,
    debugger: Debugger | None = None,
) -> AsyncIterator[Visit]:
    """Play a scenario and look at where it ends. What goes wrong on the way is a Breakdown.

    With ``only_allowed``, what the pages send reaches only the hosts that the scenario allows.
    ``evidence`` says where pictures go, and what is recorded; without a folder, nothing is.
    Raises BrowserError where the browser exits before the first step, or after the last.
    """
    options = page_options.then(scenario.page)
    watch = TagWatcher(awaited)
    async with (
        _browser_errors(),
        keep_video(evidence) as film,
        session.context(
            options,
            base_url=scenario.base_url,
            service_workers=scenario.connectif == "allow",
            video_folder=film.scratch,
            reachable=require_allowed_hosts(scenario) if only_allowed else None,
        ) as context,
    ):
        recorder = EvidenceRecorder(context, evidence, film)
        await watch.attach(context, scenario.connectif)
        windows, hops = NavigationSignal(), NavigationLog()
        windows.attach(context)
        hops.on_change = windows.wake
        if find_payments(scenario.steps):
            await hops.attach(context)
        await recorder.start()
        page = await film.new_page(context)
        await watch.ready(page)
        await get_interception(context).know(page)

        async def await_tag(page: Page, stop: TagCheckpoint) -> TagCheckpoint:
            return await watch.wait_until_met(page, stop, scenario.timeout)

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
        journey.find_order_refusal = orders.find_order_refusal
        journey.has_video = evidence.video
        journey.typed.update(value for _, value in options.secrets())
        journey.sent = lambda: watch.traffic.events(journey.page)
        journey.watch(page)
        bounds = JourneyLimits(journey, limits, force_live=orders.force_live)
        bounds.count_for(context)
        watch.on_excess = bounds.end_for_excess
        bounds.watch_for_loss(context)
        plan = build_case_plan(journey, session.playwright)
        if plan or scenario.places_order:
            guard = bounds.before(plan.guard if plan else None)
            await get_interception(context).guard(context, guard, iframes=plan is not None)
        if plan and plan.case.name == "third_party_cookies_off":
            await block_third_party_cookies(plan)
        await dismiss_consent(journey)
        outcome = await _run_journey(
            journey,
            bounds.within(_play_and_capture(journey, watch, plan, session.playwright)),
            watch,
        )
        shots = tuple(Evidence("screenshot", path) for path in journey.screenshots)
        yield Visit(replace(outcome, evidence=shots), journey, recorder)


@asynccontextmanager
async def _browser_errors() -> AsyncIterator[None]:
    try:
        yield
    except Error as error:
        raise BrowserError(f"the browser stopped: {first_line(error.message)}") from error


async def _run_journey(
    journey: Journey, play: Awaitable[Capture], watch: TagWatcher
) -> Capture | Breakdown:
    try:
        with internal_errors(f"scenario: {journey.scenario.name}", *_EXPECTED_ERRORS):
            return await play
    except JourneyError as broke:
        return journey.with_progress(await quote_alert(journey, broke.breakdown))
    except LeftAtPayment:
        return build_capture(journey, watch, reached=False)
    except PageUnresponsive:
        return _breakdown(
            journey, Reason.TIMEOUT, f"{journey.page.url} does not respond: its scripts never end"
        )
    except PageUnreadable as error:
        return _breakdown(
            journey, Reason.NOT_A_PAGE, f"{shorten_url(journey.page.url)} cannot be read: {error}"
        )
    except Error as error:
        # The browser or the page crashed under us: the world's fault, and no reason to stop others.
        return _breakdown(journey, Reason.BROWSER, first_line(error.message))
    except InternalError as error:
        return replace(_breakdown(journey, Reason.INTERNAL, str(error)), hint=error.hint)


async def _play_and_capture(
    journey: Journey, watch: TagWatcher, plan: CasePlan | None, playwright: Playwright
) -> Capture:
    async def play() -> None:
        await play_steps(journey, journey.scenario.steps)
        if payment := find_pending_payment(journey):
            await reload_until_paid(journey, payment)

    async def confirm() -> None:
        if journey.scenario.confirmation and not journey.is_abandoned:
            await wait_for_confirmation(journey, journey.scenario.confirmation)

    if plan is None:
        before = await list_shop_orders(journey, playwright)
        await play()
        await confirm()
        seen = await capture_page(journey, watch)
        if not journey.order_placed or seen.tags or _has_sent_purchase(journey):
            return seen
        listed = await list_shop_orders(journey, playwright)
        order = find_placed_order(listed, before, journey.saved.get("order", ""))
        return replace(seen, unrecorded_order=order)
    parts = JourneyPhases(play, confirm, lambda: capture_page(journey, watch))
    case, capture = await play_case(plan, watch, parts)
    return replace(capture or build_capture(journey, watch, reached=False), case=case)


def _has_sent_purchase(journey: Journey) -> bool:
    return any(event.type == "purchase" for event in journey.sent())


def _breakdown(journey: Journey, reason: Reason, message: str) -> Breakdown:
    return journey.with_progress(
        Breakdown(reason, message, journey.scenario.location, journey.page.url)
    )
