"""``check_page`` and ``watch_page``: a page that somebody else drives, sync and async."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from validator import (
    Breakdown,
    Capture,
    InputError,
    Reason,
    Result,
    Severity,
    Verdict,
    check_page,
    watch_page,
)
from validator.browser.network.connectif_hosts import DATA_POST_PATH

if TYPE_CHECKING:
    from tests.conftest import Site

pytestmark = pytest.mark.browser
TAG = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">5</b></div>'
)


def errors(result: Result) -> list[str]:
    return [finding.rule for finding in result.findings if finding.severity is Severity.ERROR]


def unevaluated(result: Result) -> set[str]:
    return {each.rule for each in result.not_evaluated}


def sends(site: Site, *, purchase: bool = True) -> str:
    """A script that sends the purchase of ``TAG``, or nothing, as Connectif's does."""
    event = {"type": "purchase", "purchase": {
        "purchaseId": "7", "cartId": "c", "totalQuantity": 1, "totalPrice": 5, "products": [],
    }}  # fmt: skip
    body = json.dumps({"events": [event] if purchase else []})
    return (
        f"<script id=__cn_client_script_1>fetch('{site.url}{DATA_POST_PATH}x',"
        f"{{method: 'POST', body: {json.dumps(body)}}})"
        ".then(() => { for (const at of ['loaded', 'managed.initialized', 'initialized'])"
        " document.dispatchEvent(new Event('connectif.' + at)); })</script>"
    )


def test_a_tag_that_comes_later_is_waited_for(sync_page: Page, site: Site) -> None:
    script = f"<script>onclick = () => document.body.insertAdjacentHTML('beforeend', '{TAG}')"
    sync_page.goto(site.page("/thanks", f"<body>{script}</script>"))
    sync_page.evaluate("setTimeout(() => dispatchEvent(new Event('click')), 100)")
    result = check_page(sync_page, within_ms=20_000)
    assert result.verdict is Verdict.PASSED
    assert result.duration_ms < 10_000, "it does not wait for the rest of its time"


def test_a_tag_that_never_comes_is_a_finding(sync_page: Page, site: Site) -> None:
    sync_page.goto(site.page("/thanks", "<p>Thank you"))
    result = check_page(sync_page, within_ms=50)
    assert errors(result) == ["purchase-tag-missing"]


@pytest.mark.parametrize(("body", "found"), [("<p>Cancelled", []), (TAG, ["tag-unexpected"])])
def test_where_none_is_due_a_page_that_is_done_is_not_waited_for(
    body: str, found: list[str], sync_page: Page, site: Site
) -> None:
    sync_page.goto(site.page("/cancelled", body))
    result = check_page(sync_page, count=0, within_ms=60_000)
    assert errors(result) == found


def test_a_tag_in_an_iframe_is_found_and_faulted(sync_page: Page, site: Site) -> None:
    frame = site.page("/frame", TAG)
    sync_page.goto(site.page("/thanks", f"<iframe src='{frame}'></iframe>"))
    assert errors(check_page(sync_page, within_ms=500)) == ["purchase-tag-invisible"]


def test_what_an_unwatched_page_sent_is_not_guessed(sync_page: Page, site: Site) -> None:
    sync_page.goto(site.page("/thanks", TAG + sends(site)))
    result = check_page(sync_page)
    assert result.verdict is Verdict.PASSED
    assert {"purchase-not-sent", "purchase-sent-differs"} <= unevaluated(result)


def test_a_watched_page_sends_nothing_and_what_it_would_send_is_judged(
    sync_page: Page, site: Site
) -> None:
    watch_page(sync_page)
    sync_page.goto(site.page("/thanks", TAG + sends(site)))
    result = check_page(sync_page)
    assert result.verdict is Verdict.PASSED
    assert not {"purchase-not-sent", "purchase-sent-differs"} & unevaluated(result)
    assert isinstance(result.outcome, Capture)
    assert [event.type for event in result.outcome.sent_events] == ["purchase"]
    assert f"{DATA_POST_PATH}x" not in [path for path, _ in site.seen]


def test_observing_sends_it_on(sync_page: Page, site: Site) -> None:
    watch_page(sync_page, connectif="observe")
    site.page(f"{DATA_POST_PATH}x", "{}", content_type="application/json")
    sync_page.goto(site.page("/thanks", TAG + sends(site)))
    assert check_page(sync_page).verdict is Verdict.PASSED
    assert f"{DATA_POST_PATH}x" in [path for path, _ in site.seen]


def test_a_watched_page_tells_when_a_tag_came_too_late(sync_page: Page, site: Site) -> None:
    late = f"<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '{TAG}'), 200)"
    watch_page(sync_page)
    script = sends(site, purchase=False)
    sync_page.goto(site.page("/thanks", f"<body>{script}{late}</script>"))
    assert "purchase-tag-late" in errors(check_page(sync_page, within_ms=700))


def test_a_closed_page_is_a_breakdown(sync_page: Page) -> None:
    sync_page.close()
    result = check_page(sync_page)
    assert isinstance(result.outcome, Breakdown)
    assert result.outcome.reason is Reason.BROWSER


def test_a_page_whose_scripts_never_end_is_a_breakdown(sync_page: Page, site: Site) -> None:
    sync_page.goto(site.page("/thanks", "<script>onclick = () => { for (;;); }</script>"))
    sync_page.evaluate("setTimeout(() => dispatchEvent(new Event('click')))")
    result = check_page(sync_page, within_ms=10)
    assert isinstance(result.outcome, Breakdown)
    assert result.outcome.reason is Reason.TIMEOUT


def test_secrets_are_hidden_in_what_is_found(sync_page: Page, site: Site) -> None:
    sync_page.goto(site.page("/thanks", TAG.replace(">5<", ">EUR hunter2hunter<")))
    result = check_page(sync_page, secrets=["hunter2hunter"])
    assert errors(result)
    assert "hunter2hunter" not in repr(result)


def test_what_is_no_page_of_playwright_is_refused() -> None:
    with pytest.raises(TypeError, match="a Playwright page, not str"):
        check_page("http://shop.example")  # type: ignore[call-overload]  # the point


def let_through_by_page_route(page: Page) -> None:
    page.route("**/*", lambda route: route.continue_())


def let_through_by_context_route(page: Page) -> None:
    page.context.route("**/*", lambda route: route.continue_())


def let_through_by_removing_routes(page: Page) -> None:
    page.context.unroute_all()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "let_through",
    [
        let_through_by_page_route,
        let_through_by_context_route,
        let_through_by_removing_routes,
    ],
)
def test_routes_of_the_test_let_no_purchase_through(
    let_through: Callable[[Page], None], when: str, sync_page: Page, site: Site
) -> None:
    if when == "before":
        let_through(sync_page)
    watch_page(sync_page)
    if when == "after":
        let_through(sync_page)
    site.page(f"{DATA_POST_PATH}x", "{}", content_type="application/json")
    sync_page.goto(site.page("/thanks", TAG + sends(site)))
    result = check_page(sync_page)
    assert f"{DATA_POST_PATH}x" not in [path for path, _ in site.seen]
    assert result.verdict is Verdict.PASSED
    assert not {"purchase-not-sent", "purchase-sent-differs"} & unevaluated(result)


def test_a_window_that_the_page_opens_sends_nothing_either(sync_page: Page, site: Site) -> None:
    watch_page(sync_page)
    second = site.page("/second", TAG + sends(site))
    sync_page.goto(site.page("/first", f"<a id=open target=_blank href='{second}'>open</a>"))
    with sync_page.expect_popup() as opened:
        sync_page.click("#open")
    assert check_page(opened.value).verdict is Verdict.PASSED
    assert f"{DATA_POST_PATH}x" not in [path for path, _ in site.seen]


def test_a_page_that_is_not_watched_may_send_beside_one_that_is(
    sync_page: Page, sync_browser: Browser, site: Site
) -> None:
    watch_page(sync_page)
    site.page(f"{DATA_POST_PATH}x", "{}", content_type="application/json")
    other = sync_browser.new_context()
    page = other.new_page()
    with page.expect_response(f"**{DATA_POST_PATH}x"):
        page.goto(site.page("/thanks", TAG + sends(site)))
    other.close()
    assert f"{DATA_POST_PATH}x" in [path for path, _ in site.seen]


def test_watching_a_page_that_is_open_is_not_watching_it_from_its_beginning(
    sync_page: Page, site: Site
) -> None:
    sync_page.goto(site.page("/thanks", TAG + sends(site)))
    watch_page(sync_page)
    assert {"purchase-not-sent", "purchase-sent-differs"} <= unevaluated(check_page(sync_page))
    sync_page.reload()
    assert not {"purchase-not-sent", "purchase-sent-differs"} & unevaluated(check_page(sync_page))


@pytest.mark.parametrize("policy", ["blok", None, "", True])
def test_what_is_no_policy_is_refused(policy: Any, sync_page: Page) -> None:
    with pytest.raises(InputError, match=r"connectif: .* is not one of block, observe, allow"):
        watch_page(sync_page, connectif=policy)


def test_an_error_page_is_broken_whatever_it_shows(sync_page: Page, site: Site) -> None:
    sync_page.goto(site.url + "/nowhere")
    result = check_page(sync_page)
    assert isinstance(result.outcome, Breakdown)
    assert result.outcome.reason is Reason.HTTP_ERROR
    assert "answered HTTP 404" in result.outcome.message
