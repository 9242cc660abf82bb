"""Whole recordings, and the scenarios they make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from validator.contract.readers import read_yaml
from validator.recording.recorded_actions import ActionKind, RecordedAction, Recording
from validator.recording.scenario_writer import render_scenario
from validator.scenario.syntax.schema_check import scenario_findings

SHOP, BANK = "https://shop.example", "https://bank.example"
THANKS = f"{SHOP}/order-confirmation/NQ-1"


def button(name: str, url: str, **more: object) -> RecordedAction:
    return RecordedAction("click", {"role": "button", "name": name}, url=url, window="a", **more)  # type: ignore[arg-type]  # frames


def field(name: str, value: str, url: str, kind: ActionKind = "fill") -> RecordedAction:
    return RecordedAction(kind, {"label": name}, value, url, "a")


def goto(url: str) -> RecordedAction:
    return RecordedAction("goto", value=url, url=url, window="a")


CHECKOUT = (
    goto(f"{SHOP}/products/hoodie?size=m"),
    button("Accept cookies", f"{SHOP}/products/hoodie"),
    button("Add to basket", f"{SHOP}/products/hoodie"),
    field("E-mail", "qa@example.test", f"{SHOP}/address"),
    field("Password", "hunter2", f"{SHOP}/address"),
    field("Country", "Spain", f"{SHOP}/address", "select"),
    button("Place order", f"{SHOP}/review"),
    field("Card number", "4111 1111 1111 1111", f"{BANK}/pay"),
    field("CVC", "123", f"{BANK}/pay"),
    button("Pay", f"{BANK}/pay"),
)
WRITTEN = """\
# Recorded. Check by hand that no element is named by a price, a date or a number that
# changes, and that the confirmation and what is expected hold for every run.
name: Checkout
labels: [smoke]  # what the pipeline of cn-validator init runs
base_url: https://shop.example
secrets: [PASSWORD, CARD_NUMBER, CARD_CVC]  # from the environment or .env
vars:
  email: qa@example.test
steps:
  - goto: "/products/hoodie?size=m"
  - click: {role: button, name: Accept cookies}
    optional: true
  - click: {role: button, name: Add to basket}
  - fill: {label: E-mail, value: "${email}"}
  - fill: {label: Password, value: "${secret.PASSWORD}"}
  - select: {label: Country, option: Spain}
  - click: {role: button, name: Place order}
  - payment:
      at: https://bank.example/**
      steps:
        - fill: {label: Card number, value: "${secret.CARD_NUMBER}"}
        - fill: {label: CVC, value: "${secret.CARD_CVC}"}
        - click: {role: button, name: Pay}
      return: automatic
confirmation: {url: "**/order-confirmation/*"}
"""


def written(*actions: RecordedAction, ended_at: str = THANKS) -> str:
    text = render_scenario(Recording(actions, ended_at), "Checkout").text
    assert scenario_findings(read_yaml(text, "recorded.yaml")) == [], text
    return text


def test_a_checkout_reads_as_a_person_would_write_it() -> None:
    assert written(*CHECKOUT) == WRITTEN


def test_what_was_secret_is_handed_over_and_written_nowhere() -> None:
    made = render_scenario(Recording(CHECKOUT, THANKS), "Checkout")
    assert made.secrets == {
        "PASSWORD": "hunter2",
        "CARD_NUMBER": "4111 1111 1111 1111",
        "CARD_CVC": "123",
    }
    assert "4111" not in made.text
    assert "hunter2" not in made.text + repr(made)


def test_a_way_back_that_wants_a_click_is_told_apart_from_paying() -> None:
    back = button("Return to shop", f"{BANK}/done")
    assert "      return: {click: {role: button, name: Return to shop}}\n" in written(
        *CHECKOUT, back
    )


def test_where_the_payment_page_brings_the_customer_to_is_no_goto() -> None:
    assert written(*CHECKOUT, goto(f"{BANK}/done"), goto(THANKS)) == WRITTEN


def test_elements_of_an_iframe_are_in_a_frame_step() -> None:
    frame = ({"css": "#card"},)
    inside = (
        replace(field("Number", "1", SHOP), frames=frame),
        button("Pay", SHOP, frames=frame),
    )
    text = written(goto(SHOP), *inside, button("Done", SHOP))
    assert text.partition("  - frame:\n")[2].partition("confirmation")[0] == (
        '      css: "#card"\n'
        "      steps:\n"
        '        - fill: {label: Number, value: "${number}"}\n'
        "        - click: {role: button, name: Pay}\n"
        "  - click: {role: button, name: Done}\n"
    )


def test_what_is_done_in_another_window_is_in_a_popup_step() -> None:
    pay = replace(button("Approve", "https://wallet.example/x"), window="b")
    text = written(goto(SHOP), button("Wallet", SHOP), pay, button("Done", SHOP))
    assert text.partition("  - goto: /\n")[2].partition("confirmation")[0] == (
        "  - popup:\n"
        "      opens: {click: {role: button, name: Wallet}}\n"
        "      steps:\n"
        "        - click: {role: button, name: Approve}\n"
        "  - click: {role: button, name: Done}\n"
    )


def test_a_recording_that_ends_elsewhere_says_what_is_missing() -> None:
    text = written(*CHECKOUT, ended_at=f"{BANK}/pay")
    assert "\nconfirmation:" not in text
    assert "# The recording did not end in the shop" in text


@pytest.mark.parametrize(
    "name",
    ['Pay "now"', "a: b", "${env.HOME}", "x" * 300, "line\nbreak: 1", "\u202eevil", "}, evil: {"],
)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    text = written(goto(SHOP), button(name, SHOP), field(name, name, SHOP))
    data = read_yaml(text, "t.yaml").data
    assert isinstance(data, dict)
    assert isinstance(data["steps"], list)
    assert data["steps"][1] == {"click": {"role": "button", "name": name.replace("${", "$${")}}


@pytest.mark.parametrize("actions", [(), (goto(SHOP),), (button("Pay", SHOP),)])
def test_where_nothing_was_done_there_is_no_scenario(actions: tuple[RecordedAction, ...]) -> None:
    with pytest.raises(ValueError, match="nothing was done"):
        render_scenario(Recording(actions, THANKS), "Checkout")
