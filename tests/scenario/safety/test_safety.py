"""Orders are real: which step places one, where a scenario may go, what it may pay with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.walk import walk_steps
from validator.scenario.safety.allowed_hosts import find_allowed_hosts
from validator.scenario.safety.order_checks import count_scenario_orders, reject_unsafe

BANK = "https://bank.example/**"
HEAD = "name: A purchase\nbase_url: https://www.shop.example\n"
PAY = '      at: "{at}"\n      steps:\n        - click: "#pay"\n        - click: "#confirm"\n'
Load = Callable[[str], Scenario]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write a scenario into a file, and load it."""

    def load(text: str) -> Scenario:
        path = tmp_path / "s.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        (scenario,) = load_scenarios([path], environ={"CARD": "4000000000001000"}, run_id="run1")
        return scenario

    return load


def payment(at: str, more: str = "") -> str:
    return f'steps:\n  - click: "#order"\n  - payment:\n{PAY.format(at=at)}{more}'


def committing(scenario: Scenario) -> list[str]:
    return [step.title for step in walk_steps(scenario.steps) if step.places_order]


@pytest.mark.parametrize(
    ("steps", "marked"),
    [
        ('steps:\n  - click: "#a"\n  - click: "#b"\n  - expect: "#c"', ["click selector=#b"]),
        ('steps:\n  - click: "#a"\n    commit: true\n  - click: "#b"', ["click selector=#a"]),
        ("steps:\n  - frame: {css: iframe, steps: [{press: Enter}]}", ["press Enter"]),
        ("steps:\n  - goto: /", []),
        (payment(BANK), ["click selector=#confirm"]),
        (payment("https://bank.example/**", "      outcome: cancelled"), []),
        (
            payment("https://bank.example/**", "      outcome: declined"),
            ["click selector=#confirm"],
        ),
        (
            f'steps:\n  - click: "#order"\n  - payment: {{at: "{BANK}", '
            'steps: [{expect: "#app"}]}\n  - click: "#survey"',
            ["click selector=#order"],
        ),
        (
            payment(BANK, "      outcome: cancelled\n")
            + '  - click: "#transfer"\nexpect: {count: 1}',
            ["click selector=#transfer"],
        ),
        (payment(BANK, "      outcome: cancelled\n") + '  - click: "#help"', []),
        ("steps:\n  - goto: /\n  - evaluate: document.forms[0].submit()", ["evaluate"]),
        ('steps:\n  - check: "#pay"\n  - uncheck: "#news"', ["check selector=#pay"]),
        ('steps:\n  - click: "#a"\n  - double_click: "#b"', ["double_click selector=#b"]),
        (
            'steps:\n  - click: "#a"\n  - drag: {source: "#knob", target: "#end"}',
            ["drag selector=#knob to selector=#end"],
        ),
        ('steps:\n  - click: "#order"\n  - clear: "#note"', ["click selector=#order"]),
        ("steps:\n  - select: {css: '#pay', option: card}", ["select css=#pay"]),
        ('steps:\n  - click: "#order"\n  - evaluate: dataLayer', ["click selector=#order"]),
        (
            f'steps:\n  - click: "#order"\n  - payment: {{at: "{BANK}", '
            'steps: [{evaluate: pay()}, {expect: "#paid"}]}',
            ["evaluate"],
        ),
        (
            f'steps:\n  - goto: /\n  - payment: {{at: "{BANK}", steps: [{{expect: "#paid"}}]}}',
            [f"payment {BANK}"],
        ),
    ],
    ids=[
        "last press",
        "as marked",
        "in a frame",
        "none",
        "paying",
        "cancelled",
        "declined",
        "nothing to press at the bank",
        "cancelled, then paid otherwise",
        "cancelled for good",
        "a script, where nothing is pressed",
        "the first that can, where nothing is pressed",
        "a double click",
        "dragging",
        "clearing a field after the last press",
        "a list, where nothing is pressed",
        "a script after the last press",
        "a script at the bank",
        "the payment, where nothing can place the order",
    ],
)
def test_the_step_that_places_the_order_is_marked(
    load: Load, steps: str, marked: list[str]
) -> None:
    assert committing(load(steps)) == marked


def test_a_step_cannot_say_that_it_places_no_order(load: Load) -> None:
    with pytest.raises(InputError, match='"commit" must be true'):
        load('steps:\n  - click: "#a"\n    commit: false\n')


@pytest.mark.parametrize(
    "host", ["https://bank.example/", "bank.example/pay", "bank.example:8080", "a b"]
)
def test_what_can_be_no_host_is_refused_where_hosts_are_allowed(load: Load, host: str) -> None:
    with pytest.raises(InputError, match="is not a host: it would allow no page"):
        load(f'allow_hosts: ["{host}"]\n{payment(BANK)}')


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://www.shop.example/cart", True),
        ("https://shop.example/", True),
        ("https://checkout.shop.example/", True),
        ("https://bank.example/pay", True),
        ("https://3ds.bank.example/", True),
        ("https://notshop.example/", False),
        ("https://shop.example.evil.test/", False),
    ],
)
def test_a_scenario_may_go_to_the_hosts_it_names_and_their_subdomains(
    load: Load, url: str, is_allowed: bool
) -> None:
    hosts = find_allowed_hosts(load(payment(BANK)))
    assert hosts is not None
    assert hosts.allow(url) is is_allowed


def test_hosts_may_be_allowed_by_a_pattern(load: Load) -> None:
    hosts = find_allowed_hosts(load('allow_hosts: ["acs*.issuer.example"]\n' + payment("**/pay")))
    assert hosts is not None
    assert hosts.allow("https://acs2.issuer.example/challenge")
    assert hosts.allow("https://www.shop.example/")
    assert not hosts.allow("https://issuer.example/")


def test_a_payment_page_of_which_no_host_is_known_limits_nothing(load: Load) -> None:
    assert find_allowed_hosts(load(payment("**/pay"))) is None


def told(scenario: Scenario, *, force: bool = False, most: int | None = None) -> list[str]:
    try:
        reject_unsafe([scenario], max_orders=most, force_live=force)
    except InputError as error:
        return [finding.rule for finding in error.findings]
    return []


@pytest.mark.parametrize(
    "at",
    [
        "https://sis.redsys.es/sis/**",
        "https://www.paypal.com/checkoutnow**",
        "https://checkout.stripe.com/c/pay/cs_live_a1**",
        "https://live.adyen.com/hpp/**",
        "https://checkoutshopper-live.adyen.com/**",
    ],
)
def test_a_payment_page_that_takes_real_money_is_refused(load: Load, at: str) -> None:
    scenario = load(payment(at))
    assert told(scenario) == ["live-payment-page"]
    assert told(scenario, force=True) == []


@pytest.mark.parametrize(
    "at",
    [
        "https://sis-t.redsys.es:25443/sis/**",
        "https://www.sandbox.paypal.com/checkoutnow**",
        "https://checkout.stripe.com/c/pay/cs_test_a1**",
        "https://checkoutshopper-test.adyen.com/**",
        "http://localhost:8801/**",
    ],
)
def test_a_test_payment_page_is_not_refused(load: Load, at: str) -> None:
    assert told(load(payment(at))) == []


def fills(number: str) -> str:
    return f'secrets: [CARD]\nsteps:\n  - fill: {{label: Card number, value: "{number}"}}\n'


@pytest.mark.parametrize("number", ["4000 0000 0000 1000", "4000000000001000", "${secret.CARD}"])
def test_a_card_number_that_nobody_publishes_for_tests_is_refused(load: Load, number: str) -> None:
    scenario = load(fills(number))
    assert told(scenario) == ["card-may-be-real"]
    assert told(scenario, force=True) == []


def test_the_refusal_does_not_show_the_number(load: Load) -> None:
    with pytest.raises(InputError) as refused:
        reject_unsafe([load(fills("4000000000001000"))], max_orders=None, force_live=False)
    (finding,) = refused.value.findings
    assert "1000" not in finding.message + finding.hint
    assert finding.location is not None
    assert finding.location.line == 5


@pytest.mark.parametrize(
    "number",
    ["4242 4242 4242 4242", "4000000000000001", "1234567890123452", "2026-11-26", "600000000"],
    ids=["published", "wrong check digit", "no issuer", "date", "phone"],
)
def test_what_is_no_real_card_is_not_refused(load: Load, number: str) -> None:
    assert told(load(fills(number))) == []


def test_more_orders_than_wanted_are_refused(load: Load) -> None:
    scenario = load(payment(BANK))
    assert told(scenario, most=1) == []
    assert told(scenario, most=0) == ["too-many-orders"]


def test_a_scenario_may_limit_its_own_orders(load: Load) -> None:
    assert told(load("max_orders: 0\n" + payment(BANK))) == ["too-many-orders"]


def from_the_commit_on(scenario: Scenario) -> list[str]:
    return [step.title for step in walk_steps(scenario.steps) if step.commits]


def clicks(*names: str) -> str:
    return "steps:\n" + "".join(f"  - click: {{role: button, name: {name}}}\n" for name in names)


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        (payment(BANK), "click selector=#order"),
        (payment(BANK, "      outcome: cancelled"), "click selector=#order"),
        (
            f'steps:\n  - click: "#a"\n  - click: "#order"\n    commit: true\n'
            f'  - click: "#b"\n  - payment: {{at: "{BANK}", steps: [{{click: "#pay"}}]}}',
            "click selector=#order",
        ),
        (
            clicks("Place order", "To the bank")
            + f'  - payment: {{at: "{BANK}", steps: [{{click: "#pay"}}]}}',
            "click role=button name='Place order'",
        ),
        (clicks("Add", "Realizar pedido", "Cerrar"), "click role=button name='Realizar pedido'"),
        (clicks("Add", "Passer la commande", "X"), "click role=button name='Passer la commande'"),
        (clicks("Add", "Jetzt kaufen", "X"), "click role=button name='Jetzt kaufen'"),
        ('steps:\n  - click: "#place-order"\n  - click: "#close"', "click selector=#place-order"),
        ('steps:\n  - click: "#a"\n  - click: "#b"', "click selector=#b"),
        (
            f'steps:\n  - frame: {{css: iframe, steps: [{{click: "#order"}}]}}\n'
            f'  - payment: {{at: "{BANK}", steps: [{{click: "#pay"}}]}}',
            "click selector=#order",
        ),
    ],
)
def test_the_commit_is_the_first_press_that_can_create_an_order(
    load: Load, steps: str, first: str
) -> None:
    assert from_the_commit_on(load(steps))[0] == first


def test_every_press_after_the_commit_is_after_it_though_steps_may_be_skipped(load: Load) -> None:
    found = from_the_commit_on(load(clicks("Add", "Place order", "Confirm", "Close")))
    assert [title.split("'")[1] for title in found] == ["Place order", "Confirm", "Close"]


def test_an_order_that_is_paid_later_is_counted_once(load: Load) -> None:
    assert count_scenario_orders(load(payment(BANK))) == 1
    assert count_scenario_orders(load(payment(BANK, "      outcome: cancelled"))) == 1
