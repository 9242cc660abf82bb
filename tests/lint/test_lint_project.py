"""What is said of several files together, and of what is not a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.errors import InputError
from validator.lint.linter import lint
from validator.scenario.files import bundled_scenarios

if TYPE_CHECKING:
    from tests.lint.conftest import Lint, Said

SCENARIO = """name: {name}
base_url: https://shop.example
steps:
  - goto: /
  - include: fragments/pay.yaml
confirmation: {{url: "**/thanks/*"}}
"""
PAY = "steps:\n  - click: {role: button, name: Pay}\n"
SOUND = {"a.yaml": SCENARIO.format(name="A"), "fragments/pay.yaml": PAY}


def test_a_fragment_that_a_scenario_includes_is_used(said: Said) -> None:
    assert said(SOUND) == []


def test_a_fragment_that_nobody_includes_is_told(said: Said) -> None:
    assert said({**SOUND, "fragments/old.yaml": PAY}) == [
        "fragments/old.yaml:1:1: unused-fragment: No scenario includes this fragment"
    ]


def test_a_fragment_of_a_fragment_is_used(said: Said) -> None:
    outer = "steps:\n  - include: card.yaml\n"
    assert said({**SOUND, "fragments/pay.yaml": outer, "fragments/card.yaml": PAY}) == []


def test_of_a_fragment_alone_nobody_knows_whether_it_is_used(said: Said) -> None:
    assert said({"fragments/old.yaml": PAY}, "fragments/old.yaml") == []


def test_a_fragment_that_a_scenario_elsewhere_in_the_repository_includes_is_used(
    said: Said, project: Path
) -> None:
    (project / ".git").mkdir()
    files = {"shops/a.yaml": SCENARIO.format(name="A").replace("fragments", "../parts/fragments")}
    assert said({**files, "parts/fragments/pay.yaml": PAY}, "parts") == []


def test_a_variable_that_only_a_fragment_uses_is_used(said: Said) -> None:
    scenario = SCENARIO.format(name="A") + "vars: {email: qa@example.test}\n"
    fragment = 'steps:\n  - fill: {label: E-mail, value: "${email}"}\n'
    assert said({"a.yaml": scenario, "fragments/pay.yaml": fragment}) == []


def test_two_scenarios_of_one_name_are_told(said: Said) -> None:
    assert said({**SOUND, "b.yaml": SOUND["a.yaml"]}) == [
        'b.yaml:1:7: duplicate-name: a.yaml already has the name "A"'
    ]


def test_a_mistake_in_a_fragment_is_told_once_however_many_include_it(said: Said) -> None:
    files = {**SOUND, "b.yaml": SCENARIO.format(name="B")}
    broken = "steps:\n  - clik: '#pay'\n"
    assert said({**files, "fragments/pay.yaml": broken}) == [
        'fragments/pay.yaml:2:5: scenario-unknown-step: unknown step "clik": did you mean "click"?'
    ]


def test_the_configuration_is_linted_as_one(said: Said) -> None:
    config = "rules: {total-price-mismach: off}\n"
    (finding,) = said({"cn-validator.yaml": config})
    assert finding.startswith("cn-validator.yaml:1:9: rule-unknown: ")


def test_what_is_not_set_on_this_machine_is_no_mistake(said: Said) -> None:
    scenario = SCENARIO.format(name="A").replace("https://shop.example", "${env.SHOP_URL}")
    secret = scenario + "secrets: [CARD]\n"
    pay = 'steps:\n  - fill: {label: Card, value: "${secret.CARD}"}\n'
    assert said({"a.yaml": secret, "fragments/pay.yaml": pay}) == []


def test_a_wait_that_only_a_wait_can_say_may_stand(said: Said) -> None:
    waits = "\n  - wait_for: {css: .spinner, state: hidden}\n  - goto: /"
    assert said({**SOUND, "a.yaml": SOUND["a.yaml"].replace("\n  - goto: /", waits)}) == []


def test_without_an_order_there_is_no_confirmation_to_miss(said: Said) -> None:
    only_a_page = "name: A\nbase_url: https://shop.example\nsteps:\n  - goto: /\n"
    assert said({"a.yaml": only_a_page}) == []
    none = only_a_page + "  - click: {text: Cancel}\nexpect: {cn_purchase: none}\n"
    assert said({"a.yaml": none}) == []


@pytest.mark.parametrize("value", ["4242 4242 4242 4242", "${secret.PASSWORD}", "''"])
def test_what_gives_nothing_away_may_stand(said: Said, value: str) -> None:
    scenario = (
        "name: A\nbase_url: https://shop.example\nsecrets: [PASSWORD]\nsteps:\n"
        f'  - fill: {{label: "Password", value: {value!r}}}\n'
        if "secret" in value
        else "name: A\nbase_url: https://shop.example\nsteps:\n"
        f"  - fill: {{label: Number, value: {value}}}\n"
    )
    assert said({"a.yaml": scenario + 'confirmation: {url: "**"}\n'}) == []


def test_a_comment_on_the_line_answers_an_advice(said: Said) -> None:
    text = SOUND["a.yaml"].replace("goto: /", "click: '//a'  # lint-ignore: fragile-selector")
    assert said({**SOUND, "a.yaml": text}) == []


def test_a_comment_answers_only_what_it_names(said: Said) -> None:
    text = SOUND["a.yaml"].replace("goto: /", "click: '//a'  # lint-ignore: unused-secret")
    assert len(said({**SOUND, "a.yaml": text})) == 1


def test_a_comment_does_not_answer_an_error_of_the_language(said: Said) -> None:
    text = SOUND["a.yaml"].replace("goto: /", "clik: '#a'  # lint-ignore")
    assert len(said({**SOUND, "a.yaml": text})) == 1


def test_what_is_hidden_is_not_shown_by_the_line_it_stands_in(linted: Lint) -> None:
    text = SOUND["a.yaml"].replace("goto: /", "fill: {label: Password, value: hunter2}")
    (said,) = linted({**SOUND, "a.yaml": text}).findings
    assert "hunter2" not in repr(said)


def test_a_path_that_leads_to_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        lint([tmp_path / "nowhere.yaml"], {})


def test_the_bundled_scenarios_are_as_we_advise() -> None:
    assert lint([bundled_scenarios()], {}).findings == ()


def test_what_the_configuration_says_holds_for_scenarios(said: Said) -> None:
    config = "defaults: {base_url: https://shop.example, vars: {path: /hoodie}}\n"
    scenario = "name: A\nsteps:\n  - goto: ${path}\n"
    assert said({"cn-validator.yaml": config, "a.yaml": scenario}) == []


def test_where_an_environment_must_be_chosen_the_first_is_taken(said: Said) -> None:
    config = "environments: {staging: {base_url: https://staging.shop.example}}\n"
    scenario = "name: A\nsteps:\n  - goto: /hoodie\n"
    assert said({"cn-validator.yaml": config, "a.yaml": scenario}) == []


def test_a_variable_that_only_a_condition_names_is_used(said: Said) -> None:
    text = SOUND["a.yaml"] + "vars: {country: Spain}\n"
    text = text.replace("goto: /\n", "goto: /\n    when: {country: Spain}\n")
    assert said({**SOUND, "a.yaml": text}) == []


def test_what_a_step_saves_is_for_the_report_too(said: Said) -> None:
    text = SOUND["a.yaml"].replace("goto: /\n", "save: {order: {css: .order}}\n")
    assert said({**SOUND, "a.yaml": text}) == []


def test_a_payment_that_is_none_has_no_confirmation(said: Said) -> None:
    cancelled = (
        "name: A\nbase_url: https://shop.example\nsteps:\n  - payment:\n"
        "      at: https://bank.example/**\n      outcome: cancelled\n"
        "      steps:\n        - click: {text: Cancel}\n"
    )
    assert said({"a.yaml": cancelled}) == []


@pytest.mark.parametrize("name", ["a.yaml", "fragments/a.yaml", "cn-validator.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "3",
        "''",
        "steps: 3",
        "steps: [null, {save: 3}, {frame: {steps: [[]]}}, {payment: {return: {click: 7}}}]",
        "vars: [a]\nsecrets: {a: b}\nmatrix: [x]\nfaults: [3, {}]\nexpect: {cn_purchase: []}",
        "steps: [{include: {a: b}}, {include: '${x}'}, {when: [], click: {css: 3}}]",
        "name: {a: b}\nlabels: {a: [b]}\nconfirmation: []",
    ],
)
def test_whatever_is_in_a_file_it_is_told_and_never_a_bug_of_ours(
    said: Said, name: str, text: str
) -> None:
    assert said({name: text})


def test_a_confirmation_of_the_configuration_is_not_missed(said: Said) -> None:
    scenario = "name: A\nsteps: [{goto: https://a.test}, {click: {text: Buy}}]\n"
    assert [each.split(": ")[1] for each in said({"a.yaml": scenario})] == ["confirmation-missing"]
    config = 'defaults: {confirmation: "**/thanks/*"}\n'
    assert said({"a.yaml": scenario, "cn-validator.yaml": config}) == []


def test_what_cancels_a_payment_is_looked_at_like_what_pays(said: Said) -> None:
    scenario = """name: A
steps:
  - payment:
      at: https://bank.test/**
      steps: [{click: {text: Pay}}]
      cancel: "p:nth-child(3)"
confirmation: "**/thanks"
"""
    assert said({"a.yaml": scenario}) == [
        "a.yaml:6:15: fragile-selector: this selector counts elements (:nth-)"
    ]
