"""Steps about the browser, and conditions, as they are played in Chromium."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.capture import Breakdown, Capture, Reason
from validator.document import Location
from validator.scenario import actions, model
from validator.scenario.condition import Comparison, Condition
from validator.scenario.model import Action, Locator, Saved, Step, Template

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


@pytest.mark.parametrize(
    ("scroll", "at"),
    [
        ([actions.Scroll(to="bottom")], "4500"),
        ([actions.Scroll(to="bottom"), actions.Scroll(to="top")], "0"),
        ([actions.Scroll(target=css("#middle"))], "middle"),
    ],
)
def test_the_page_is_scrolled(look: Look, site: Site, scroll: list[Action], at: str) -> None:
    page = site.page(
        "/",
        "<!doctype html><html style='scroll-behavior: smooth'><body style='margin:0;height:5000px'>"
        "<p id=middle style='position:absolute;top:2000px'>here",
    )
    where = javascript(
        "() => { const y = document.querySelector('#middle').getBoundingClientRect().y;"
        " return 0 <= y && y < innerHeight ? 'middle' : `${Math.round(scrollY * 4500"
        " / (5000 - innerHeight))}` }"
    )
    assert saved(look(page, *scroll, where, within=9)) == at


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


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("1 + 1", "2"),
        ("document.title", "Shop"),
        ("() => ({total: [1]})", '{"total": [1]}'),
        ("Promise.resolve('later')", "later"),
        ("undefined", ""),
    ],
)
def test_javascript_gives_its_value_as_text(
    look: Look, site: Site, script: str, value: str
) -> None:
    page = site.page("/", "<title>Shop</title>")
    assert saved(look(page, javascript(script), within=9)) == value


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


def conditional(condition: Condition, line: int = 9) -> Step:
    return Step(
        model.Click(css("button")), Location("s.yaml", line, 5), f"click {line}", when=(condition,)
    )


@pytest.mark.parametrize(
    ("condition", "clicked"),
    [
        (Condition((Comparison(text("a"), (text("a"),)),)), "1"),
        (Condition((Comparison(text("a"), (text("b"),)),)), ""),
        (Condition((Comparison(Template((Saved("out"),)), (text("x"),)),)), ""),
        (Condition(visible=css("button")), "1"),
        (Condition(visible=css(".late")), "1"),
        (Condition(visible=css(".never")), ""),
        (Condition(hidden=css("button")), ""),
        (Condition(hidden=css(".never")), "1"),
        (Condition((Comparison(text("a"), (text("a"),)),), visible=css(".never")), ""),
    ],
)
def test_a_step_is_played_where_its_condition_holds(
    look: Look, site: Site, scenario: Callable[..., model.Scenario],
    condition: Condition, clicked: str,
) -> None:  # fmt: skip
    page = site.page(
        "/",
        "<button onclick='out.textContent += 1'>Buy</button><output id=out></output>"
        "<script>onload = () => document.body.classList.add('late')</script>",
    )
    written = scenario(page, model.Save((("out", css("#out")),))).steps
    steps = (*written[:1], conditional(condition), *written[1:])
    capture = look(steps=steps, within=9)
    assert saved(capture) == clicked
    assert isinstance(capture, Capture)
    assert capture.steps[1].outcome == ("done" if clicked else "skipped")


def test_a_condition_of_several_steps_is_asked_once(
    look: Look, site: Site, scenario: Callable[..., model.Scenario]
) -> None:
    """What the first of them does must not keep the others from being played."""
    page = site.page("/", "<button class=more onclick='this.className = 1'>Buy</button>")
    condition = Condition(visible=css(".more"))
    first = scenario(page).steps
    capture = look(steps=(*first, conditional(condition), conditional(condition, 10)), within=9)
    assert isinstance(capture, Capture)
    assert [step.outcome for step in capture.steps] == ["done", "done", "done"]
