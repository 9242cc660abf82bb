"""Steps as they are played in Chromium, and what is said when one cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.core.page_options import PageOptions
from validator.scenario.model import actions, scenario
from validator.scenario.model.actions import Action, Step
from validator.scenario.model.scenario import Confirmation
from validator.scenario.model.template import Locator, SavedReference, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser

FORM = """
<input aria-label=Name oninput="out.textContent = this.value">
<select aria-label=Country onchange="out.textContent = this.value">
  <option value=es>Spain<option value=fr>France</select>
<input type=checkbox aria-label=Gift onchange="out.textContent = 'gift ' + this.checked">
<button onclick="out.textContent = 'clicked'" onmouseenter="out.title = 'hovered'">Buy</button>
<output id=out>nothing</output>
"""
BOARD = """
<p id=card draggable=true style="width: 80px; height: 40px">card</p>
<p id=basket style="width: 80px; height: 40px"
  ondragover="event.preventDefault()" ondrop="out.textContent = 'dropped'">basket</p>
<button ondblclick="out.textContent = 'double'" onclick="out.textContent += ' click'">Pay</button>
<output id=out>nothing</output>
"""


def text(value: str) -> Template:
    return Template((value,))


def css(selector: str) -> Locator:
    return Locator("css", text(selector))


def label(name: str) -> Locator:
    return Locator("label", text(name))


BUY = Locator("role", text("button"), text("Buy"))
SAVE_OUT = actions.Save((("out", css("#out")),))


def captured(outcome: Capture | Breakdown) -> Capture:
    assert isinstance(outcome, Capture), outcome
    return outcome


def broken(outcome: Capture | Breakdown) -> Breakdown:
    assert isinstance(outcome, Breakdown), outcome
    return outcome


@pytest.mark.parametrize(
    ("actions", "shown"),
    [
        ([actions.Click(BUY)], "clicked"),
        ([actions.Fill(label("Name"), text("Alba"))], "Alba"),
        ([actions.Type(label("Name"), text("Alba"))], "Alba"),
        ([actions.Fill(label("Name"), text("Alba")), actions.Clear(label("Name"))], ""),
        ([actions.Select(label("Country"), text("France"))], "fr"),
        ([actions.Check(label("Gift"))], "gift true"),
        ([actions.Check(label("Gift")), actions.Uncheck(label("Gift"))], "gift false"),
        ([actions.Press(text("x"), label("Name"))], "x"),
        ([actions.Click(label("Name")), actions.Press(text("y"))], "y"),
        ([actions.WaitFor(target=BUY)], "nothing"),
        ([actions.Expect(target=css("#out"), text=text("noth"))], "nothing"),
        (
            [SAVE_OUT, actions.Fill(label("Name"), Template(("<", SavedReference("out"), ">")))],
            "<nothing>",
        ),
    ],
    ids=lambda value: "+".join(type(a).__name__ for a in value) if isinstance(value, list) else "",
)
def test_a_step_does_to_the_page_what_it_says(
    look: Look, site: Site, actions: list[Action], shown: str
) -> None:
    capture = captured(look(site.page("/", FORM), *actions, SAVE_OUT, within=10))
    assert capture.saved["out"] == shown


def test_a_double_click_is_two_clicks_and_a_double_click(look: Look, site: Site) -> None:
    pay = actions.DoubleClick(Locator("role", text("button"), text("Pay")))
    capture = captured(look(site.page("/", BOARD), pay, SAVE_OUT, within=10))
    assert capture.saved["out"] == "double"


def test_dragging_drops_an_element_on_another_one(look: Look, site: Site) -> None:
    drag = actions.Drag(css("#card"), css("#basket"))
    capture = captured(look(site.page("/", BOARD), drag, SAVE_OUT, within=10))
    assert capture.saved["out"] == "dropped"


def test_a_drag_without_its_target_names_what_the_target_may_have_been(
    look: Look, site: Site
) -> None:
    drag = actions.Drag(css("#card"), Locator("text", text("baskets")))
    breakdown = broken(look(site.page("/", BOARD), drag, patience=500))
    assert '{text: "basket"}' in breakdown.candidates


def test_hover_brings_the_pointer_over_an_element(look: Look, site: Site) -> None:
    hovered = actions.WaitFor(target=css("#out[title=hovered]"))
    captured(look(site.page("/", FORM), actions.Hover(BUY), hovered, within=10))


def test_frame_steps_act_inside_the_iframe(look: Look, site: Site) -> None:
    site.page("/inner", FORM)
    page = site.page("/", "<iframe src=/inner></iframe>")
    inside = actions.Frame(
        css("iframe"),
        (
            Step(actions.Click(BUY), Location("s.yaml", 2, 1), "click"),
            Step(SAVE_OUT, Location("s.yaml", 3, 1), "save"),
        ),
    )
    assert captured(look(page, inside, within=10)).saved["out"] == "clicked"


def test_popup_steps_act_in_the_window_that_a_step_opens(look: Look, site: Site) -> None:
    site.page("/new", FORM)
    page = site.page("/", "<a href=/new target=_blank>Buy</a>")
    link = Locator("role", text("link"), text("Buy"))
    popup = actions.Popup(
        Step(actions.Click(link), Location("s.yaml", 2, 1), "click"),
        (Step(SAVE_OUT, Location("s.yaml", 3, 1), "save"),),
    )
    capture = captured(look(page, popup, within=10))
    assert capture.saved["out"] == "nothing"
    assert capture.url == page, "after the popup, steps are about the first page again"


def test_a_screenshot_goes_into_the_folder_whatever_it_is_called(
    look: Look, site: Site, tmp_path: Path
) -> None:
    shot = actions.Screenshot("../../etc/basket")
    capture = captured(look(site.page("/", FORM), shot, within=10))
    (evidence,) = capture.evidence
    assert Path(evidence.path).parent == tmp_path
    assert Path(evidence.path).read_bytes().startswith(b"\x89PNG")


def optional(action: Action) -> Step:
    return Step(action, Location("s.yaml", 2, 5), "maybe", optional=True)


def test_an_optional_step_is_skipped_where_its_element_is_not_there(
    look: Look, site: Site, scenario: Callable[..., scenario.Scenario]
) -> None:
    steps = (*scenario(site.page("/", "<p>no banner</p>")).steps, optional(actions.Click(BUY)))
    capture = captured(look(steps=steps, within=10))
    assert [step.outcome for step in capture.steps] == ["done", "skipped"]


def test_an_optional_step_is_played_where_its_element_is_there(
    look: Look, site: Site, scenario: Callable[..., scenario.Scenario]
) -> None:
    steps = (*scenario(site.page("/", FORM), SAVE_OUT).steps, optional(actions.Click(BUY)))
    capture = captured(look(steps=steps, within=10))
    assert [step.outcome for step in capture.steps] == ["done", "done", "done"]


@pytest.mark.parametrize(
    "action",
    [
        actions.Save((("shown", css("#nowhere")),)),
        actions.WaitFor(url=text("**/nowhere")),
        actions.Goto(text("/nowhere")),
    ],
    ids=["save", "wait for a URL", "goto"],
)
def test_any_step_may_be_optional(
    look: Look, site: Site, scenario: Callable[..., scenario.Scenario], action: Action
) -> None:
    step = Step(action, Location("s.yaml", 2, 5), "maybe", optional=True, timeout=300)
    steps = (*scenario(site.page("/", FORM)).steps, step)
    site.page("/back", FORM)
    steps = (*steps, *scenario(f"{site.url}/back").steps)
    capture = captured(look(steps=steps, base_url=site.url, within=10))
    assert [step.outcome for step in capture.steps] == ["done", "skipped", "done"]


def test_an_image_that_hangs_does_not_hold_up_optional_steps(
    look: Look, site: Site, scenario: Callable[..., scenario.Scenario]
) -> None:
    site.hanging_page("/slow.png")
    page = site.page("/", "<img src=/slow.png><p>no banner</p>")
    steps = (*scenario(page).steps, optional(actions.Click(BUY)))
    capture = captured(look(steps=steps, within=10, timeout=60_000))
    assert [step.outcome for step in capture.steps] == ["done", "skipped"]


def test_a_key_pressed_on_a_page_that_hangs_is_a_timeout(look: Look, site: Site) -> None:
    page = site.page("/", "<script>setTimeout(() => { for (;;); }, 50)</script>")
    breakdown = broken(look(page, actions.Press(text("Tab")), timeout=3_000))
    assert breakdown.reason is Reason.TIMEOUT


def test_an_error_in_a_popup_is_not_the_shops(look: Look, site: Site) -> None:
    site.page("/new", "oops", status=500)
    page = site.page("/", "<a href=/new target=_blank>Terms</a>")
    link = Locator("role", text("link"), text("Terms"))
    popup = actions.Popup(Step(actions.Click(link), Location("s.yaml", 2, 1), "click"), ())
    proof = Confirmation(Location("s.yaml", 9, 1), target=css("a"))
    assert captured(look(page, popup, confirmation=proof, within=10)).status == 200


def test_an_invisible_captcha_stands_in_nobodys_way(
    look: Look, site: Site, other_site: Site
) -> None:
    frame = other_site.page("/recaptcha/api2/anchor?size=invisible", "badge")
    breakdown = broken(
        look(site.page("/", f"<iframe src='{frame}'></iframe>"), actions.Click(BUY), patience=1_500)
    )
    assert breakdown.reason is Reason.STEP_FAILED


def test_without_proof_of_arrival_a_tag_is_not_called_missing(look: Look, site: Site) -> None:
    site.page("/login", "<h1>Sign in</h1>")
    page = site.page("/thanks", "<script>location = '/login'</script>")
    breakdown = broken(look(page, actions.WaitFor(url=text("**/login")), within=100))
    assert breakdown.reason is Reason.NOT_CONFIRMED
    assert f"{page} led to {site.url}/login, which has no cn_purchase tag" in breakdown.message


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            actions.Click(css("#nowhere")),
            "step 2: no such element appeared within 1.5 s",
        ),
        (
            actions.Click(css("option")),
            "step 2: 2 elements match, and one is meant",
        ),
        (
            actions.Select(label("Country"), text("Atlantis")),
            "step 2: the list has no such option within 1.5 s",
        ),
        (
            actions.Expect(target=css("#out"), text=text("paid")),
            'step 2: the page says "nothing"',
        ),
        (
            actions.Click(Locator("selector", text("css=[["))),
            "step 2: the locator is no valid selector: "
            'Unexpected token "" while parsing css selector "[[". Did you mean to CSS.escape it?',
        ),
    ],
    ids=["missing", "ambiguous", "no such option", "other text", "bad selector"],
)
def test_a_step_that_cannot_be_played_says_why_in_one_line(
    look: Look, site: Site, action: Action, message: str
) -> None:
    breakdown = broken(look(site.page("/", FORM), action, patience=1_500))
    assert (breakdown.reason, breakdown.message) == (Reason.STEP_FAILED, message)
    assert breakdown.location == Location("s.yaml", 2, 5)
    assert [step.outcome for step in breakdown.steps] == ["done", "failed"]


def test_a_url_that_is_not_reached_names_the_one_that_was(look: Look, site: Site) -> None:
    page = site.page("/", FORM)
    breakdown = broken(look(page, actions.WaitFor(url=text("**/thanks")), patience=300))
    assert breakdown.message == (
        f"step 2: still at {page} after 0.3 s. Pattern and address: the address has no "
        '"thanks" where the pattern does'
    )


def test_a_covered_button_names_the_remedy(look: Look, site: Site) -> None:
    banner = "<div style='position:fixed;inset:0'>We use cookies</div>"
    breakdown = broken(look(site.page("/", FORM + banner), actions.Click(BUY), patience=2_000))
    assert "something else covers the element" in breakdown.message
    assert "cookie banner" in breakdown.hint


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, Reason.HTTP_ERROR),
        (404, Reason.HTTP_ERROR),
        (403, Reason.BLOCKED),
        (429, Reason.BLOCKED),
    ],
)
def test_an_error_answer_is_a_breakdown_that_names_it(
    look: Look, site: Site, status: int, reason: Reason
) -> None:
    page = site.page("/", "sorry", status=status)
    breakdown = broken(look(page))
    assert breakdown.reason is reason
    assert breakdown.message.startswith(f"{page} answered HTTP {status}")


def test_a_step_after_an_error_page_blames_the_answer(look: Look, site: Site) -> None:
    site.page("/pay", "oops", status=500)
    page = site.page("/", "<a href=/pay>Pay</a>")
    pay = actions.Click(Locator("text", text("Pay")))
    breakdown = broken(look(page, pay, actions.Click(BUY), patience=1_500))
    assert breakdown.reason is Reason.HTTP_ERROR
    assert "/pay answered HTTP 500, so this could not be played" in breakdown.message


def test_a_redirect_without_end_is_named(look: Look, site: Site) -> None:
    page = site.page("/", status=302, location="/")
    assert broken(look(page)).reason is Reason.REDIRECT_LOOP


def test_a_host_where_nothing_listens_is_unreachable(look: Look) -> None:
    breakdown = broken(look("http://127.0.0.1:9"))
    assert breakdown.reason is Reason.UNREACHABLE


def test_a_page_that_never_ends_is_a_timeout(look: Look, site: Site) -> None:
    breakdown = broken(look(site.hanging_page("/", "<p>almost"), patience=1_500))
    assert breakdown.reason is Reason.TIMEOUT


def test_the_confirmation_is_the_proof_of_arrival(look: Look, site: Site) -> None:
    thanks = site.page("/thanks", "<h1>Thanks</h1>")
    proof = Confirmation(Location("s.yaml", 9, 1), text("**/thanks"), css("h1"))
    assert captured(look(thanks, confirmation=proof, within=10)).url == thanks


def test_without_the_proof_of_arrival_nothing_is_said_of_the_tag(look: Look, site: Site) -> None:
    proof = Confirmation(Location("s.yaml", 9, 1), text("**/thanks"))
    basket = site.page("/basket", "<div class=cn_purchase></div>")
    breakdown = broken(look(basket, confirmation=proof, timeout=4_000))
    assert breakdown.reason is Reason.NOT_CONFIRMED
    assert breakdown.message == (
        "the confirmation page (**/thanks) was not reached within 4 s; the browser is at "
        f"{basket}. "
        'Pattern and address: the address has no "thanks" where the pattern does'
    )
    assert breakdown.location == Location("s.yaml", 9, 1)


def test_a_confirmation_page_that_answers_an_error_is_no_confirmation(
    look: Look, site: Site
) -> None:
    site.page("/thanks", "oops", status=500)
    page = site.page("/", "<a href=/thanks>Pay</a>")
    proof = Confirmation(Location("s.yaml", 9, 1), text("**/thanks"))
    pay = actions.Click(Locator("text", text("Pay")))
    assert broken(look(page, pay, confirmation=proof)).reason is Reason.HTTP_ERROR


def test_headers_cookies_and_credentials_go_to_the_shop_only(
    look: Look, site: Site, other_site: Site
) -> None:
    other_site.page("/pay", "pay here", access_control_allow_origin="*")
    page = site.page("/", f"<iframe src='{other_site.url}/pay'></iframe>")
    options = PageOptions(headers={"X-Staging": "key"}, cookies={"door": "open"})
    captured(look(page, page=options, base_url=site.url, within=300))
    assert site.headers_of("/")["x-staging"] == "key"
    assert site.headers_of("/")["cookie"] == "door=open"
    assert "x-staging" not in other_site.headers_of("/pay")
    assert "cookie" not in other_site.headers_of("/pay")


ENABLED_LATER = """
<button disabled>Buy</button><input id=post><script>
  const later = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    document.querySelector('button').disabled = false;
    document.querySelector('#post').value = '28001';
  }));
  later();
</script>"""


def test_a_step_waits_for_what_becomes_enabled_and_for_a_value(look: Look, site: Site) -> None:
    page = site.page("/", ENABLED_LATER)
    capture = captured(
        look(
            page,
            actions.WaitFor(target=BUY, state="enabled"),
            actions.WaitFor(target=css("#post"), field_value=text("28001")),
            within=10,
        )
    )
    assert [step.outcome for step in capture.steps] == ["done"] * 3


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (actions.WaitFor(target=BUY, state="disabled"), "it is still enabled after 0.3 s"),
        (
            actions.WaitFor(target=css("#post"), field_value=text("9")),
            'its value is "28001", not "9", after 0.3 s',
        ),
        (actions.WaitFor(target=css("#nowhere"), state="enabled"), "no such element appeared"),
    ],
    ids=["state", "value", "nothing"],
)
def test_a_state_or_value_that_does_not_come_is_said(
    look: Look, site: Site, action: Action, message: str
) -> None:
    page = site.page("/", "<button>Buy</button><input id=post value=28001>")
    breakdown = broken(look(page, action, patience=300))
    assert breakdown.reason is Reason.STEP_FAILED
    assert message in breakdown.message
