"""To the payment page on another origin, and back: or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.scenario.model.actions import Click, Payment, Step
from validator.scenario.model.payment import OrderLimits
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser

PAY = Locator("role", Template(("button",)), Template(("Pay",)))
BACK = Locator("role", Template(("link",)), Template(("Return to the shop",)))


@pytest.fixture
def shop(site: Site, other_site: Site) -> str:
    """A shop whose confirmation has a tag, and a basket that leads to the payment page."""
    site.page("/thanks", "<div class=cn_purchase></div>")
    return site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")


def payment(at: str, click: Locator | None = None, within: float = 5_000) -> tuple[Click, Payment]:
    step = Step(Click(PAY), Location("s.yaml", 4, 9), "pay")
    place_order = Click(Locator("text", Template(("Place order",))))
    return place_order, Payment(Template((at,)), (step,), click, within)


def pays_by(script: str) -> str:
    return f"<button onclick='{script}'>Pay</button>"


def test_a_customer_who_is_brought_back_has_returned_automatically(
    look: Look, shop: str, site: Site, other_site: Site
) -> None:
    other_site.page("/pay", pays_by(f'location = "{site.url}/thanks"'))
    capture = look(shop, *payment(f"{other_site.url}/**"), within=2_000)
    assert isinstance(capture, Capture)
    assert capture.reached
    (trip,) = capture.payments
    assert trip.returned == "automatic"
    assert trip.payment_url == f"{other_site.url}/pay"
    assert trip.last_url == f"{site.url}/thanks"
    assert len(capture.tags) == 1


def test_what_signs_the_way_out_and_back_is_not_kept(
    look: Look, site: Site, other_site: Site
) -> None:
    site.page("/thanks?key=3", "<div class=cn_purchase></div>")
    site.page("/", f"<a href='{other_site.url}/pay?signature=1#2'>Place order</a>")
    other_site.page("/pay?signature=1", pays_by(f'location = "{site.url}/thanks?key=3"'))
    capture = look(f"{site.url}/", *payment(f"{other_site.url}/**"))
    (trip,) = capture.payments
    assert (trip.payment_url, trip.last_url) == (f"{other_site.url}/pay", f"{site.url}/thanks")


def test_a_return_by_hand_is_told_from_an_automatic_one(
    look: Look, shop: str, site: Site, other_site: Site
) -> None:
    link = f"<a href={site.url}/thanks>Return to the shop</a>"
    other_site.page("/pay", pays_by(f'document.body.innerHTML = "{link}"'))
    capture = look(shop, *payment(f"{other_site.url}/**", BACK), within=2_000)
    assert isinstance(capture, Capture)
    assert [trip.returned for trip in capture.payments] == ["clicked"]


def test_a_customer_left_at_the_payment_page_is_a_finding_not_a_breakdown(
    look: Look, shop: str, site: Site, other_site: Site
) -> None:
    link = f"<a href={site.url}/thanks>Return to the shop</a>"
    other_site.page("/pay", pays_by(f'document.body.innerHTML = "{link}"'))
    capture = look(shop, *payment(f"{other_site.url}/**", within=300))
    assert isinstance(capture, Capture)
    assert not capture.reached
    assert capture.tags == ()
    (trip,) = capture.payments
    assert (trip.returned, trip.buttons) == ("never", ("Return to the shop",))
    assert trip.last_url == f"{other_site.url}/pay"


def test_a_payment_page_that_is_not_reached_is_a_breakdown(
    look: Look, shop: str, other_site: Site
) -> None:
    other_site.page("/pay", "a survey instead")
    allowed = OrderLimits(("localhost",))
    outcome = look(shop, *payment("http://bank.test/**"), patience=300, limits=allowed)
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.STEP_FAILED
    assert outcome.message == (
        "step 3: the payment page http://bank.test/** was not reached within 0.3 s; "
        f"the browser is at {other_site.url}/pay. Pattern and address: they agree up to "
        f'"http://"; there the pattern wants "bank.test/**", and the address has '
        f'"{other_site.url.removeprefix("http://")}/pay"'
    )


def test_a_payment_page_that_is_down_is_a_breakdown(
    look: Look, shop: str, other_site: Site
) -> None:
    other_site.page("/pay", "maintenance", status=503)
    outcome = look(shop, *payment(f"{other_site.url}/**"))
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.HTTP_ERROR
    assert outcome.message == f"the payment page {other_site.url}/pay answered HTTP 503"


def test_a_third_page_of_the_banks_is_not_the_shop(
    look: Look, shop: str, other_site: Site, third_site: Site
) -> None:
    challenge = third_site.page("/3ds", "<button>Confirm in your app</button>")
    other_site.page("/pay", pays_by(f'location = "{challenge}"'))
    capture = look(shop, *payment(f"{other_site.url}/**", within=700))
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.returned, trip.last_url) == ("never", challenge)


def test_a_payment_page_that_hangs_does_not_hang_the_run(
    look: Look, shop: str, other_site: Site
) -> None:
    other_site.page("/pay", pays_by("setTimeout(() => { for (;;); }, 300)"))
    capture = look(shop, *payment(f"{other_site.url}/**", within=500), timeout=3_000)
    assert isinstance(capture, Capture)
    (trip,) = capture.payments
    assert (trip.returned, trip.buttons) == ("never", ())
