"""A breakdown quotes what the page itself says is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture
from validator.scenario.model.actions import Click
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser


def click(name: str) -> Click:
    return Click(Locator("text", Template((name,))))


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (
            "<p role=alert style='display:none'>Card refused</p>"
            "<p role=alert>Please select a\n shipping method</p>",
            '; the page says: "Please select a shipping method"',
        ),
        ("<ul class=woocommerce-error><li>Town is required", '; the page says: "Town is required"'),
        ("<p role=alert></p><p>Please select a shipping method</p>", ""),
    ],
    ids=["alert", "error-of-a-shop-system", "no-alert"],
)
def test_a_breakdown_quotes_the_alert_that_is_seen(
    look: Look, site: Site, body: str, quoted: str
) -> None:
    outcome = look(site.page("/", body), click("Pay"), patience=300)
    assert isinstance(outcome, Breakdown)
    assert outcome.message.partition("; the page says")[2] == quoted.partition("; the page says")[2]


def test_a_breakdown_quotes_why_the_browser_refuses_a_form(look: Look, site: Site) -> None:
    form = "<form><label>Town <input name=town required></label><button>Order</button></form>"
    outcome = look(site.page("/", form), click("Order"), click("Pay"), patience=300)
    assert isinstance(outcome, Breakdown)
    assert '; the page says: "Town: ' in outcome.message
