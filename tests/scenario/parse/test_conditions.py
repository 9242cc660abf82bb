"""Steps about the browser, and under which condition a step is played."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.scenario.load import load_scenarios
from validator.scenario.model.actions import (
    Evaluate,
    GoBack,
    Reload,
    SaveStorageState,
    Scroll,
    SetCookie,
    Upload,
)
from validator.scenario.model.condition import Comparison, Condition
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Locator, SavedReference, Template

VALID = Path(__file__).parents[2] / "cases" / "scenario" / "valid" / "browsing.yaml"


def load(file: Path) -> Scenario:
    (scenario,) = load_scenarios([file], environ={}, run_id="run1")
    return scenario


def written(folder: Path, content: str) -> Scenario:
    file = folder / "scenario.yaml"
    file.write_text(f"name: Test\nbase_url: http://shop.test\n{content}", encoding="utf-8")
    return load(file)


def text(*parts: str | SavedReference) -> Template:
    return Template(parts)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(VALID)


def test_each_form_of_a_step_about_the_browser_becomes_one_value(scenario: Scenario) -> None:
    folder = VALID.parent
    assert [step.action for step in scenario.steps[:12]] == [
        SetCookie("ab_test", text("b")),
        SetCookie("ab_test", text("Spain"), text("https://pay.test")),
        scenario.steps[2].action,
        GoBack(),
        Reload(),
        Upload(Locator("label", text("Delivery note")), (folder / "fragments" / "address.yaml",)),
        Upload(
            Locator("css", text("#notes")),
            (folder / "fragments" / "address.yaml", folder / "browsing.yaml"),
        ),
        Scroll(to="bottom"),
        Scroll(target=Locator("role", text("heading"), text("Reviews"))),
        Evaluate(text("localStorage.setItem('seen', 'Spain')")),
        Evaluate(text("window.dataLayer.length"), "events"),
        SaveStorageState(folder / ".auth" / "shopper.json"),
    ]


def test_a_step_about_the_browser_is_said_as_a_person_would(scenario: Scenario) -> None:
    titles = [step.title for step in scenario.steps[:11]]
    assert titles[0] == "set_cookie ab_test"
    assert titles[3:6] == ["go_back", "reload", "upload label=Delivery note"]
    assert titles[7:11] == [
        "scroll bottom",
        "scroll role=heading name='Reviews'",
        "evaluate",
        "evaluate",
    ]


def test_each_form_of_a_condition_becomes_one_value(scenario: Scenario) -> None:
    device, coupon, both, page = (step.when for step in scenario.steps[12:16])
    assert device == (Condition((Comparison(text("Pixel 7"), (text("Pixel 7"),)),)),)
    assert coupon == (Condition((Comparison(text()),)),)
    assert both == (
        Condition(
            (
                Comparison(text("Spain"), (text("Spain"), text("Portugal"))),
                Comparison(text(SavedReference("events")), (text("0"),), negated=True),
            )
        ),
    )
    b = Locator("selector", text("#b"))
    assert page == (Condition(visible=b, hidden=Locator("css", text(".spinner"))),)


def test_all_steps_of_a_fragment_have_the_condition_of_their_include(scenario: Scenario) -> None:
    included = [step.when for step in scenario.steps if "fragments" in step.location.source]
    assert len(included) > 1
    assert {id(condition) for (condition,) in included} == {id(included[0][0])}


@pytest.mark.parametrize(
    ("comparison", "saved", "holds"),
    [
        (Comparison(text("Spain"), (text("Spain"),)), {}, True),
        (Comparison(text("Spain"), (text("France"), text("Spain"))), {}, True),
        (Comparison(text("Spain"), (text("spain"),)), {}, False),
        (Comparison(text("Spain"), (text("Spain"),), negated=True), {}, False),
        (Comparison(text("Spain"), (text("France"),), negated=True), {}, True),
        (Comparison(text()), {}, False),
        (Comparison(text("x")), {}, True),
        (Comparison(text(" ")), {}, False),
        (Comparison(text(SavedReference("n")), (text("2"),)), {"n": "2"}, True),
        (Comparison(text(SavedReference("n"))), {"n": ""}, False),
        (Comparison(text(SavedReference("n"))), {}, False),
    ],
)
def test_a_comparison_holds_or_does_not(
    comparison: Comparison, saved: dict[str, str], holds: bool
) -> None:
    assert comparison.holds(saved) is holds


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            "click: a\n    when: {contry: Spain}",
            'there is no variable or setting "contry": did you mean "country"?',
        ),
        ("click: a\n    when: {devise: x}", 'setting "devise": did you mean "device"?'),
        ("click: a\n    when: {env.NONE: x}", "the environment variable NONE is not set"),
        ("click: a\n    when: {country: {is: x, not: y}}", 'unknown key "is"'),
        ("click: a\n    when: {}", '"when" is empty'),
        ("click: a\n    when: {country: 1.5}", "YAML reads 1.5 as a number, not as text"),
        ("upload: {css: a, file: none.pdf}", 'there is no file "none.pdf"'),
        ("upload: {css: a, file: ../../etc/passwd}", "is outside the project"),
        ("upload: {css: a}", '"file" is missing'),
        ("save_storage_state: ../../x.json", "is outside the project"),
        ("set_cookie: {name: a, value: b, url: shop.test}", '"shop.test" is not an http(s) URL'),
        ("set_cookie: {name: a}", '"value" is missing'),
        ("reload: now", '"reload" must be nothing'),
        ("evaluate: {save: x}", '"script" is missing'),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, step: str, said: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    with pytest.raises(InputError) as refused:
        written(project, f"vars: {{country: Spain}}\nsteps:\n  - {step}\n")
    (finding,) = refused.value.findings
    assert said in finding.message
    assert finding.hint
    assert finding.location
    assert finding.location.line


def test_a_variable_goes_before_a_setting_of_its_name(tmp_path: Path) -> None:
    scenario = written(
        tmp_path,
        "device: Pixel 7\nvars: {device: mine}\nsteps: [{click: a, when: {device: mine}}]\n",
    )
    (condition,) = scenario.steps[0].when
    assert condition.comparisons[0].holds({})
