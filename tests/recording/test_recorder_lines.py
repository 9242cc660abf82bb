"""Each line of Playwright's recorder, and the action it is in a scenario."""

from __future__ import annotations

import json

import pytest

from validator.recording.playwright_codegen import parse_action
from validator.recording.recorded_actions import RecordedAction

PAGE = "https://shop.example/basket"


def line(name: str, *locators: tuple[str, object, dict[str, object]], **more: object) -> str:
    """A line as the recorder writes it; several locators are a chain."""
    chain: dict[str, object] | None = None
    for kind, body, options in reversed(locators):
        chain = {"kind": kind, "body": body, "options": options} | (
            {"next": chain} if chain else {}
        )
    return json.dumps({"name": name, "pageGuid": "page@1", "signals": [], "locator": chain, **more})


PAY = ("role", "button", {"name": "Pay", "exact": False, "attrs": []})


@pytest.mark.parametrize(
    ("told", "target"),
    [
        (PAY, {"role": "button", "name": "Pay"}),
        (
            ("role", "link", {"name": "A", "exact": True}),
            {"role": "link", "name": "A", "exact": True},
        ),
        (("role", "main", {}), {"role": "main"}),
        (("role", "link", {"name": "Mug", "description": "The mug"}), {"title": "The mug"}),
        (("label", "City", {}), {"label": "City"}),
        (("placeholder", "Search", {}), {"placeholder": "Search"}),
        (("text", "Thanks", {"exact": True}), {"text": "Thanks", "exact": True}),
        (("alt", "Hoodie", {}), {"alt": "Hoodie"}),
        (("title", "Close", {}), {"title": "Close"}),
        (("test-id", "total", {}), {"test_id": "total"}),
        (("default", "#buy", {}), {"css": "#buy"}),
    ],
)
def test_a_locator_is_said_in_the_words_of_the_language(
    told: tuple[str, object, dict[str, object]], target: dict[str, object]
) -> None:
    action = parse_action(line("click", told), PAGE)
    assert action is not None
    assert action.target == target


@pytest.mark.parametrize(
    ("which", "nth"), [(("first", "", {}), 0), (("last", "", {}), -1), (("nth", "2", {}), 2)]
)
def test_of_several_elements_the_one_that_was_meant_is_told(
    which: tuple[str, object, dict[str, object]], nth: int
) -> None:
    action = parse_action(line("click", PAY, which), PAGE)
    assert action is not None
    assert action.target == {"role": "button", "name": "Pay", "nth": nth}


@pytest.mark.parametrize(
    "chain",
    [
        [("frame-locator", "#card", {}), ("label", "Number", {})],
        [("default", "#card", {}), ("frame", "", {}), ("label", "Number", {})],
    ],
    ids=["frame locator", "content frame"],
)
def test_an_element_in_an_iframe_is_told_with_its_iframe(
    chain: list[tuple[str, object, dict[str, object]]],
) -> None:
    action = parse_action(line("fill", *chain, text="4242"), PAGE)
    assert action is not None
    assert (action.frames, action.target) == (({"css": "#card"},), {"label": "Number"})


def test_of_a_chain_the_element_is_told_with_what_is_around_it() -> None:
    action = parse_action(line("click", ("role", "row", {"name": "Hoodie"}), PAY), PAGE)
    assert action is not None
    assert action.target == {
        "role": "button",
        "name": "Pay",
        "within": {"role": "row", "name": "Hoodie"},
    }


def test_a_row_that_has_a_text_is_found_by_the_text() -> None:
    action = parse_action(
        line("click", ("role", "listitem", {}), ("has-text", "Hoodie", {}), PAY), PAGE
    )
    assert action is not None
    assert action.target["within"] == {"css": 'li:has-text("Hoodie")'}


def test_a_click_on_a_radio_button_checks_it() -> None:
    action = parse_action(line("click", ("role", "radio", {"name": "Standard"})), PAGE)
    assert action is not None
    assert action.kind == "check"


def test_without_a_locator_the_selector_is_kept() -> None:
    action = parse_action(json.dumps({"name": "click", "selector": "#a >> b"}), PAGE)
    assert action is not None
    assert action.target == {"css": "#a >> b"}


@pytest.mark.parametrize(
    ("told", "kind", "value"),
    [
        (line("fill", PAY, text="Alba"), "fill", "Alba"),
        (line("select", PAY, options=["Spain"]), "select", "Spain"),
        (line("press", PAY, key="Enter", modifiers=0), "press", "Enter"),
        (line("press", PAY, key="a", modifiers=2), "press", "Control+a"),
        (line("setInputFiles", PAY, files=["a.png"]), "upload", "a.png"),
        (line("check", PAY), "check", ""),
    ],
)
def test_what_was_typed_or_chosen_is_kept(told: str, kind: str, value: str) -> None:
    action = parse_action(told, PAGE)
    assert action is not None
    assert (action.kind, action.value, action.url) == (kind, value, PAGE)


def test_an_address_that_was_gone_to_is_the_page() -> None:
    told = json.dumps({"name": "navigate", "url": PAGE, "pageGuid": "page@1"})
    assert parse_action(told, "about:blank") == RecordedAction(
        "goto", value=PAGE, url=PAGE, window="page@1"
    )


@pytest.mark.parametrize("name", ["openPage", "closePage", "assertText"])
def test_what_no_scenario_repeats_is_left_out(name: str) -> None:
    assert parse_action(json.dumps({"name": name}), PAGE) is None


def test_a_click_that_is_made_twice_is_a_double_click() -> None:
    action = parse_action(line("click", PAY, clickCount=2), PAGE)
    assert action is not None
    assert action.kind == "double_click"
