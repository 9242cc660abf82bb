"""A journey ends before it goes where it must not, or places an order too many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.browser.chromium.session import open_session
from validator.browser.visit import OrderPolicy, visit
from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.core.page_options import PageOptions
from validator.scenario.model.actions import Click, Goto, Step
from validator.scenario.model.payment import OrderLimits
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser
ORDER = Click(Locator("css", Template(("#order",))))


def test_a_host_that_the_scenario_does_not_name_is_not_gone_to(
    look: Look, site: Site, other_site: Site
) -> None:
    other_site.page("/elsewhere", "<div class=cn_purchase></div>")
    start = site.page("/", f"<a id=order href={other_site.url}/elsewhere>Order</a>")
    breakdown = look(start, ORDER)
    assert isinstance(breakdown, Breakdown)
    assert breakdown.reason is Reason.REFUSED
    assert breakdown.message == (
        f"{other_site.url}/elsewhere was not opened: "
        "localhost is no host that this scenario may go to"
    )
    assert 'allow_hosts: ["localhost"]' in breakdown.hint
    assert other_site.seen == []


def test_a_host_that_is_allowed_is_gone_to(look: Look, site: Site, other_site: Site) -> None:
    other_site.page("/elsewhere", "<div class=cn_purchase></div>")
    start = site.page("/", f"<a id=order href={other_site.url}/elsewhere>Order</a>")
    capture = look(start, ORDER, limits=OrderLimits(("localhost",)))
    assert isinstance(capture, Capture)
    assert len(capture.tags) == 1


def test_a_redirect_to_another_host_is_not_followed(
    look: Look, site: Site, other_site: Site
) -> None:
    start = site.page("/", "<a id=order href=/leave>Order</a>")
    site.page("/leave", status=303, location=f"{other_site.url}/elsewhere")
    breakdown = look(start, ORDER)
    assert isinstance(breakdown, Breakdown)
    assert breakdown.reason is Reason.REFUSED
    assert other_site.seen == []


def test_a_new_window_on_another_host_is_not_opened(
    look: Look, site: Site, other_site: Site
) -> None:
    link = f"<a id=order target=_blank href={other_site.url}/elsewhere>Order</a>"
    breakdown = look(site.page("/", link), ORDER)
    assert isinstance(breakdown, Breakdown)
    assert breakdown.reason is Reason.REFUSED
    assert other_site.seen == []


def test_what_a_page_loads_is_not_limited(look: Look, site: Site, other_site: Site) -> None:
    other_site.page("/frame", "an advertisement")
    site.page(
        "/thanks", f"<div class=cn_purchase></div><iframe src={other_site.url}/frame></iframe>"
    )
    start = site.page("/", "<a id=order href=/thanks>Order</a>")
    assert isinstance(look(start, ORDER), Capture)
    assert [path for path, _ in other_site.seen] == ["/frame"]


def test_an_order_too_many_is_not_placed(
    scenario: Callable[..., Scenario], browser_path: Path, site: Site
) -> None:
    start = site.page("/", "<a id=order href=/order>Order</a>")
    steps = (
        Step(Goto(Template((start,))), Location("s.yaml", 1, 5), "goto /"),
        Step(ORDER, Location("s.yaml", 2, 5), "click Order", places_order=True),
    )

    async def one() -> Capture | Breakdown:
        async with (
            open_session(str(browser_path), headed=False) as session,
            visit(
                session,
                scenario(steps=steps),
                PageOptions(),
                orders=OrderPolicy(lambda _scenario: "two were placed"),
            ) as seen,
        ):
            return seen.outcome

    breakdown = asyncio.run(one())
    assert isinstance(breakdown, Breakdown)
    assert breakdown.reason is Reason.REFUSED
    assert breakdown.message == (
        "click Order was not played, for it places an order: two were placed"
    )
    assert not breakdown.order_placed
    assert [path for path, _ in site.seen if path == "/order"] == []


@pytest.mark.parametrize("commit", [True, False])
def test_a_breakdown_tells_whether_the_order_was_placed(
    look: Look, site: Site, commit: bool
) -> None:
    start = site.page("/", "<a id=order href=/gone>Order</a>")
    order = Step(ORDER, Location("s.yaml", 2, 5), "click Order", places_order=commit)
    nowhere = Step(
        Click(Locator("css", Template(("#no",)))), Location("s.yaml", 3, 5), "no", timeout=200
    )
    goto = Step(Goto(Template((start,))), Location("s.yaml", 1, 5), "goto /")
    breakdown = look(steps=(goto, order, nowhere))
    assert isinstance(breakdown, Breakdown)
    assert breakdown.order_placed is commit


def test_where_a_purchase_was_sent_an_order_was_placed_whatever_is_marked(
    look: Look, site: Site
) -> None:
    address = "/integration-type/system/scrippet-notification/x"
    start = site.page(
        "/",
        f"""<button id=order>Order</button><script>order.onclick = async () => {{
        const events = [{{type: "purchase"}}];
        await fetch("{address}", {{method: "POST", body: JSON.stringify({{events}})}});
        document.body.innerHTML = "<b id=thanks>Thanks</b>";
        }}</script>""",
    )
    thanks, survey = (Click(Locator("css", Template((css,)))) for css in ("#thanks", "#survey"))
    breakdown = look(start, ORDER, thanks, survey, patience=100)
    assert isinstance(breakdown, Breakdown)
    assert breakdown.message.startswith("step 4")
    assert breakdown.order_placed
