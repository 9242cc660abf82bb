"""The small decisions: what is left out, what is a secret, how a page is known again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.contract.readers import read_yaml
from validator.core.urls import find_site
from validator.recording.recorded_actions import ActionKind, RecordedAction
from validator.recording.tidy import drop_redundant_actions, is_consent_click
from validator.recording.values import TypedValues, secret_name
from validator.scenario.syntax.yaml_text import escape_variables, format_flow, format_scalar

CITY = {"label": "City"}


def did(kind: ActionKind, value: str = "", target: dict[str, str] | None = None) -> RecordedAction:
    return RecordedAction(kind, CITY if target is None else target, value)


@pytest.mark.parametrize(
    ("done", "left"),
    [
        ([did("click"), did("fill", "S")], ["fill"]),
        ([did("fill", "S"), did("fill", "Salou")], ["fill"]),
        ([did("press", "Control+a"), did("press", "Tab"), did("fill", "S")], ["fill"]),
        ([did("press", "S"), did("select", "Spain"), did("press", "ArrowDown")], ["select"]),
        ([did("click"), did("check")], ["check"]),
        ([did("fill", "S"), did("press", "Enter")], ["fill", "press"]),
        ([did("click"), did("click")], ["click", "click"]),
        ([did("click", target={"label": "Street"}), did("fill", "S")], ["click", "fill"]),
    ],
)
def test_what_the_next_action_says_better_is_left_out(
    done: list[RecordedAction], left: list[str]
) -> None:
    assert [action.kind for action in drop_redundant_actions(done)] == left


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Pay €39.80", "Pay"),
        ("Pay 39,80 €", "Pay"),
        ("Pay USD 1,239.80 now", "Pay"),
        ("1.239,80 EUR bezahlen", "bezahlen"),
        ("Place order — 2 items", "Place order"),
        ("Basket (3)", "Basket"),
        ("Zapłać 39,80 zł", "Zapłać"),
        ("Checkout · 2 products", "Checkout"),
        ("Gaming Keyboard Pro v.1.5", "Gaming Keyboard Pro v.1.5"),
        ("Step 2", "Step 2"),
        ("€39.80", "€39.80"),
    ],
)
def test_an_amount_in_the_name_of_a_button_is_left_out(name: str, kept: str) -> None:
    (action,) = drop_redundant_actions([did("click", target={"role": "button", "name": name})])
    assert action.target == {"role": "button", "name": kept}


def test_an_amount_in_the_name_of_the_row_around_a_button_is_left_out() -> None:
    row = {"role": "row", "name": "Mug 39,80 € Add"}
    done = RecordedAction("click", {"role": "button", "name": "Add", "within": row})
    (action,) = drop_redundant_actions([done])
    assert action.target["within"] == {"role": "row", "name": "Mug"}


@pytest.mark.parametrize(
    ("words", "consents"),
    [
        ("Accept cookies", True),
        ("Aceptar todas", True),
        ("Accept all", True),
        ("Accept the terms", False),
        ("Add to basket", False),
    ],
)
def test_a_cookie_banner_is_not_always_there(words: str, consents: bool) -> None:
    assert is_consent_click(did("click", target={"role": "button", "name": words})) is consents


@pytest.mark.parametrize(
    ("field", "typed", "secret"),
    [
        ("Card number", "4111 1111 1111 1111", "CARD_NUMBER"),
        ("Número de tarjeta", "1234", "CARD_NUMBER"),
        ("Anything", "4539148803436467", "CARD_NUMBER"),
        ("CVC", "123", "CARD_CVC"),
        ("Código de seguridad", "123", "CARD_CVC"),
        ("Password", "hunter2", "PASSWORD"),
        ("Contraseña", "hunter2", "PASSWORD"),
        ("Phone", "600 123 123", ""),
        ("Expiry date", "12/30", ""),
        ("Passenger", "Alba", ""),
    ],
)
def test_cards_and_passwords_are_secrets(field: str, typed: str, secret: str) -> None:
    assert secret_name(did("fill", typed, {"label": field})) == secret


def test_typed_values_are_variables_named_for_their_fields() -> None:
    values = TypedValues()
    for label, typed in (("E-mail", "a@example.test"), ("Código postal *", "43840"), ("7", "x")):
        values.reference(did("fill", typed, {"label": label}))
    assert values.variables == {"email": "a@example.test", "codigo_postal": "43840", "value_7": "x"}


def test_two_fields_of_one_name_have_a_variable_each() -> None:
    values = TypedValues()
    assert values.reference(did("fill", "A")) == "${city}"
    assert values.reference(did("fill", "B")) == "${city_2}"
    assert values.reference(did("fill", "A")) == "${city}"


def test_what_was_emptied_stays_empty() -> None:
    assert TypedValues().reference(did("fill", "")) == ""


@pytest.mark.parametrize(
    ("url", "other", "is_one"),
    [
        ("https://www.shop.example", "https://checkout.shop.example/pay", True),
        ("https://shop.co.uk", "https://bank.co.uk", False),
        ("https://shop.example", "https://bank.example", False),
        ("http://127.0.0.1:8800", "http://127.0.0.1:8801", False),
        ("http://127.0.0.1:8800/a", "http://127.0.0.1:8800/b", True),
    ],
)
def test_a_payment_page_is_on_another_site(url: str, other: str, is_one: bool) -> None:
    assert (find_site(url) == find_site(other)) is is_one


@given(st.text(max_size=40))
def test_any_text_reads_back_as_itself(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    document = read_yaml(
        f"a: {format_scalar(text)}\nb: {format_flow({'name': text, 'nth': 0})}\n", "t.yaml"
    )
    # A whole number may stand without quotes: the language takes it as text.
    assert isinstance(document.data, dict)
    assert document.data["a"] == text
    inner = document.data["b"]
    assert isinstance(inner, dict)
    assert str(inner["name"]) == text


@pytest.mark.parametrize("text", ["no", "Off", "12/30", "43840", "a: b", "#x", "*x", "", " x "])
def test_what_yaml_would_misread_is_quoted(text: str) -> None:
    assert format_scalar(text).startswith('"')


@pytest.mark.parametrize("text", ["Add to basket", "/products/hoodie", "http://localhost:8801/**"])
def test_what_people_read_is_not_quoted(text: str) -> None:
    assert format_scalar(text) == text


def test_a_page_cannot_name_a_variable() -> None:
    assert escape_variables("${env.HOME}") == "$${env.HOME}"
