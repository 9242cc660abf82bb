"""Where a journey ends: is it the order confirmation, and what is to be seen there?"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urljoin

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeout

from validator.browser.capture.watcher import TagWatcher
from validator.browser.journey import Journey, JourneyError
from validator.browser.page_values import page_text
from validator.browser.steps.locator_candidates import add_candidates
from validator.core.capture import Capture, Reason, describe_non_page, utc_timestamp
from validator.core.document import Location
from validator.core.url_globs import widen_glob
from validator.core.urls import is_web_url, shorten_url
from validator.page.order_numbers import MAX_SEARCHED_CHARS, find_order_numbers
from validator.rules.message_text import join_with_and
from validator.scenario.model.scenario import Confirmation
from validator.scenario.page_globs import build_page_glob

_VISIBLE_TEXT_JS = "most => (document.body?.innerText ?? '').slice(0, most)"
MAX_RELOADS = 10
"""So many documents in one place, while a tag is waited for, are a loop."""


async def wait_for_confirmation(journey: Journey, confirmation: Confirmation) -> None:
    """Wait for the proof of arrival: until it is there, nothing is said of the tag."""
    timeout = journey.scenario.timeout
    wanted = " with ".join(
        str(part) for part in (confirmation.url, confirmation.target) if part is not None
    )
    glob = confirmation.url.render(journey.saved) if confirmation.url else ""
    try:
        if confirmation.url is not None:
            await journey.page.wait_for_url(
                lambda at: journey.matches(glob, at), timeout=timeout, wait_until="domcontentloaded"
            )
        if confirmation.target is not None:
            await journey.find(confirmation.target).first.wait_for(timeout=timeout)
    except PlaywrightTimeout as error:
        broke = journey.broke(
            Reason.NOT_CONFIRMED,
            f"the confirmation page ({wanted}) was not reached within {timeout / 1000:g} s; "
            f"the browser is at {shorten_url(journey.page.url)}{_describe_parting(journey, glob)}",
            confirmation.location,
            _post_return_hint(journey)
            or _widening_hint(journey, glob)
            or "correct `confirmation` if this is the page; if not, its picture often shows why "
            "the order failed",
        )
        raise await add_candidates(journey, broke, confirmation.target) from error
    if bad := journey.find_http_error("the confirmation page ", confirmation.location):
        raise bad
    early = find_early_match(journey)
    if early and not _is_same_page(early, journey.page.url):
        raise _unproven_error(journey, early)


def _describe_parting(journey: Journey, glob: str) -> str:
    if not glob or journey.matches(glob, journey.page.url):
        return ""
    return f". Pattern and address: {journey.describe_parting(glob)}"


def _widening_hint(journey: Journey, glob: str) -> str:
    """Say how to allow a final slash or a query, where these are all that the pattern lacks."""
    url = journey.page.url
    wider = widen_glob(glob, url, journey.scenario.base_url) if glob else ""
    if not wider or any(journey.matches(wider, each) for each in journey.left_pages):
        return ""
    return f'if this is the page, write confirmation: {{url: "{wider}"}}'


def find_early_match(journey: Journey) -> str:
    """Return a page on the way to the order that the confirmation's pattern matches as well.

    Arrival at such a pattern proves nothing, unless an element is wanted beside it.
    """
    confirmation = journey.scenario.confirmation
    if confirmation is None or confirmation.url is None or confirmation.target is not None:
        return ""
    glob = confirmation.url.render(journey.saved)
    return next((each for each in journey.left_pages if journey.matches(glob, each)), "")


def _is_same_page(one: str, other: str) -> bool:
    return one.partition("#")[0] == other.partition("#")[0]


def _unproven_error(journey: Journey, early: str) -> JourneyError:
    """The pattern was met before the order was placed: it cannot tell that it was."""
    confirmation, url = journey.scenario.confirmation, journey.page.url
    pattern = confirmation.url if confirmation else ""
    better = build_page_glob(url, journey.left_pages)
    at = "" if _is_same_page(early, url) else f"; the browser is at {shorten_url(url)}"
    return journey.broke(
        Reason.NOT_CONFIRMED,
        f"the confirmation's pattern {pattern} also matches {shorten_url(early)}, a page on the "
        f"way to the order: it does not prove that the order was confirmed{at}",
        confirmation.location if confirmation else None,
        f'write what only its address has, such as confirmation: {{url: "{better}"}}'
        if better
        else "add an element that only the confirmation has, such as "
        f'confirmation: {{url: "{pattern}", role: heading, name: Thank you}}',
    )


def _post_return_hint(journey: Journey) -> str:
    """Say what a POST from the bank's page does to cookies, where one led back."""
    shop = journey.home - {journey.payment_origin}
    is_posted = any(hop.method == "POST" and hop.origin in shop for hop in journey.hops.back())
    withheld = dict.fromkeys(
        name for hop in journey.hops.back() if hop.origin in shop for name in hop.withheld
    )
    if withheld:
        return (
            f"the customer came back from the bank's page without {join_with_and(withheld)}, "
            "which browsers do not send from another site: find the order by what the bank sends "
            "back"
        )
    if not (is_posted and journey.payments):
        return ""
    return (
        "the bank sent the customer back by POST, and browsers send no cookie with "
        "SameSite=Lax or Strict along: find the order by what the bank sends back"
    )


async def capture_page(journey: Journey, watch: TagWatcher) -> Capture:
    if not journey.is_kept_at_payment and (bad := journey.find_http_error("", None)):
        raise bad
    expect, loaded = journey.scenario.expect, journey.answer.count
    snapshot = await watch.wait_until_settled(
        journey.page, expect.within, journey.scenario.timeout, without_tag=expect.count == 0
    )
    if journey.answer.count - loaded > MAX_RELOADS:
        raise journey.broke(
            Reason.REDIRECT_LOOP,
            f"{shorten_url(journey.page.url)} loads itself again without end",
            None,
        )
    if reason := describe_non_page(journey.answer.content_type, is_empty=snapshot.blank):
        raise journey.broke(Reason.NOT_A_PAGE, f"{shorten_url(journey.page.url)} {reason}", None)
    defect, hint = snapshot.defect
    if defect:
        page = shorten_url(journey.page.url)
        raise journey.broke(Reason.NOT_A_PAGE, f"{page} {defect}", None, hint)
    seen = replace(build_capture(journey, watch, reached=True), url=snapshot.url)
    is_sent = any(event.type == "purchase" and event.here for event in seen.sent_events)
    if expect.count != 0 and not (snapshot.found or is_sent):
        if early := find_early_match(journey):
            raise _unproven_error(journey, early)
        if not _is_expected_page(journey):
            raise _unconfirmed_error(journey)
    return replace(
        seen,
        tags=snapshot.tags,
        order_numbers=()
        if snapshot.activity.left
        else find_order_numbers(await _visible_text(journey)),
        title=snapshot.title,
        waited_ms=expect.within,
        dom_content_loaded_ms=snapshot.dom_content_loaded_ms,
        load_ms=snapshot.load_ms,
        script=snapshot.script,
        script_reading=snapshot.script_reading,
        activity=snapshot.activity,
    )


async def _visible_text(journey: Journey) -> str:
    """Return what the customer reads. A page that moves on meanwhile is judged without it."""
    with suppress(Error):
        text = await journey.answered(journey.page.evaluate(_VISIBLE_TEXT_JS, MAX_SEARCHED_CHARS))
        return page_text(text, MAX_SEARCHED_CHARS)
    return ""


def _is_expected_page(journey: Journey) -> bool:
    """Tell whether this must be the page that should have the tag: as the scenario says, or
    because it is the very page that was gone to."""
    if journey.scenario.confirmation is not None:
        return True
    asked, here = (re.sub(r"[?#].*", "", url) for url in (journey.asked, journey.page.url))
    return urljoin(journey.scenario.base_url or "", asked).rstrip("/") == here.rstrip("/")


def _unconfirmed_error(journey: Journey) -> JourneyError:
    """Nothing shows that the order was confirmed here: then a tag is not missing either."""
    here, tag = shorten_url(journey.page.url), journey.scenario.expect.tag
    page = "the order confirmation" if tag == "cn_purchase" else "the page that should have it"
    if journey.scenario.document.text:
        message = f"no {tag} tag at {here}, where the steps end, and no proof that it is due"
        hint = 'say how the order confirmation is known: confirmation: {url: "**/thanks/*"}'
        place: Location | None = journey.scenario.location
    else:
        message = f"{shorten_url(journey.asked)} led to {here}, which has no {tag} tag"
        hint = f"give the address of {page} itself, and what opens it: --cookie, --auth"
        place = None
    return journey.broke(Reason.NOT_CONFIRMED, message, place, hint)


def build_capture(journey: Journey, watch: TagWatcher, *, reached: bool) -> Capture:
    return Capture(
        url=journey.page.url,
        rendered=True,
        tags=(),
        status=journey.answer.status,
        watched=watch.traffic.is_watched,
        reached=reached,
        sent_events=watch.traffic.events(journey.page),
        requests=watch.traffic.requests(journey.page),
        console_errors=tuple(journey.console_errors),
        payments=tuple(journey.payments),
        steps=tuple(journey.timings),
        stops=tuple(journey.stops),
        hops=journey.hops.hops(),
        saved=dict(journey.saved),
        # A file may have been kept for long: it tells nothing of when its page was shown.
        seen_at=utc_timestamp() if is_web_url(journey.page.url) else None,
    )
