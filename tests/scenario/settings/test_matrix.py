"""One instance of a scenario for each combination of its matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from validator.scenario.model.actions import Click, Goto
from validator.scenario.settings.setting_layers import build_layer

if TYPE_CHECKING:
    from tests.scenario.conftest import Load, Mistakes

STEPS = "steps: [{click: a}]\n"


def test_each_combination_is_an_instance_with_a_name_of_its_own(load: Load) -> None:
    found = load(f"matrix: {{device: [Desktop Chrome, Pixel 7], locale: [es-ES, fr-FR]}}\n{STEPS}")
    assert [scenario.name for scenario in found] == [
        "Test [device=Desktop Chrome, locale=es-ES]",
        "Test [device=Desktop Chrome, locale=fr-FR]",
        "Test [device=Pixel 7, locale=es-ES]",
        "Test [device=Pixel 7, locale=fr-FR]",
    ]
    assert [(each.page.device, each.page.locale) for each in found][2] == ("Pixel 7", "es-ES")
    assert dict(found[2].matrix) == {"device": "Pixel 7", "locale": "es-ES"}


def test_every_value_is_a_variable(load: Load) -> None:
    found = load("base_url: http://a.test\nmatrix: {path: [one, two]}\n"
                 "steps: [{goto: '/${matrix.path}'}]\n")  # fmt: skip
    actions = [scenario.steps[0].action for scenario in found]
    assert [str(action.url) for action in actions if isinstance(action, Goto)] == ["/one", "/two"]


def test_variables_may_be_made_of_the_matrix(load: Load) -> None:
    found = load("matrix: {market: [es, fr]}\nvars: {button: 'buy-${matrix.market}'}\n"
                 "steps: [{click: '#${button}'}]\n")  # fmt: skip
    actions = [scenario.steps[0].action for scenario in found]
    assert [str(a.target.value) for a in actions if isinstance(a, Click)] == ["#buy-es", "#buy-fr"]


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("base_url", ["http://a.test", "http://b.test"]),
        ("timeout", ["5s", "1m"]),
        ("connectif", ["block", "observe"]),
    ],
)
def test_a_setting_of_the_matrix_wins_over_the_scenarios(
    load: Load, setting: str, values: list[str]
) -> None:
    first, second = load(f"matrix: {{{setting}: {values}}}\n{STEPS}".replace("'", '"'))
    assert getattr(first, setting) != getattr(second, setting)


def test_a_condition_may_ask_for_the_instance(load: Load) -> None:
    content = "matrix: {market: [es, fr]}\nsteps: [{click: a, when: {market: es}}]\n"
    conditions = [scenario.steps[0].when[0] for scenario in load(content)]
    assert [each.comparisons[0].holds({}) for each in conditions] == [True, False]


def test_what_is_excluded_is_left_out(load: Load) -> None:
    matrix = "matrix: {a: [1, 2], b: [x, y], exclude: [{a: 1, b: y}, {a: 2}]}\n"
    assert [each.name for each in load(matrix + STEPS)] == ["Test [a=1, b=x]"]


def test_the_command_line_takes_the_place_of_all_values(load: Load) -> None:
    command = build_layer("--device", device="Pixel 5")
    found = load(f"matrix: {{device: [Pixel 7, iPhone 15], a: [1, 2]}}\n{STEPS}", command=command)
    assert [each.name for each in found] == [
        "Test [device=Pixel 5, a=1]",
        "Test [device=Pixel 5, a=2]",
    ]
    assert {each.page.device for each in found} == {"Pixel 5"}


def test_a_scenario_without_a_matrix_is_one_instance(load: Load) -> None:
    (scenario,) = load(STEPS)
    assert (scenario.name, dict(scenario.matrix)) == ("Test", {})


@pytest.mark.parametrize(
    ("matrix", "place", "said"),
    [
        ("{a: [x, y, x]}", "2:20", '"x" is twice in "a": it would run the same instance again'),
        ("{a: [x], exclude: [{b: x}]}", "2:29", 'the matrix has no "b"'),
        ("{device: [x], exclude: [{devise: x}]}", "2:34", 'no "devise": did you mean "device"?'),
        ("{a: [xyz], exclude: [{a: xyy}]}", "2:31", '"a" is never "xyy": did you mean "xyz"?'),
        ("{a: [x], exclude: [{a: x}]}", "2:1", "every combination of the matrix is excluded"),
        ("{a: []}", "2:13", '"a" is empty'),
        ("{a: x}", "2:13", '"a" must be a list of values, not "x"'),
        ("{}", "2:9", '"matrix" is empty'),
        ("{a: [1.5]}", "2:14", "YAML reads 1.5 as a number"),
        ("{a: ['${b}']}", "2:14", "unknown variable ${b}"),
        ("{timeout: [soon]}", "2:20", '"timeout" must be a duration'),
        ("{connectif: [never]}", "2:22", '"connectif" must be block, observe or allow'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    mistakes: Mistakes, matrix: str, place: str, said: str
) -> None:
    (finding,) = mistakes(f"matrix: {matrix}\n{STEPS}")
    assert str(finding.location) == f"scenario.yaml:{place}"
    assert said in finding.message


def test_a_matrix_of_hours_is_refused(mistakes: Mistakes) -> None:
    values = list(range(20))
    (finding,) = mistakes(f"matrix: {{a: {values}, b: {values}}}\n{STEPS}")
    assert finding.message == "the matrix has 400 combinations, and at most 200 are allowed"


def test_a_mistake_of_every_instance_is_told_once(mistakes: Mistakes) -> None:
    assert len(mistakes("matrix: {a: [1, 2, 3]}\nsteps: [{click: '${none}'}]\n")) == 1


def test_a_misspelt_matrix_makes_no_unknown_variables(mistakes: Mistakes) -> None:
    (finding,) = mistakes("matrx: {a: [1]}\nsteps: [{click: '${matrix.a}'}]\n")
    assert finding.message == 'unknown key "matrx": did you mean "matrix"?'
