"""Each mistake is said once, in one exact sentence, at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lint.conftest import Said

HEAD = "name: A checkout\nbase_url: ${env.SHOP_URL}\n"
TAIL = 'confirmation: {url: "**/thanks/*"}\n'
LAST = '  - click: {role: button, name: Pay}\nconfirmation: {url: "**/thanks/*"}\n'


def steps(*lines: str) -> str:
    """Steps from line 4 of the file on, in an otherwise sound scenario."""
    return f"{HEAD}steps:\n" + "".join(f"  - {line}\n" for line in lines) + TAIL


PLANTED = {
    "a confirmation that the checkout matches": (
        f"{HEAD}steps:\n  - goto: /index.php?route=checkout\n"
        "  - click: {role: button, name: Pay}\n"
        'confirmation: {url: "**/index.php**"}\n',
        '6:21: confirmation-too-wide: "**/index.php**" also matches /index.php?route=checkout, a '
        "page before the order",
    ),
    "a misspelt step": (
        steps("clik: {role: button, name: Pay}"),
        '4:5: scenario-unknown-step: unknown step "clik": did you mean "click"?',
    ),
    "a misspelt key": (
        HEAD + "lables: [smoke]\nsteps:\n" + LAST,
        '3:1: scenario-unknown-key: unknown key "lables": did you mean "labels"?',
    ),
    "a key twice": (
        HEAD + "base_url: https://shop.example\nsteps:\n" + LAST,
        '3:1: duplicate-key: duplicate key "base_url": it is already on line 2',
    ),
    "no name": (
        "base_url: https://shop.example\nsteps:\n" + LAST,
        '1:1: scenario-missing-key: "name" is missing',
    ),
    "two actions in one step": (
        f"{HEAD}steps:\n  - click: '#a'\n    hover: '#b'\n{TAIL}",
        '5:5: scenario-two-keys: two actions in one step: "click" and "hover"',
    ),
    "a role that does not exist": (
        steps("click: {role: buton, name: Pay}"),
        '4:19: unknown-role: there is no role "buton": did you mean "button"?',
    ),
    "a duration without a unit": (
        f"{HEAD}timeout: 15\nsteps:\n{LAST}",
        '3:10: scenario-wrong-type: "timeout" must be a duration, such as 500ms, 5s or 1m, not 15',
    ),
    "a price without quotes": (
        steps("fill: {label: Price, value: 12.50}"),
        '4:33: yaml-trap: YAML reads 12.50 as a number, not as text: quote it: "12.50"',
    ),
    "a postcode without quotes": (
        steps("fill: {label: Postcode, value: 08001}"),
        '4:36: yaml-trap: 08001 is not text to every YAML reader: quote it: "08001"',
    ),
    "a fault that is none": (
        f"{HEAD}faults: [3]\nsteps:\n{LAST}",
        '3:10: scenario-wrong-type: "faults" item 1 must be a fault, not 3',
    ),
    "a tab": (
        f"{HEAD}steps:\n\t- click: '#a'\n",
        "4:1: yaml-syntax: a tab indents this line",
    ),
    "an unknown variable": (
        steps("goto: /products/${prodcut}"),
        "4:11: unknown-variable: unknown variable ${prodcut}",
    ),
    "an undeclared secret": (
        steps('fill: {label: Card number, value: "${secret.CARD}"}'),
        '4:39: secret-undeclared: the secret "CARD" is not declared',
    ),
    "a fragment that is not there": (
        steps("include: fragments/card.yaml"),
        '4:14: bad-include: there is no file "fragments/card.yaml"',
    ),
    "a field the tag does not have": (
        steps("click: {text: Pay}") + "expect: {cn_purchase: {total: 12}}\n",
        '6:24: unknown-field: cn_purchase has no field "total": did you mean "total_price"?',
    ),
    "a password": (
        steps("fill: {label: Password, value: hunter2}"),
        "4:36: secret-in-clear: a password is written in clear",
    ),
    "a card number": (
        steps("fill: {label: Number, value: 4539 1488 0343 6467}"),
        "4:34: secret-in-clear: a card number is written in clear",
    ),
    "a bearer token": (
        f'{HEAD}vars: {{auth: "Bearer 0123456789abcdef"}}\nsteps:\n'
        f'  - fill: {{label: Token, value: "${{auth}}"}}\n{TAIL}',
        "3:14: secret-in-clear: a bearer token is written in clear",
    ),
    "no proof of arrival": (
        f"{HEAD}steps:\n  - click: {{text: Pay}}\n",
        "3:1: confirmation-missing: no confirmation: nothing says how the order confirmation is "
        "recognised",
    ),
    "a wait": (
        steps("wait_for: {role: heading, name: Your basket}"),
        "4:5: wait-is-expectation: this waits instead of expecting",
    ),
    "a selector that counts": (
        steps('click: {css: "ul li:nth-child(2) a"}'),
        "4:18: fragile-selector: this selector counts elements (:nth-)",
    ),
    "a selector that walks": (
        steps('click: "form > div > p > a"'),
        "4:12: fragile-selector: this selector is a chain of 4 elements",
    ),
    "a selector of a build": (
        steps("click: .css-1x2y3z"),
        "4:12: fragile-selector: this selector names a generated class (.css-1x2y3z)",
    ),
    "an XPath": (
        steps('click: "//form/a"'),
        "4:12: fragile-selector: this selector is XPath, a path through the page's structure",
    ),
    "an unused variable": (
        f"{HEAD}vars: {{email: qa@example.test}}\nsteps:\n{LAST}",
        '3:8: unused-variable: "email" is never used',
    ),
    "a matrix of what nothing asks for": (
        f"{HEAD}matrix: {{market: [es, fr]}}\nsteps:\n{LAST}",
        '3:10: unused-variable: "market" is never used: all of its values run the same scenario',
    ),
    "a misspelt setting of the matrix": (
        HEAD + "matrix: {devcie: [a]}\nsteps: [{click: '#${matrix.devcie}'}]\n" + TAIL,
        '3:10: matrix-misspelt: "devcie" is not a setting: did you mean "device"?',
    ),
    "an unused secret": (
        f"{HEAD}secrets: [CARD]\nsteps:\n{LAST}",
        '3:11: unused-secret: the secret "CARD" is never used',
    ),
    "a label twice": (
        f"{HEAD}labels: [smoke, smoke]\nsteps:\n{LAST}",
        '3:17: duplicate-value: "smoke" is listed twice',
    ),
}


@pytest.mark.parametrize(("text", "sentence"), PLANTED.values(), ids=PLANTED)
def test_a_mistake_is_said_once_and_nothing_else(said: Said, text: str, sentence: str) -> None:
    assert said({"a.yaml": text}) == [f"a.yaml:{sentence}"]


def test_a_sound_scenario_is_not_complained_of(said: Said) -> None:
    assert said({"a.yaml": f"{HEAD}steps:\n{LAST}"}) == []
