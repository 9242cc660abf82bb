"""Steps about the browser, and conditions, as they are played in Chromium."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.scenario.model import actions, scenario
from validator.scenario.model.actions import Step
from validator.scenario.model.condition import Comparison, Condition
from validator.scenario.model.template import Locator, SavedReference, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser


def text(value: str) -> Template:
    return Template((value,))


def css(selector: str) -> Locator:
    return Locator("css", text(selector))


def javascript(script: str, save: str = "out") -> actions.Evaluate:
    return actions.Evaluate(text(script), save)


def saved(outcome: Capture | Breakdown) -> str:
    assert isinstance(outcome, Capture), outcome
    return outcome.saved["out"]


def broken(outcome: Capture | Breakdown) -> Breakdown:
    assert isinstance(outcome, Breakdown), outcome
    return outcome


def test_going_back_and_reloading_are_about_whole_pages(look: Look, site: Site) -> None:
    first, second = site.page("/first", "<p>1"), site.page("/second", "<p>2")
    outcome = look(
        first, second, actions.GoBack(), javascript("location.pathname"), actions.Reload(), first,
        within=9,
    )  # fmt: skip
    assert saved(outcome) == "/first"
    assert [path for path, _ in site.seen].count("/first") >= 3


def test_there_is_no_way_back_from_the_first_page(look: Look, site: Site) -> None:
    site.page("/", "<p>1")
    outcome = broken(look(actions.GoBack(), patience=500))
    assert outcome.reason is Reason.STEP_FAILED
    assert "there is no page to go back to" in outcome.message


def test_a_page_that_cannot_be_loaded_again_is_said_to_be_gone(look: Look, site: Site) -> None:
    moved = javascript("history.pushState(0, '', '/gone')")
    outcome = broken(look(site.page("/", "<p>1"), moved, actions.Reload()))
    assert outcome.reason is Reason.HTTP_ERROR
    assert "/gone answered HTTP 404" in outcome.message


def test_files_are_chosen_in_a_file_field(look: Look, site: Site, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Ring twice", encoding="utf-8")
    page = site.page("/", "<input type=file aria-label=Note>")
    content = javascript("document.querySelector('input').files[0].text()")
    upload = actions.Upload(Locator("label", text("Note")), (note,))
    assert saved(look(page, upload, content, within=9)) == "Ring twice"


def test_the_page_is_scrolled_to_its_ends_and_to_an_element(look: Look, site: Site) -> None:
    page = site.page(
        "/",
        "<!doctype html><html style='scroll-behavior: smooth'><body style='margin:0;height:5000px'>"
        "<p id=middle style='position:absolute;top:2000px'>here",
    )
    in_view = """() => {
      const y = document.querySelector('#middle').getBoundingClientRect().y
      const part = scrollY / (5000 - innerHeight)
      return part === 0 || part === 1 ? `${part}` : `${0 <= y && y < innerHeight}`
    }"""
    capture = look(
        page,
        actions.Scroll(to="bottom"), javascript(in_view, "bottom"),
        actions.Scroll(to="top"), javascript(in_view, "top"),
        actions.Scroll(target=css("#middle")), javascript(in_view, "middle"),
        within=9,
    )  # fmt: skip
    assert isinstance(capture, Capture)
    assert capture.saved == {"bottom": "1", "top": "0", "middle": "true"}


def test_a_cookie_is_set_for_the_page_and_before_the_first_one(look: Look, site: Site) -> None:
    site.page("/", "<p>1")
    early = actions.SetCookie("early", text("1"))
    late = actions.SetCookie("late", text("2"))
    outcome = look(
        early, "/", late, actions.Reload(), javascript("document.cookie"),
        base_url=site.url, within=9,
    )  # fmt: skip
    assert saved(outcome) == "early=1; late=2"


def test_a_cookie_without_a_site_is_refused(look: Look) -> None:
    outcome = broken(look(actions.SetCookie("a", text("1"))))
    assert "give it a url" in outcome.message


def test_javascript_gives_its_value_as_text(look: Look, site: Site) -> None:
    values = {
        "1 + 1": "2",
        "document.title": "Shop",
        "() => ({total: [1]})": '{"total": [1]}',
        "Promise.resolve('later')": "later",
        "undefined": "",
    }
    scripts = [javascript(script, f"v{number}") for number, script in enumerate(values)]
    capture = look(site.page("/", "<title>Shop</title>"), *scripts, within=9)
    assert isinstance(capture, Capture)
    assert [*capture.saved.values()] == [*values.values()]


def test_what_a_page_said_stays_a_text_in_javascript(look: Look, site: Site) -> None:
    page = site.page("/", "<title>Shop</title><p>'); document.title = 'taken \"over\"</p>")
    said = actions.Save((("said", css("p")),))
    script = actions.Evaluate(Template((SavedReference("said"), ".length + document.title")), "out")
    assert saved(look(page, said, script, within=9)) == "34Shop"


def test_javascript_that_throws_breaks_the_journey(look: Look, site: Site) -> None:
    outcome = broken(look(site.page("/", "<p>"), javascript("nothing.there")))
    assert "ReferenceError: nothing is not defined" in outcome.message
    assert "Locator" not in outcome.message


def test_the_state_of_a_shopper_is_kept_for_its_owner_alone(
    look: Look, site: Site, tmp_path: Path
) -> None:
    page = site.page("/", "<script>localStorage.setItem('cart', '7')</script>", set_cookie="s=1")
    file = tmp_path / "inner" / "shopper.json"
    look(page, actions.SaveStorageState(file), within=9)
    state = json.loads(file.read_text())
    assert [cookie["value"] for cookie in state["cookies"]] == ["1"]
    assert state["origins"][0]["localStorage"] == [{"name": "cart", "value": "7"}]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["shopper.json"]


def conditional(condition: Condition, selector: str = "button", line: int = 9) -> Step:
    click = actions.Click(css(selector))
    return Step(click, Location("s.yaml", line, 5), f"click {line}", when=(condition,))


def same(value: str, other: str) -> tuple[Comparison, ...]:
    return (Comparison(text(value), (text(other),)),)


def test_a_step_is_played_where_its_condition_holds(
    look: Look, site: Site, scenario: Callable[..., scenario.Scenario]
) -> None:
    conditions = {
        Condition(same("a", "a")): "done",
        Condition(same("a", "b")): "skipped",
        Condition((Comparison(Template((SavedReference("out"),)), (text("x"),)),)): "skipped",
        Condition(visible=css("#b0")): "done",
        Condition(visible=css(".late")): "done",
        Condition(visible=css(".never")): "skipped",
        Condition(hidden=css("#b0")): "skipped",
        Condition(hidden=css(".never")): "done",
        Condition(same("a", "a"), visible=css(".never")): "skipped",
    }
    buttons = [
        f"<button id=b{number} onclick='out.textContent += {number}'>Buy</button>"
        for number in range(len(conditions))
    ]
    page = site.page(
        "/",
        f"{''.join(buttons)}<output id=out></output>"
        "<script>onload = () => document.body.classList.add('late')</script>",
    )
    first, last = scenario(page, actions.Save((("out", css("#out")),))).steps
    steps = [conditional(each, f"#b{number}") for number, each in enumerate(conditions)]
    capture = look(steps=(first, *steps, last), within=9)
    assert saved(capture) == "0347"
    assert isinstance(capture, Capture)
    assert [step.outcome for step in capture.steps[1:-1]] == [*conditions.values()]


def test_a_condition_of_several_steps_is_asked_once(
    look: Look, site: Site, scenario: Callable[..., scenario.Scenario]
) -> None:
    """What the first of them does must not keep the others from being played."""
    page = site.page("/", "<button class=more onclick='this.className = 1'>Buy</button>")
    condition = Condition(visible=css(".more"))
    first = scenario(page).steps
    capture = look(
        steps=(*first, conditional(condition), conditional(condition, line=10)), within=9
    )
    assert isinstance(capture, Capture)
    assert [step.outcome for step in capture.steps] == ["done", "done", "done"]
