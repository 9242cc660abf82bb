"""What a failed step says of the page, so that the fix is a copy and a paste."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture
from validator.core.document import Location
from validator.scenario.model import actions
from validator.scenario.model.actions import Action, Step
from validator.scenario.model.scenario import Confirmation
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser

PLACE = Location("s.yaml", 1, 1)
SHOP = """
<h1>Basket</h1>
<label>E-mail address <input></label> <input aria-label="Full name">
<button>Place order</button> <button>Place order later</button> <a href=/>Help</a>
<label><input type=checkbox> I accept the terms</label>
<iframe id=card srcdoc='<label>Card number <input></label><button>Pay</button>'></iframe>
"""


def text(value: str) -> Template:
    return Template((value,))


def role(kind: str, name: str, exact: bool = False) -> Locator:
    return Locator("role", text(kind), text(name), exact=exact)


def label(name: str) -> Locator:
    return Locator("label", text(name))


def broken(outcome: Capture | Breakdown) -> Breakdown:
    assert isinstance(outcome, Breakdown), outcome
    return outcome


@pytest.mark.parametrize(
    ("action", "candidate"),
    [
        (actions.Click(role("button", "Place my order")), '{role: button, name: "Place order"}'),
        (actions.Click(role("link", "Place order")), '{role: button, name: "Place order"}'),
        (actions.Fill(label("Email"), text("x")), '{label: "E-mail address"}'),
        (actions.Save((("x", role("heading", "Cart")),)), '{role: heading, name: "Basket"}'),
    ],
)
def test_a_locator_that_finds_nothing_is_answered_with_what_is_there(
    look: Look, site: Site, action: Action, candidate: str
) -> None:
    breakdown = broken(look(site.page("/", SHOP), action, patience=250))
    assert breakdown.candidates[0] == candidate


@pytest.mark.parametrize(
    "container",
    [
        "<ul><li><a href=/x>Shirt</a></li></ul>",
        "<p><a href=/x>Shirt</a></p>",
        "<table><tr><td><a href=/x>Shirt</a></td></tr></table>",
        "<strong><a href=/x>Shirt</a></strong>",
        "<ul><li><p><em><img alt=''></em></p></li></ul><a href=/x>Shirt</a>",
    ],
)
def test_elements_without_text_of_their_own_are_passed_over(
    look: Look, site: Site, container: str
) -> None:
    breakdown = broken(
        look(site.page("/", container), actions.Click(role("link", "Shrt")), patience=250)
    )
    assert breakdown.candidates[0] == '{role: link, name: "Shirt"}'


def test_inside_an_iframe_the_iframe_is_searched(look: Look, site: Site) -> None:
    fill = Step(actions.Fill(label("Card no."), text("x")), PLACE, "fill", timeout=250)
    frame = actions.Frame(Locator("css", text("#card")), (fill,))
    assert broken(look(site.page("/", SHOP), frame)).candidates == ('{label: "Card number"}',)


def test_what_an_iframe_has_is_said_to_be_in_an_iframe(look: Look, site: Site) -> None:
    pay = actions.Click(role("button", "Pay", exact=True))
    assert "inside a `frame` step" in broken(look(site.page("/", SHOP), pay, patience=250)).hint


def test_of_several_that_match_the_exact_one_is_offered(look: Look, site: Site) -> None:
    breakdown = broken(look(site.page("/", SHOP), actions.Click(role("button", "Place order"))))
    assert breakdown.candidates == ('{role: button, name: "Place order", exact: true}',)


def test_of_several_alike_each_is_offered(look: Look, site: Site) -> None:
    page = site.page("/", "<button>Buy</button><button>Buy</button>")
    breakdown = broken(look(page, actions.Click(role("button", "Buy"))))
    assert breakdown.candidates == (
        '{role: button, name: "Buy", nth: 0}',
        '{role: button, name: "Buy", nth: 1}',
    )


def test_a_confirmation_that_is_not_there_has_candidates_too(look: Look, site: Site) -> None:
    page = site.page("/", "<h1>Thank you very much</h1>")
    proof = Confirmation(PLACE, target=role("heading", "Thanks, you"))
    breakdown = broken(look(page, confirmation=proof, timeout=500))
    assert breakdown.candidates == ('{role: heading, name: "Thank you very much"}',)


def test_a_hostile_name_is_quoted_and_cut(look: Look, site: Site) -> None:
    name = "Pay ${env.HOME} &quot;}&#27;[31m " + "money " * 100
    page = site.page("/", f'<button aria-label="{name}">')
    (candidate,) = broken(
        look(page, actions.Click(role("button", "Pay monthly")), patience=250)
    ).candidates
    assert candidate.startswith('{role: button, name: "Pay $${env.HOME} \\"}')
    assert len(candidate) < 130
