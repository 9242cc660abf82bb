"""What leaves the browser: test orders stay here, and headers go to the shop alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.browser.chromium.session import open_session
from validator.browser.visit import visit
from validator.core.capture import Breakdown, Capture
from validator.core.document import Location
from validator.core.page_options import PageOptions
from validator.scenario.model.actions import WaitFor
from validator.scenario.model.scenario import Confirmation, Scenario
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look: TypeAlias = Callable[..., Capture | Breakdown]

pytestmark = pytest.mark.browser

DATA = "/integration-type/system/scrippet-notification/x"
POSTS = f"""<script>
fetch("{DATA}", {{method: "POST", body: JSON.stringify({{events: [{{type: location.pathname}}]}})}})
  .then(answer => answer.json())
  .then(answer => (opener || parent).postMessage(answer.trackerId || "sent on", "*"));
</script>"""
TOLD = """<ol></ol><script>
addEventListener("message", event => {
  document.querySelector("ol").innerHTML += "<li>" + event.data;
});
</script>"""


def told(*answers: str) -> WaitFor:
    """Wait until the page was told of these answers, in this order."""
    items = " + ".join(f'li:text-is("{answer}")' for answer in answers)
    return WaitFor(target=Locator("css", Template((f"ol > {items}",))))


HELD = "0" * 24


def test_not_even_what_a_new_window_or_a_foreign_iframe_sends_first_reaches_connectif(
    look: Look, site: Site, other_site: Site
) -> None:
    for place in (site, other_site):
        place.page("/in", POSTS)
        place.page(DATA, "{}")
    # The windows come after the iframe: opened while it loads, Chromium now and then commits the
    # iframe's document and never parses it, without this tool too.
    opening = f"<iframe src='{other_site.url}/in'></iframe><script>onload = () => {{"
    opening += f"open('/in'); open('{other_site.url}/in') }}</script>"
    capture = look(site.page("/", TOLD + opening + POSTS), told(HELD, HELD, HELD, HELD))
    assert isinstance(capture, Capture), capture
    assert [event.type for event in capture.sent_events].count("/in") == 3
    assert DATA not in [path for path, _ in site.seen + other_site.seen]


def test_an_order_with_hundreds_of_products_is_recorded_whole(look: Look, site: Site) -> None:
    body = 'JSON.stringify({events: [{type: "purchase", more: "x".repeat(300000)}]})'
    page = site.page("/", f"<script>fetch('{DATA}', {{method: 'POST', body: {body}}})</script>")
    capture = look(page, within=2_000)
    assert isinstance(capture, Capture)
    assert [len(str(event.payload["more"])) for event in capture.sent_events] == [300_000]


def test_scenarios_side_by_side_keep_or_send_as_each_asks(
    scenario: Callable[..., Scenario], browser_path: Path, site: Site
) -> None:
    site.page(DATA, "{}")
    site.page("/in", POSTS)

    async def in_turn_and_at_once() -> list[Capture | Breakdown]:
        async with open_session(str(browser_path), headed=False) as session:

            async def see(policy: str, answer: str) -> Capture | Breakdown:
                page = site.page(f"/{policy}", f"{TOLD}<iframe src='/in'></iframe>")
                asked = scenario(page, told(answer), connectif=policy)
                async with visit(session, asked, PageOptions()) as seen:
                    return seen.outcome

            in_turn = [await see("block", HELD), await see("observe", "sent on")]
            at_once = asyncio.gather(see("observe", "sent on"), see("block", HELD))
            return [*in_turn, *await at_once]

    for capture in asyncio.run(in_turn_and_at_once()):
        assert isinstance(capture, Capture), capture
        assert len(capture.sent_events) == 1
    assert [path for path, _ in site.seen].count(DATA) == 2


@pytest.mark.parametrize("headers", [{}, {"X-Staging": "key"}], ids=["without", "with"])
def test_what_may_be_cached_is_fetched_once(
    look: Look, site: Site, headers: dict[str, str]
) -> None:
    site.page("/a.css", cache_control="max-age=60", content_type="text/css")
    # A script waits for the stylesheets before it, so the first page has read it when it is left.
    page = "<link rel=stylesheet href=/a.css><script>1</script>"
    first, second = (site.page(path, page) for path in ("/1", "/2"))
    look(first, second, page=PageOptions(headers=headers), base_url=site.url)
    assert [path for path, _ in site.seen].count("/a.css") == 1


def test_headers_stay_home_when_the_shop_redirects_elsewhere(
    look: Look, site: Site, other_site: Site
) -> None:
    away = site.page("/away", status=302, location=f"{other_site.url}/picture")
    site.page("/home", status=302, location="/shop")
    site.page("/shop", status=302, location=f"{other_site.url}/pay")
    other_site.page("/pay", f"<img src='{away}'>")
    options = PageOptions(headers={"X-Staging": "key"})
    look(f"{site.url}/home", page=options, base_url=site.url)
    assert {path for path, headers in site.seen if "x-staging" in headers} == {
        "/home", "/shop", "/away",
    }  # fmt: skip
    seen = dict(other_site.seen)
    assert {"/pay", "/picture"} <= set(seen)
    assert not any("x-staging" in headers for headers in seen.values())


def test_a_header_takes_the_place_of_the_browsers_own(look: Look, site: Site) -> None:
    options = PageOptions(headers={"Accept-Language": "eu", "Cookie": "a=1"})
    look(site.page("/"), page=options, base_url=site.url)
    sent = site.headers_of("/")
    assert sent["accept-language"] == "eu"
    assert sent["cookie"] == "a=1"


SENDS = f"""<body><script>
fetch("{DATA}", {{method: "POST", body: JSON.stringify({{events: [{{type: "purchase"}}]}})}})
  .finally(() => document.body.insertAdjacentHTML("beforeend", "<b id=done>"));
</script>"""
DONE = WaitFor(target=Locator("css", Template(("#done",))), state="attached")


@pytest.mark.parametrize(
    ("policy", "became", "events"),
    [("block", ("blocked", 200), 1), ("observe", ("answered", 503), 1),
     ("allow", ("answered", 503), 0)],
)  # fmt: skip
def test_each_policy_shows_what_became_of_the_request(
    look: Look, site: Site, policy: str, became: tuple[str, int], events: int
) -> None:
    site.page(DATA, "{}", status=503)
    page = site.page("/", SENDS)
    capture = look(page, DONE, connectif=policy)
    assert isinstance(capture, Capture), capture
    (request,) = capture.requests
    assert (request.kind, request.method, request.page) == ("data", "POST", page)
    assert (request.outcome, request.status) == became
    assert request.here
    assert request.ms is not None
    assert len(capture.sent_events) == events
    assert capture.watched is (policy != "allow")
    assert [path for path, _ in site.seen].count(DATA) == (0 if policy == "block" else 1)


@pytest.mark.parametrize(("policy", "runs"), [("block", 0), ("observe", 0), ("allow", 1)])
def test_a_service_worker_that_could_hide_requests_runs_only_where_nothing_is_held(
    look: Look, site: Site, policy: str, runs: int
) -> None:
    site.page("/worker.js", "", content_type="text/javascript")
    # A worker that is blocked is never registered, and its promise never settles.
    asks = "<script>navigator.serviceWorker.register('/worker.js')</script>"
    registered = asks.replace(
        "('/worker.js')",
        "('/worker.js').then(() => document.body.insertAdjacentHTML('beforeend', '<b id=done>'))",
    )
    steps = (site.page("/", registered), DONE) if runs else (site.page("/", asks),)
    capture = look(*steps, connectif=policy, within=300)
    assert isinstance(capture, Capture), capture
    assert [path for path, _ in site.seen].count("/worker.js") == runs


def test_a_request_that_ends_with_its_page_is_told_as_failed(look: Look, site: Site) -> None:
    site.hanging_page(DATA)
    leaving = SENDS.replace(
        "</script>", "setTimeout(() => location.replace('/next'), 200)</script>"
    )
    site.page("/next", "<b id=next>")
    page = site.page("/", leaving)
    there = WaitFor(target=Locator("css", Template(("#next",))), state="attached")
    proof = Confirmation(Location("s.yaml"), url=Template((f"{site.url}/next",)))
    capture = look(page, there, connectif="observe", within=300, confirmation=proof)
    assert isinstance(capture, Capture), capture
    (event,) = capture.sent_events
    assert (event.url, event.here, event.outcome) == (page, False, "failed")
    assert event.failure == "net::ERR_ABORTED"


@pytest.mark.parametrize("policy", ["block", "observe"])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["same site", "other site"])
def test_a_page_that_leaves_as_it_sends_has_sent_nothing_however_fast_the_answer_is(
    look: Look, site: Site, other_site: Site, policy: str, *, elsewhere: bool
) -> None:
    site.hanging_page(DATA)
    there = (other_site if elsewhere else site).page("/next", "<b id=next>")
    sends = SENDS.partition("<script>")[2].partition("</script>")[0]
    leaves = f"<body><script>onload = () => {{ {sends} location.replace('{there}') }}</script>"
    page = site.page("/", leaves)
    arrived = WaitFor(target=Locator("css", Template(("#next",))), state="attached")
    proof = Confirmation(Location("s.yaml"), url=Template((there,)))
    capture = look(page, arrived, connectif=policy, within=300, confirmation=proof)
    assert isinstance(capture, Capture), capture
    assert [(each.outcome, each.failure) for each in capture.sent_events] == [
        ("failed", "net::ERR_ABORTED")
    ]


def test_a_request_without_an_answer_yet_is_told_as_sent(look: Look, site: Site) -> None:
    site.hanging_page(DATA)
    capture = look(site.page("/", SENDS), connectif="observe", within=500)
    assert isinstance(capture, Capture), capture
    (event,) = capture.sent_events
    assert (event.outcome, event.here) == ("sent", True)


@pytest.mark.parametrize("depth", [100_000, 400])
def test_a_body_nested_without_end_is_no_event(look: Look, site: Site, depth: int) -> None:
    body = f'{{"events":[{{"type":"purchase","x":{"[" * depth}{"]" * depth}}}]}}'
    page = site.page(
        "/",
        SENDS.replace("</script>", f"fetch('{DATA}', {{method: 'POST', body: '{body}'}})</script>"),
    )
    capture = look(page, DONE, within=500)
    assert isinstance(capture, Capture), capture
    assert len(capture.sent_events) == 1


ELSEWHERE = "https://eu3-api.connectif.cloud:443/v2/collect"


@pytest.mark.parametrize(
    ("asks", "kind", "events"),
    [
        ('{method: "POST", body: JSON.stringify({events: [{type: "purchase"}]})}', "data", 1),
        ('{method: "POST", body: "purchase=1042"}', "other", 0),
        ('{method: "PUT", body: "{}"}', "other", 0),
        ("{}", "other", 0),
    ],
)
def test_nothing_that_could_carry_an_order_leaves_for_an_unknown_address_of_connectif(
    look: Look, site: Site, asks: str, kind: str, events: int
) -> None:
    sends = SENDS.partition("fetch(")[0] + f'fetch("{ELSEWHERE}", {asks})'
    done = '.then(({ok}) => ok && document.body.insertAdjacentHTML("beforeend", "<b id=done>"))'
    capture = look(site.page("/", f"{sends}{done}</script>"), DONE, patience=5_000)
    assert isinstance(capture, Capture), capture
    (request,) = capture.requests
    assert (request.kind, request.outcome) == (kind, "blocked")
    assert len(capture.sent_events) == events
