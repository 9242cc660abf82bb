"""One scenario in one fresh context: from the first step to what was seen at the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from playwright.async_api import Error, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from validator.browser.bounds import Bounds
from validator.browser.candidates import with_candidates
from validator.browser.capture import Awaited, Watch
from validator.browser.cases import Parts, plan_of, play_case
from validator.browser.consent import dismiss_consent
from validator.browser.evidence import Recorder, filmed
from validator.browser.hops import HopLog
from validator.browser.interception import interception_of
from validator.browser.journey import (
    Debugger,
    Journey,
    JourneyBroke,
    LeftAtPayment,
    PageUnresponsive,
)
from validator.browser.payment.faults import Plan, block_third_party_cookies
from validator.browser.payment.pending import pending, until_paid
from validator.browser.play import play_steps
from validator.browser.session import Session
from validator.browser.sight import PageUnreadable
from validator.browser.windows import Windows
from validator.capture import Breakdown, Capture, Evidence, Reason, TagStop, not_a_page, now
from validator.document import Location
from validator.options import EvidenceOptions, PageOptions
from validator.order_numbers import MAX_TEXT, order_numbers
from validator.scenario.model import Confirmation, Scenario
from validator.scenario.walk import payments_of
from validator.urls import is_web_url, short

NO_EVIDENCE = EvidenceOptions()
NOTHING = Awaited()
_SHOWN = "most => (document.body?.innerText ?? '').slice(0, most)"


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """What is asked before an order is placed: why it must not be, or nothing.

    ``force_live`` lets a journey go where real money moves.
    """

    committing: Callable[[Scenario], str] = lambda _scenario: ""
    force_live: bool = False


ORDERS = OrderPolicy()
ENDLESS = 10
"""So many documents in one place, while a tag is waited for, are a loop."""


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
        return _seen(journey, watch, reached=False)
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
            await _confirm(journey, journey.scenario.confirmation)

    if plan is None:
        await play()
        await confirm()
        return await _capture(journey, watch)
    parts = Parts(play, confirm, lambda: _capture(journey, watch))
    case, capture = await play_case(plan, watch, parts)
    return replace(capture or _seen(journey, watch, reached=False), case=case)


async def _confirm(journey: Journey, confirmation: Confirmation) -> None:
    """Wait for the proof of arrival: until it is there, nothing is said of the tag."""
    timeout = journey.scenario.timeout
    wanted = " with ".join(
        str(part) for part in (confirmation.url, confirmation.target) if part is not None
    )
    try:
        if confirmation.url is not None:
            url = confirmation.url.render(journey.saved)
            await journey.page.wait_for_url(url, timeout=timeout, wait_until="domcontentloaded")
        if confirmation.target is not None:
            await journey.find(confirmation.target).first.wait_for(timeout=timeout)
    except PlaywrightTimeout as error:
        broke = journey.broke(
            Reason.NOT_CONFIRMED,
            f"the confirmation page ({wanted}) was not reached within {timeout / 1000:g} s; "
            f"the browser is at {short(journey.page.url)}",
            confirmation.location,
            _by_post(journey)
            or "correct `confirmation` if this is the page; if not, its picture often shows why "
            "the order failed",
        )
        raise await with_candidates(journey, broke, confirmation.target) from error
    if bad := journey.bad_answer("the confirmation page ", confirmation.location):
        raise bad


def _by_post(journey: Journey) -> str:
    """Say what a POST from the bank's page does to cookies, where one led back."""
    shop = journey.home - {journey.payment_origin}
    is_posted = any(hop.method == "POST" and hop.origin in shop for hop in journey.hops.back())
    if not (is_posted and journey.payments):
        return ""
    return (
        "the bank sent the customer back by POST, and browsers send no cookie with "
        "SameSite=Lax or Strict along: find the order by what the bank sends back"
    )


async def _capture(journey: Journey, watch: Watch) -> Capture:
    if not journey.is_kept_at_payment and (bad := journey.bad_answer("", None)):
        raise bad
    expect, loaded = journey.scenario.expect, journey.answer.count
    sight = await watch.until_settled(
        journey.page, expect.within, journey.scenario.timeout, without_tag=expect.count == 0
    )
    if journey.answer.count - loaded > ENDLESS:
        raise journey.broke(
            Reason.REDIRECT_LOOP, f"{short(journey.page.url)} loads itself again without end", None
        )
    if reason := not_a_page(journey.answer.content_type, is_empty=sight.blank):
        raise journey.broke(Reason.NOT_A_PAGE, f"{short(journey.page.url)} {reason}", None)
    seen = _seen(journey, watch, reached=True)
    is_sent = any(event.type == "purchase" and event.here for event in seen.sent_events)
    if expect.count != 0 and not (sight.found or is_sent or _is_proven(journey)):
        raise _unproven(journey)
    return replace(
        seen,
        tags=sight.tags,
        order_numbers=order_numbers(await _shown_text(journey)),
        title=sight.title,
        waited_ms=expect.within,
        dom_content_loaded_ms=sight.dom_content_loaded_ms,
        load_ms=sight.load_ms,
        script=sight.script,
        script_reading=sight.script_reading,
    )


async def _shown_text(journey: Journey) -> str:
    """Return what the customer reads. A page that moves on meanwhile is judged without it."""
    with suppress(Error):
        text = await journey.answered(journey.page.evaluate(_SHOWN, MAX_TEXT))
        # Scripts of the page may have made anything of the property.
        return text if isinstance(text, str) else ""
    return ""


def _is_proven(journey: Journey) -> bool:
    """Tell whether this must be the page that should have the tag: as the scenario says, or
    because it is the very page that was gone to."""
    if journey.scenario.confirmation is not None:
        return True
    asked, here = (re.sub(r"[?#].*", "", url) for url in (journey.asked, journey.page.url))
    return urljoin(journey.scenario.base_url or "", asked).rstrip("/") == here.rstrip("/")


def _unproven(journey: Journey) -> JourneyBroke:
    """Nothing shows that the order was confirmed here: then a tag is not missing either."""
    here, tag = short(journey.page.url), journey.scenario.expect.tag
    page = "the order confirmation" if tag == "cn_purchase" else "the page that should have it"
    if journey.scenario.document.text:
        message = f"no {tag} tag at {here}, where the steps end, and no proof that it is due"
        hint = 'say how the order confirmation is known: confirmation: {url: "**/thanks/*"}'
        place: Location | None = journey.scenario.location
    else:
        message = f"{short(journey.asked)} led to {here}, which has no {tag} tag"
        hint = f"give the address of {page} itself, and what opens it: --cookie, --auth"
        place = None
    return journey.broke(Reason.NOT_CONFIRMED, message, place, hint)


def _seen(journey: Journey, watch: Watch, *, reached: bool) -> Capture:
    return Capture(
        url=journey.page.url,
        rendered=True,
        tags=(),
        status=journey.answer.status,
        watched=watch.traffic.is_watched,
        reached=reached,
        sent_events=watch.traffic.events(journey.page),
        requests=watch.traffic.requests(journey.page),
        console_errors=tuple(journey.console_errors[:20]),
        payments=tuple(journey.payments),
        steps=tuple(journey.timings),
        stops=tuple(journey.stops),
        hops=journey.hops.hops(),
        saved=dict(journey.saved),
        # A file may have been kept for long: it tells nothing of when its page was shown.
        seen_at=now() if is_web_url(journey.page.url) else None,
    )


def _breakdown(journey: Journey, reason: Reason, message: str) -> Breakdown:
    return journey.with_journey(
        Breakdown(reason, message, journey.scenario.location, journey.page.url)
    )
