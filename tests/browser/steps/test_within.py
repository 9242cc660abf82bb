"""Elements that look the same are told apart by what stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pytest

from validator.core.capture import Breakdown, Capture
from validator.scenario.model.actions import Click, Expect, WaitFor
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser


def text(words: str) -> Template:
    return Template((words,))


SELECT = Locator("role", text("button"), text("Select"))
PRESSED = "onclick='this.closest(`section, tr`).append(` chosen`)'"
SECTIONS = f"""<section id=a><h2>Standard</h2><p><button {PRESSED}>Select</button></p></section>
<section id=b><h2>Express</h2><p><button {PRESSED}>Select</button></p></section>
<div class=cn_purchase></div>"""
TABLE = f"""<table><tr id=a><td>Hoodie</td><td><button {PRESSED}>Select</button></td></tr>
<tr id=b><td>Mug</td><td><button {PRESSED}>Select</button></td></tr></table>
<div class=cn_purchase></div>"""


@pytest.mark.parametrize(
    ("page", "nearest"),
    [
        (
            SECTIONS,
            (
                '{role: button, name: "Select", within: {role: heading, name: "Standard"}}',
                '{role: button, name: "Select", within: {role: heading, name: "Express"}}',
            ),
        ),
        (
            TABLE,
            (
                '{role: button, name: "Select", within: {text: "Hoodie"}}',
                '{role: button, name: "Select", within: {text: "Mug"}}',
            ),
        ),
    ],
    ids=["headings", "rows"],
)
def test_candidates_are_told_apart_by_a_heading_or_a_row(
    look: Look, site: Site, page: str, nearest: tuple[str, ...]
) -> None:
    outcome = look(site.page("/", page), Click(SELECT), patience=2_000)
    assert isinstance(outcome, Breakdown)
    assert outcome.candidates == nearest


@pytest.mark.parametrize(
    ("page", "part"),
    [
        (SECTIONS, Locator("role", text("heading"), text("Express"))),
        (SECTIONS, Locator("css", text("#b"))),
        (TABLE, Locator("text", text("Mug"))),
        (TABLE, Locator("role", text("row"), text("Mug"))),
    ],
)
def test_an_element_is_looked_for_within_a_part_of_the_page(
    look: Look, site: Site, page: str, part: Locator
) -> None:
    chosen = Expect(Locator("css", text("#b")), text("chosen"))
    button = Locator("role", text("button"), text("Select"), within=part)
    outcome = look(site.page("/", page), Click(button), chosen)
    assert isinstance(outcome, Capture), outcome


@pytest.mark.parametrize(
    ("state", "said"), [("hidden", "it is still visible"), ("detached", "it is still in the page")]
)
def test_what_should_go_and_stays_is_said_to_stay(
    look: Look, site: Site, state: Literal["hidden", "detached"], said: str
) -> None:
    page = site.page("/", "<div id=modal>Please wait</div>")
    wait = WaitFor(target=Locator("css", text("#modal")), state=state)
    outcome = look(page, wait, patience=300)
    assert isinstance(outcome, Breakdown)
    assert outcome.message == f"step 2: {said} after 0.3 s"
