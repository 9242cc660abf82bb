"""What a locator that found nothing may have meant, read off an ARIA snapshot."""

from __future__ import annotations

import pytest
import yaml

from validator.scenario.candidates import (
    MAX_CANDIDATES,
    MAX_NAME_LENGTH,
    AriaElement,
    find_candidates,
    parse_aria_snapshot,
    quote_for_yaml,
)
from validator.scenario.model import actions
from validator.scenario.model.actions import Action
from validator.scenario.model.template import Locator, Template

SNAPSHOT = """
- banner:
  - heading "Your basket" [level=1]
  - link "Checkout help":
    - /url: /help
- text: "E-mail:"
- textbox "E-mail address": qa@example.test
- textbox "Full name"
- combobox "Country":
  - option "Spain" [selected]
- checkbox "I accept the terms" [checked]
- 'button "Pay: \\"now\\", it''s ${safe}"'
- button "Place order" [disabled]
- paragraph: Thank you for your order
- iframe
"""
TARGET = Locator("css", Template(("x",)))
CLICK = actions.Click(TARGET)
FILL = actions.Fill(TARGET, Template(("x",)))


@pytest.mark.parametrize(
    ("action", "role", "words", "best"),
    [
        (CLICK, "button", "Place your order", AriaElement("button", "Place order")),
        (CLICK, "button", "place oder", AriaElement("button", "Place order")),
        (CLICK, "button", "Help", AriaElement("link", "Checkout help")),
        (CLICK, "", "Order", AriaElement("button", "Place order")),
        (FILL, "", "Email", AriaElement("textbox", "E-mail address")),
        (FILL, "", "Name", AriaElement("textbox", "Full name")),
        (actions.Check(TARGET), "", "Terms", AriaElement("checkbox", "I accept the terms")),
        (actions.Select(TARGET, Template(("x",))), "", "", AriaElement("combobox", "Country")),
        (None, "heading", "Your cart", AriaElement("heading", "Your basket")),
    ],
)
def test_the_likeliest_comes_first(
    action: Action, role: str, words: str, best: AriaElement
) -> None:
    assert find_candidates(SNAPSHOT, action, role, words)[0] == best


def test_of_plain_text_is_told_only_where_text_was_looked_for() -> None:
    wanted = "Thank you for your oder"
    text = AriaElement("paragraph", "Thank you for your order")
    assert text not in find_candidates(SNAPSHOT, None, "", wanted)
    found = find_candidates(SNAPSHOT, None, "", wanted, by_text=True)
    assert found[0] == text
    assert text.yaml == '{text: "Thank you for your order"}'


def test_what_is_like_nothing_has_no_candidates() -> None:
    assert find_candidates('- paragraph: hello\n- img "logo"', CLICK, "button", "Pay") == []


def test_there_are_never_more_than_help_to_choose() -> None:
    page = "\n".join(f'- button "Pay {number}"' for number in range(100_000))
    assert len(find_candidates(page, CLICK, "button", "Pay")) == MAX_CANDIDATES


def test_the_same_element_twice_is_told_once() -> None:
    assert list(parse_aria_snapshot('- button "Pay"\n- button "Pay"')) == [
        AriaElement("button", "Pay")
    ]


def test_names_with_colons_and_quotes_are_read_as_the_page_has_them() -> None:
    assert AriaElement("button", 'Pay: "now", it\'s ${safe}') in parse_aria_snapshot(SNAPSHOT)


@pytest.mark.parametrize(
    "name", ['say "hi"', "a: b # c", "it's", "{x}", "tab\there", "\x1b[31mred"]
)
def test_a_name_is_yaml_that_reads_back_as_itself(name: str) -> None:
    assert yaml.safe_load(AriaElement("button", name).yaml) == {"role": "button", "name": name}


def test_a_name_of_the_page_is_never_a_variable() -> None:
    assert quote_for_yaml("${env.HOME}") == '"$${env.HOME}"'


def test_a_long_name_is_cut_because_a_locator_finds_its_beginning() -> None:
    assert len(yaml.safe_load(quote_for_yaml("x" * 5_000))) == MAX_NAME_LENGTH
