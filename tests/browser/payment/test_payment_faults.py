"""What a fault does to a journey; one that could not be tried has not passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.scenario.model.actions import Click, Goto, Payment, Step
from validator.scenario.model.payment import PaymentCase
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser
HERE = Location("s.yaml", 3, 9)
PLACE_ORDER = Click(Locator("text", Template(("Place order",))))


def pays(at: str, *, commit: bool = True, within: float = 5_000) -> Payment:
    click = Click(Locator("text", Template(("Pay",))))
    return Payment(Template((at,)), (Step(click, HERE, "pay", places_order=commit),), within=within)


def case(name: str, kind: Literal["fault", "ending"] = "fault") -> PaymentCase:
    return PaymentCase(kind, name, HERE)


@pytest.fixture
def bank(site: Site, other_site: Site) -> str:
    """The payment page, which brings the customer back; the shop sets no cookie."""
    site.page("/thanks", "<div class=cn_purchase></div>")
    site.page("/", f"<a href='{other_site.url}/pay'>Place order</a>")
    return other_site.page("/pay", f"<a href='{site.url}/thanks'>Pay</a>")


def test_a_session_is_lost_whatever_the_path_of_its_cookie(
    look: Look, bank: str, site: Site
) -> None:
    start = site.page(
        "/", f"<a href='{bank}'>Place order</a>", set_cookie="session=1; Path=/thanks"
    )
    kept = look(start, PLACE_ORDER, pays(bank))
    assert isinstance(kept, Capture)
    assert site.headers_of("/thanks")["cookie"] == "session=1"

    lost = look(start, PLACE_ORDER, pays(bank), case=case("session_lost"))
    assert isinstance(lost, Capture)
    assert lost.case is not None
    assert lost.case.happened == "the shop's cookies were not sent with the GET that came back"
    assert "cookie" not in site.headers_of("/thanks")


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("session_lost", "the shop had no cookie, or nothing of the shop was asked for"),
        ("session_expired", "the shop had no cookie"),
        ("return_double", "no click at the payment page places the order"),
    ],
)
def test_a_fault_that_could_not_be_tried_has_not_passed(
    look: Look, bank: str, site: Site, name: str, because: str
) -> None:
    outcome = look(f"{site.url}/", PLACE_ORDER, pays(bank, commit=False), case=case(name))
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.STEP_FAILED
    assert outcome.message.startswith(f'the fault "{name}" could not be carried out: {because}')
    assert outcome.location == HERE


def test_a_fault_on_a_way_back_that_asks_for_nothing_has_not_passed(
    look: Look, bank: str, site: Site, other_site: Site
) -> None:
    thanks = "document.body.innerHTML = `<div class=cn_purchase></div>`"
    site.page("/", f"<iframe src='{bank}'></iframe>")
    site.page(
        "/", f"<iframe src='{bank}'></iframe><script>onmessage = () => {{ {thanks} }}</script>"
    )
    other_site.page("/pay", "<button onclick='parent.postMessage(1, `*`)'>Pay</button>")
    outcome = look(f"{site.url}/", pays(bank, within=300), case=case("connection_lost"))
    assert isinstance(outcome, Breakdown)
    assert outcome.message.endswith("nothing of the shop was asked for on the way back")


@pytest.mark.parametrize(("name", "kind"), [("reload", "ending"), ("second_tab", "fault")])
def test_a_case_whose_payment_was_skipped_has_not_passed(
    look: Look, site: Site, name: str, kind: Literal["fault", "ending"]
) -> None:
    start = site.page("/", "<div class=cn_purchase></div>")
    skipped = Step(pays("http://localhost:9/**"), HERE, "pay", optional=True, timeout=200)
    steps = (Step(Goto(Template((start,))), HERE, "open"), skipped)
    outcome = look(start, steps=steps, case=case(name, kind))
    assert isinstance(outcome, Breakdown)
    assert outcome.message.endswith("the payment step was not played")


def test_a_return_that_was_posted_is_only_called_opened_again_if_it_was(
    look: Look, bank: str, site: Site, other_site: Site
) -> None:
    site.page("/return", status=303, location="/thanks")
    form = f"<form method=post action='{site.url}/return'><button>Pay</button></form>"
    other_site.page("/pay", form)
    capture = look(f"{site.url}/", PLACE_ORDER, pays(bank), case=case("return_reloaded"))
    assert isinstance(capture, Capture)
    assert capture.case is not None
    assert capture.case.happened == "the customer went back, and forward again"
