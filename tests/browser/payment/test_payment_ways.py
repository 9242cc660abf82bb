"""Every way out to a payment page and back, on two and three origins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.scenario.model.actions import Click, Fill, Frame, Payment, Step
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser

TAG = "<div class=cn_purchase></div>"


def css(selector: str) -> Locator:
    return Locator("css", Template((selector,)))


def step(action: object, line: int = 4) -> Step:
    return Step(action, Location("s.yaml", line, 9), "a step at the bank")  # type: ignore[arg-type]


def pays(at: Site, *actions: object, within: float = 5_000) -> Payment:
    steps = [step(each) for each in (*actions, Click(css("#pay")))]
    return Payment(Template((f"{at.url}/**",)), tuple(steps), within=within)


ORDER = Click(css("#order"))


@pytest.fixture
def thanks(site: Site) -> str:
    """The confirmation, and a page that redirects to it."""
    site.page("/return", status=303, location="/thanks")
    return site.page("/thanks", TAG)


def causes(capture: Capture | Breakdown) -> list[tuple[str, str, int | None, str, str]]:
    return [(h.method, h.path, h.status, h.cause, h.place) for h in capture.hops]


@pytest.mark.usefixtures("thanks")
@pytest.mark.parametrize(
    "way",
    [
        ("<a id=order href={bank}/pay>Order</a>", "link", "GET"),
        ("<form method=post action={bank}/pay><input type=submit id=order></form>", "form", "POST"),
        ("<button id=order onclick='location = `{bank}/pay`'>Order</button>", "script", "GET"),
    ],
    ids=["link", "form", "script"],
)
def test_the_timeline_says_what_led_to_the_payment_page(
    look: Look,
    site: Site,
    other_site: Site,
    way: tuple[str, str, str],
) -> None:
    order, cause, method = way
    start = site.page("/", order.format(bank=other_site.url))
    other_site.page("/pay", f"<a id=pay href={site.url}/return>Pay</a>")
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    assert causes(capture) == [
        (method, "/pay", 200, cause, "page"),
        ("GET", "/return", 303, "link", "page"),
        ("GET", "/thanks", 200, "redirect", "page"),
    ]
    assert [hop.origin for hop in capture.hops] == [other_site.url, site.url, site.url]
    assert [hop.ms for hop in capture.hops] == sorted(hop.ms for hop in capture.hops)


@pytest.mark.usefixtures("thanks")
def test_a_meta_refresh_is_told_from_a_redirect(look: Look, site: Site, other_site: Site) -> None:
    site.page("/leave", f"<meta http-equiv=refresh content='0;url={other_site.url}/pay'>")
    start = site.page("/", "<a id=order href=/leave>Order</a>")
    other_site.page("/pay", f"<a id=pay href={site.url}/return>Pay</a>")
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    assert causes(capture)[1] == ("GET", "/pay", 200, "meta refresh", "page")


@pytest.mark.parametrize("status", [303, 307])
def test_a_return_by_redirect_is_automatic(
    look: Look, site: Site, other_site: Site, thanks: str, status: int
) -> None:
    start = site.page("/", f"<a id=order href={other_site.url}/pay>Order</a>")
    other_site.page("/pay", "<form method=post action=/paid><button id=pay>Pay</button></form>")
    other_site.page("/paid", status=status, location=thanks)
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    assert [trip.returned for trip in capture.payments] == ["automatic"]
    assert capture.hops[-1].method == ("POST" if status == 307 else "GET")


def test_a_return_by_a_form_that_posts_itself_is_automatic(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page("/", f"<a id=order href={other_site.url}/pay>Order</a>")
    other_site.page("/pay", "<form method=post action=/paid><button id=pay>Pay</button></form>")
    form = f"<form method=post action={thanks}></form><script>document.forms[0].submit()</script>"
    other_site.page("/paid", form)
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    assert len(capture.tags) == 1
    assert causes(capture)[-1] == ("POST", "/thanks", 200, "form", "page")


def test_a_payment_page_in_a_new_tab_returns_there(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page("/", f"<a id=order target=_blank href={other_site.url}/pay>Order</a>")
    other_site.page("/pay", f"<a id=pay href={site.url}/return>Pay</a>")
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.place, trip.returned, capture.url) == ("window", "automatic", thanks)
    assert len(capture.tags) == 1
    assert capture.status == 200


def test_a_window_that_closes_itself_returns_in_the_page_that_opened_it(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page(
        "/", f"<button id=order onclick='window.open(`{other_site.url}/pay`)'>Order</button>"
    )
    leave = f"opener.location = `{thanks}`; window.close()"
    other_site.page("/pay", f"<button id=pay onclick='{leave}'>Pay</button>")
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    assert [trip.returned for trip in capture.payments] == ["automatic"]
    assert (capture.url, len(capture.tags)) == (thanks, 1)


def test_a_window_that_closes_and_leads_nowhere_leaves_the_customer(
    look: Look, site: Site, other_site: Site
) -> None:
    start = site.page(
        "/", f"<button id=order onclick='window.open(`{other_site.url}/pay`)'>Order</button>"
    )
    other_site.page("/pay", "<button id=pay onclick='window.close()'>Pay</button>")
    capture = look(start, ORDER, pays(other_site, within=300))
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.returned, trip.last_url, capture.reached) == ("never", start, False)


def test_a_payment_page_in_an_iframe_may_lead_the_whole_page_on(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page(
        "/", f"<button id=order>Order</button><iframe src={other_site.url}/pay></iframe>"
    )
    other_site.page("/pay", f"<a id=pay target=_top href={site.url}/return>Pay</a>")
    capture = look(start, ORDER, pays(other_site))
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.place, trip.returned, capture.url) == ("iframe", "automatic", thanks)


def test_a_return_that_stays_inside_the_iframe_is_no_return(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page(
        "/", f"<button id=order>Order</button><iframe src={other_site.url}/pay></iframe>"
    )
    other_site.page("/pay", f"<a id=pay href={thanks}>Pay</a>")
    capture = look(start, ORDER, pays(other_site, within=500))
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.place, trip.returned, trip.last_url) == ("iframe", "never", thanks)


def test_card_fields_may_be_iframes_inside_of_the_payment_iframe(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page(
        "/", f"<button id=order>Order</button><iframe src={other_site.url}/pay></iframe>"
    )
    field = "<input oninput='parent[window.name + `_is`] = this.value'>"
    other_site.page("/number", field)
    other_site.page("/code", field)
    done = f"if (number_is === `4111` && code_is === `123`) top.location = `{thanks}`"
    other_site.page(
        "/pay",
        "<iframe name=number src=/number></iframe><iframe name=code src=/code></iframe>"
        f"<button id=pay onclick='{done}'>Pay</button>",
    )

    def types(frame: str, text: str) -> Frame:
        return Frame(css(f"iframe[name={frame}]"), (step(Fill(css("input"), Template((text,)))),))

    capture = look(start, ORDER, pays(other_site, types("number", "4111"), types("code", "123")))
    assert isinstance(capture, Capture)
    assert [trip.returned for trip in capture.payments] == ["automatic"]


@pytest.mark.usefixtures("thanks")
def test_a_bank_challenge_on_a_third_origin_may_be_in_an_iframe(
    look: Look, site: Site, other_site: Site, third_site: Site
) -> None:
    start = site.page("/", f"<a id=order href={other_site.url}/pay>Order</a>")
    other_site.page("/pay", f"<iframe src={third_site.url}/3ds></iframe>")
    third_site.page("/3ds", f"<a id=confirm target=_top href={site.url}/return>Confirm</a>")
    challenge = Frame(css("iframe"), (step(Click(css("#confirm"))),))
    payment = Payment(Template((f"{other_site.url}/**",)), (step(challenge),))
    capture = look(start, ORDER, payment)
    assert isinstance(capture, Capture)
    assert [trip.returned for trip in capture.payments] == ["automatic"]
    assert ("GET", "/3ds", 200, "", "iframe") in causes(capture)


def test_the_button_that_leads_to_the_shop_is_told_from_the_others(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page("/", f"<a id=order href={other_site.url}/pay>Order</a>")
    other_site.page(
        "/pay",
        "<button>Print</button><button id=pay>Pay</button>"
        f"<form action={thanks}><button>Continue</button></form>",
    )
    capture = look(start, ORDER, pays(other_site, within=300))
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert trip.ways_back == ("Continue",)
    assert trip.buttons == ("Continue", "Print", "Pay")


def test_a_click_whose_words_lead_back_is_a_return_by_hand(
    look: Look, site: Site, other_site: Site, thanks: str
) -> None:
    start = site.page("/", f"<a id=order href={other_site.url}/pay>Order</a>")
    other_site.page("/pay", f"Paid <a href={thanks}>Volver a la tienda</a>")
    back = Click(Locator("role", Template(("link",)), Template(("Volver a la tienda",))))
    payment = Payment(Template((f"{other_site.url}/**",)), (step(back),))
    capture = look(start, ORDER, payment)
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.returned, trip.clicked) == ("clicked", "Volver a la tienda")


def test_a_payment_page_where_nothing_answers_is_told_at_once(look: Look, site: Site) -> None:
    nobody = "http://localhost:9"
    start = site.page("/", f"<a id=order href={nobody}/pay>Order</a>")
    breakdown = look(start, ORDER, Payment(Template((f"{nobody}/**",)), ()))
    assert isinstance(breakdown, Breakdown)
    assert breakdown.reason is Reason.UNREACHABLE
    assert breakdown.message.startswith(f"the payment page {nobody}/pay could not be opened")
    assert [(hop.path, hop.status, bool(hop.failure)) for hop in breakdown.hops] == [
        ("/pay", None, True)
    ]
