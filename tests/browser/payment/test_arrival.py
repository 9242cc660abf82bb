"""Arrival at the order confirmation decides: at any host of the shop, in time, and proven."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.rules.evaluate import evaluate_capture
from validator.scenario.model.actions import Click, Payment, Step
from validator.scenario.model.payment import OrderLimits, OrderSource, PaymentCase, UrlOrCommand
from validator.scenario.model.scenario import Confirmation
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser
HERE = Location("s.yaml", 3, 9)
TAG = "<h1>Thank you</h1><div class=cn_purchase></div>"
THANKS = Confirmation(HERE, Template(("**/thanks/*",)))
HEADING = Confirmation(
    HERE, None, Locator("role", Template(("heading",)), Template(("Thank you",)))
)


def click(name: str) -> Click:
    return Click(Locator("text", Template((name,))))


def pays(at: str, *names: str, **changes: object) -> Payment:
    steps = tuple(
        Step(click(name), HERE, name, places_order=not number)
        for number, name in enumerate(names or ("Pay",))
    )
    paying = Payment(Template((f"{at}/**",)), steps, within=4_000)
    return replace(paying, **changes)  # type: ignore[arg-type]  # real fields


def at_host(site: Site, host: str) -> str:
    return f"http://{host}:{site.url.rpartition(':')[2]}"


def case(name: str, kind: Literal["fault", "ending"] = "fault") -> PaymentCase:
    return PaymentCase(kind, name, HERE)


@pytest.mark.parametrize(
    ("left", "reached"),
    [
        ("www.shop.localhost", "shop.localhost"),
        ("shop.localhost", "checkout.shop.localhost"),
        ("shop.localhost", "shop-fr.localhost"),
    ],
)
@pytest.mark.parametrize("confirmation", [THANKS, HEADING], ids=["address", "element"])
def test_the_way_back_may_lead_to_another_host_of_the_shop(  # noqa: PLR0917 - fixtures, and a table
    look: Look,
    site: Site,
    other_site: Site,
    left: str,
    reached: str,
    confirmation: Confirmation,
) -> None:
    shop, back = at_host(site, left), at_host(site, reached)
    site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    site.page("/thanks/5", TAG)
    other_site.page("/pay", f"<a href='{back}/thanks/5'>Pay</a>")
    limits = OrderLimits(("localhost", reached))
    capture = look(
        f"{shop}/",
        click("Place order"),
        pays(other_site.url),
        confirmation=confirmation,
        base_url=shop,
        limits=limits,
    )
    assert isinstance(capture, Capture)
    assert capture.reached
    (visit,) = capture.payments
    assert (visit.returned, visit.new_host) == ("automatic", back.removeprefix("http://"))


def test_the_confirmation_of_a_host_that_is_not_allowed_is_refused(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = at_host(site, "shop.localhost")
    site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    site.page("/thanks/5", TAG)
    other_site.page("/pay", "<a href='http://evil.test/thanks/5'>Pay</a>")
    outcome = look(
        f"{shop}/", click("Place order"), pays(other_site.url), confirmation=THANKS, base_url=shop
    )
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.REFUSED


def test_a_page_of_the_bank_that_looks_like_the_confirmation_is_no_return(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    other_site.page("/pay", "<a href='/thanks/5'>Pay</a>")
    other_site.page("/thanks/5", TAG)
    capture = look(
        shop,
        click("Place order"),
        pays(other_site.url, within=300),
        confirmation=THANKS,
        limits=OrderLimits(("*",)),
    )
    assert isinstance(capture, Capture)
    assert not capture.reached
    assert [visit.returned for visit in capture.payments] == ["never"]


LIST_ORDERS = """
import pathlib, sys
asked = pathlib.Path(sys.argv[1])
print('[{"id": 1042}]' if asked.exists() else "[]")
asked.touch()
"""


def test_a_tag_that_is_missing_for_want_of_a_cookie_names_the_cookie_and_the_order(
    look: Look, site: Site, other_site: Site, tmp_path: Path
) -> None:
    shop = site.page(
        "/",
        f"<a href='{other_site.url}/pay'>Place order</a>",
        set_cookie="session=1; SameSite=Strict; Path=/",
    )
    site.page("/thanks/5", "<h1>Hello</h1>")
    other_site.page("/pay", f"<form method=post action='{site.url}/thanks/5'><button>Pay</form>")
    command = (sys.executable, "-c", LIST_ORDERS, str(tmp_path / "asked"))
    orders = OrderSource(UrlOrCommand(command=tuple(Template((word,)) for word in command)))
    capture = look(
        shop, click("Place order"), pays(other_site.url), confirmation=THANKS, orders=orders
    )
    assert isinstance(capture, Capture)
    assert "cookie" not in site.headers_of("/thanks/5")
    (message,) = (
        finding.message
        for finding in evaluate_capture(capture, subject="a shop").findings
        if finding.rule == "purchase-tag-missing"
    )
    assert message.endswith(
        "The customer came back from the payment page by POST without the cookie session "
        "(SameSite=Strict), which browsers do not send when another site leads to the shop. "
        "The shop has order 1042, but Connectif would not have it."
    )


def test_a_cookie_that_is_sent_from_another_site_explains_nothing(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page(
        "/",
        f"<a href='{other_site.url}/pay'>Place order</a>",
        set_cookie="session=1; SameSite=Lax; Path=/",
    )
    site.page("/thanks/5", "<h1>Hello</h1>")
    other_site.page("/pay", f"<a href='{site.url}/thanks/5'>Pay</a>")
    capture = look(shop, click("Place order"), pays(other_site.url), confirmation=THANKS)
    assert isinstance(capture, Capture)
    assert site.headers_of("/thanks/5")["cookie"] == "session=1"
    assert [hop.withheld for hop in capture.hops if hop.withheld] == []
    assert capture.unrecorded_order == ""


def test_faults_happen_on_a_way_back_to_another_host(
    look: Look, site: Site, other_site: Site
) -> None:
    shop, back = at_host(site, "www.shop.localhost"), at_host(site, "shop.localhost")
    site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    site.page("/thanks/5", TAG)
    other_site.page("/pay", f"<a href='{back}/thanks/5'>Pay</a>")
    capture = look(
        f"{shop}/",
        click("Place order"),
        pays(other_site.url),
        confirmation=THANKS,
        base_url=shop,
        limits=OrderLimits(("localhost", "*.shop.localhost", "shop.localhost")),
        case=replace(case("slow_return"), duration=200.0),
    )
    assert isinstance(capture, Capture)
    assert capture.case is not None
    assert capture.case.happened == "the way back took 0.2 s longer"


LEADS_ON = {
    "script": "<script>setTimeout(() => location = '{thanks}', 900)</script>",
    "meta refresh": "<meta http-equiv=refresh content='1;url={thanks}'>",
    "slow meta refresh": "<meta http-equiv=refresh content='4;url={thanks}'>",
}


@pytest.mark.parametrize("how", LEADS_ON)
@pytest.mark.parametrize("is_step", [True, False], ids=["a step", "return: click"])
def test_no_click_is_needed_where_the_page_leads_on_by_itself(
    look: Look, site: Site, other_site: Site, how: str, *, is_step: bool
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    thanks = site.page("/thanks/5", TAG)
    other_site.page("/pay", "<a href='/paid'>Pay</a>")
    leads_on = LEADS_ON[how].format(thanks=thanks)
    other_site.page("/paid", f"{leads_on}<a href='{thanks}'>Return to the shop</a>")
    back = click("Return to the shop")
    payment = (
        pays(other_site.url, "Pay", back.target.value.render({}), within=8_000)
        if is_step
        else pays(other_site.url, click=back.target, within=8_000)
    )
    capture = look(shop, click("Place order"), payment, confirmation=THANKS)
    assert isinstance(capture, Capture)
    (visit,) = capture.payments
    assert (visit.returned, visit.clicked) == ("automatic", "")
    assert capture.reached


def test_a_page_that_comes_later_tells_itself_when_it_leads_on(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    thanks = site.page("/thanks/5", TAG)
    later = "setTimeout(() => location = '/paid', 700)"
    other_site.page("/pay", f'<button onclick="{later}">Pay</button>')
    leads_on = LEADS_ON["slow meta refresh"].format(thanks=thanks)
    other_site.page("/paid", f"{leads_on}<a href='{thanks}'>Return to the shop</a>")
    payment = pays(other_site.url, "Pay", "Return to the shop", within=8_000)
    capture = look(shop, click("Place order"), payment, confirmation=THANKS)
    assert isinstance(capture, Capture)
    (visit,) = capture.payments
    assert (visit.returned, visit.clicked) == ("automatic", "")


def test_a_pending_payment_that_reloads_itself_has_no_more_time_than_it_is_given(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    pending = site.page("/pending", "<meta http-equiv=refresh content=1>Waiting for your bank")
    other_site.page("/pay", f"<a href='{pending}'>Pay</a>")
    payment = pays(other_site.url, outcome="pending", settles_within=1_500)
    outcome = look(shop, click("Place order"), payment, confirmation=THANKS)
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.NOT_CONFIRMED
    assert outcome.message == (
        "the payment was still pending 1.5 s after the return (settles_within); the browser is at "
        f"{pending}"
    )


def test_a_confirmation_that_has_no_tag_once_the_payment_should_be_settled_is_judged(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    other_site.page("/pay", f"<a href='{site.page('/thanks/5', '<h1>Waiting</h1>')}'>Pay</a>")
    payment = pays(other_site.url, outcome="pending", settles_within=300)
    capture = look(shop, click("Place order"), payment, confirmation=THANKS)
    assert isinstance(capture, Capture)
    assert (capture.reached, capture.tags) == (True, ())


@pytest.mark.parametrize(("name", "kind"), [("return_back", "fault"), ("back", "ending")])
def test_a_customer_goes_forward_again_from_a_page_that_cannot_be_shown(
    look: Look, site: Site, other_site: Site, name: str, kind: Literal["fault", "ending"]
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    thanks = site.page("/thanks/5", TAG)
    other_site.page("/pay", "<form method=post action=/process><button>Pay</button></form>")
    leads_on = f"<script>onload = () => setTimeout(() => location = '{thanks}')</script>"
    other_site.page("/process", leads_on, cache_control="no-store")
    capture = look(
        shop,
        click("Place order"),
        pays(other_site.url),
        confirmation=THANKS,
        case=case(name, kind),
    )
    assert isinstance(capture, Capture)
    assert capture.case is not None
    assert capture.case.happened == (
        "the customer went back, where the browser showed no page (ERR_CACHE_MISS), and forward "
        "again"
    )


def test_cookies_of_other_sites_are_untried_where_no_frame_has_any(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    other_site.page("/pay", f"<a href='{site.page('/thanks/5', TAG)}'>Pay</a>")
    outcome = look(
        shop, click("Place order"), pays(other_site.url), case=case("third_party_cookies_off")
    )
    assert isinstance(outcome, Breakdown)
    assert outcome.message == (
        'the fault "third_party_cookies_off" could not be carried out: no iframe of another site '
        "was opened at the payment"
    )


def test_cookies_of_other_sites_are_tried_where_the_payment_is_in_an_iframe(
    look: Look, site: Site, other_site: Site
) -> None:
    shop = site.page("/", f"<iframe src='{other_site.url}/pay'></iframe>")
    thanks = site.page("/thanks/5", TAG)
    other_site.page("/pay", f"<a target=_top href='{thanks}'>Pay</a>")
    capture = look(shop, pays(other_site.url), case=case("third_party_cookies_off"))
    assert isinstance(capture, Capture)
    assert capture.case is not None
    assert capture.case.happened == "cookies of other sites were off"


INDEX = Confirmation(HERE, Template(("**/index.php**",)))


def test_a_pattern_that_the_checkout_matches_proves_no_order(look: Look, site: Site) -> None:
    start = site.page("/index.php?route=checkout", "<button>Place order</button>")
    outcome = look(start, click("Place order"), confirmation=INDEX)
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.NOT_CONFIRMED
    assert outcome.message == (
        f"the confirmation's pattern **/index.php** also matches {start}, a page on the way to the "
        "order: it does not prove that the order was confirmed"
    )
    assert outcome.location == HERE


def test_a_pattern_that_proves_nothing_is_corrected_by_the_page_that_was_reached(
    look: Look, site: Site
) -> None:
    success = "/index.php?route=checkout/success&language=en-gb"
    start = site.page("/index.php?route=checkout", f"<a href='{success}'>Place order</a>")
    site.page(success, TAG)
    outcome = look(start, click("Place order"), confirmation=INDEX)
    assert isinstance(outcome, Breakdown)
    assert outcome.hint == (
        "write what only its address has, such as confirmation: "
        '{url: "**/index.php?route=checkout/success**"}'
    )


def test_a_pattern_may_be_wide_where_an_element_proves_the_order(look: Look, site: Site) -> None:
    success = "/index.php?route=checkout/success"
    start = site.page("/index.php?route=checkout", f"<a href='{success}'>Place order</a>")
    site.page(success, TAG)
    both = replace(INDEX, target=HEADING.target)
    assert isinstance(look(start, click("Place order"), confirmation=both), Capture)


def test_a_click_on_the_confirmation_itself_takes_no_proof_away(look: Look, site: Site) -> None:
    start = site.page("/thanks/5", f"<button>Accept cookies</button>{TAG}")
    capture = look(start, click("Accept cookies"), confirmation=THANKS)
    assert isinstance(capture, Capture)
    assert len(capture.tags) == 1


def test_a_pattern_without_the_final_slash_says_how_to_allow_it(look: Look, site: Site) -> None:
    start = site.page("/", "<a href='/order-received/1042/?key=wc_1'>Place order</a>")
    site.page("/order-received/1042/?key=wc_1", TAG)
    pattern = Confirmation(HERE, Template(("**/order-received/*",)))
    outcome = look(start, click("Place order"), confirmation=pattern, timeout=2_000)
    assert isinstance(outcome, Breakdown)
    assert (
        f'they agree up to "{site.url}/order-received/1042"; there the pattern ends, and the '
        'address goes on with "/?key=wc_1"'
    ) in outcome.message
    assert outcome.hint == (
        'if this is the page, write confirmation: {url: "**/order-received/*/?**"}'
    )


def test_a_form_without_fields_leaves_the_address_as_it_is(look: Look, site: Site) -> None:
    start = site.page("/", "<form action=/thanks/5><button>Place order</button></form>")
    site.page("/thanks/5?", TAG)
    assert isinstance(look(start, click("Place order"), confirmation=THANKS), Capture)
