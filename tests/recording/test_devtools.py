"""Exports of Chrome DevTools' Recorder, step by step and whole."""

from __future__ import annotations

import json

import pytest

from validator.contract.readers import read_json
from validator.core.errors import InputError
from validator.recording.devtools import parse_devtools
from validator.recording.recorded_actions import Recording
from validator.recording.scenario_writer import render_scenario

SHOP = "https://shop.example"


def recording(*steps: object) -> Recording:
    return parse_devtools(read_json(json.dumps({"title": "A", "steps": list(steps)}), "r.json"))


def step(kind: str, *selectors: str | list[str], **more: object) -> dict[str, object]:
    ways = [way if isinstance(way, list) else [way] for way in selectors]
    return {"type": kind, "target": "main", "selectors": ways} | more


@pytest.mark.parametrize(
    ("told", "target"),
    [
        (step("click", 'aria/Pay[role="button"]', "#pay"), {"role": "button", "name": "Pay"}),
        (step("click", "aria/Pay", "main > button"), {"role": "button", "name": "Pay"}),
        (step("click", "aria/Help", 'xpath///*[@id="h"]/a'), {"role": "link", "name": "Help"}),
        (step("click", "aria/Standard", "#f > input"), {"label": "Standard"}),
        (step("click", "aria/Hoodie", "#f > div"), {"text": "Hoodie"}),
        (step("change", "aria/City", "#city", value="Salou"), {"label": "City"}),
        (step("click", "#pay", "text/Pay now"), {"text": "Pay now"}),
        (step("click", "xpath///b", "#pay"), {"css": "#pay"}),
        (step("click", ["aria/Pay", 'aria/[role="generic"]'], "div"), {"text": "Pay"}),
    ],
)
def test_the_way_that_people_read_is_taken(
    told: dict[str, object], target: dict[str, object]
) -> None:
    assert recording(told).actions[0].target == target


@pytest.mark.parametrize(
    ("told", "kind", "value"),
    [
        (step("change", "aria/City", "#city", value="Salou"), "fill", "Salou"),
        (step("change", "aria/Country", "form > select", value="ES"), "select", "ES"),
        ({"type": "keyDown", "key": "Enter", "target": "main"}, "press", "Enter"),
        ({"type": "navigate", "url": SHOP}, "goto", SHOP),
        (step("doubleClick", "aria/Pay"), "double_click", ""),
        (step("hover", "aria/Menu"), "hover", ""),
    ],
)
def test_each_kind_of_step_has_its_action(told: dict[str, object], kind: str, value: str) -> None:
    (action,) = recording(told).actions
    assert (action.kind, action.value) == (kind, value)


@pytest.mark.parametrize("kind", ["setViewport", "keyUp", "scroll", "waitForElement", "close"])
def test_what_a_scenario_has_no_use_for_is_left_out(kind: str) -> None:
    assert recording({"type": kind, "width": 1, "key": "a"}).actions == ()


def test_an_element_in_an_iframe_is_told_by_the_iframe_s_number() -> None:
    (action,) = recording(step("click", "aria/Pay", frame=[0, 1])).actions
    assert action.frames == ({"css": "iframe", "nth": 0}, {"css": "iframe", "nth": 1})


def moves(url: str) -> dict[str, object]:
    return {"assertedEvents": [{"type": "navigation", "url": url, "title": "x"}]}


def test_a_whole_export_makes_a_scenario() -> None:
    whole = recording(
        {"type": "setViewport", "width": 1280, "height": 720},
        {"type": "navigate", "url": f"{SHOP}/hoodie"} | moves(f"{SHOP}/hoodie"),
        step("click", "aria/Buy", "main > button", **moves("https://bank.example/pay?o=1")),
        step("click", "aria/Card number", "#number"),
        step("change", "aria/Card number", "#number", value="4111111111111111"),
        step("click", "aria/Pay", "form > button", **moves(f"{SHOP}/thanks/1042")),
    )
    assert render_scenario(whole, whole.title).text == (
        "# Recorded. Check by hand that no element is named by a price, a date or a number that\n"
        "# changes, and that the confirmation and what is expected hold for every run.\n"
        "name: A\n"
        "labels: [smoke]  # what the pipeline of cn-validator init runs\n"
        "base_url: https://shop.example\n"
        "secrets: [CARD_NUMBER]  # from the environment or .env\n"
        "steps:\n"
        "  - goto: /hoodie\n"
        "  - click: {role: button, name: Buy}\n"
        "  - payment:\n"
        "      at: https://bank.example/**\n"
        "      steps:\n"
        '        - fill: {label: Card number, value: "${secret.CARD_NUMBER}"}\n'
        "        - click: {role: button, name: Pay}\n"
        "      return: automatic\n"
        'confirmation: {url: "**/thanks/*"}\n'
    )


@pytest.mark.parametrize("data", [[], {}, {"steps": "none"}, 7])
def test_what_is_no_export_is_refused_with_what_to_do(data: object) -> None:
    with pytest.raises(InputError, match="not an export of Chrome DevTools' Recorder") as refused:
        parse_devtools(read_json(json.dumps(data), "r.json"))
    assert "Export the recording as JSON" in refused.value.findings[0].hint
