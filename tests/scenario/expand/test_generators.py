"""Made-up values: by locale, stable within a scenario, the same again for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.scenario.expand.fake_values import FAKE_KINDS, FakeValues, UnsupportedLocale, is_fake
from validator.scenario.load import load_scenarios
from validator.scenario.model.actions import Fill
from validator.scenario.settings.setting_layers import RunSettings

if TYPE_CHECKING:
    from tests.scenario.conftest import Load, Mistakes


def fakes(seed: int = 1, subject: str = "a.yaml", locale: str = "") -> FakeValues:
    return FakeValues(seed, subject, lambda: locale)


def filled(load: Load, value: str, content: str = "", seed: int = 1) -> list[str]:
    (scenario,) = load(
        f"{content}\nsteps: [{{fill: {{css: a, value: '{value}'}}}}, "
        f"{{fill: {{css: b, value: '{value}'}}}}]\n",
        seed=seed,
    )
    actions = [step.action for step in scenario.steps]
    return [action.value.render({}) for action in actions if isinstance(action, Fill)]


@pytest.mark.parametrize("locale", ["", "es-ES", "pt-PT", "ja-JP"])
def test_each_kind_is_made_on_one_line_and_is_the_same_again(locale: str) -> None:
    first, again = fakes(locale=locale), fakes(locale=locale)
    for kind in FAKE_KINDS:
        value = first.value(kind)
        assert value
        assert "\n" not in value
        assert value == first.value(kind) == again.value(kind)


def test_seeds_scenarios_and_numbers_make_others() -> None:
    values = [
        fakes().value("email"),
        fakes().value("email.2"),
        fakes(seed=2).value("email"),
        fakes(subject="a.yaml [device=Pixel 7]").value("email"),
    ]
    assert len(set(values)) == 4


def test_a_value_does_not_change_with_what_is_made_before_it() -> None:
    one, other = fakes(), fakes()
    other.value("name")
    assert one.value("city") == other.value("city")


def test_an_address_is_at_a_domain_that_nobody_has() -> None:
    assert all(fakes(seed).value("email").endswith("@example.com") for seed in range(5))


@pytest.mark.parametrize(
    ("locale", "same_as"), [("", "en-US"), ("es", "es-ES"), ("es-419", "es-ES"), ("en", "en-US")]
)
def test_a_language_that_is_not_made_up_there_is_that_of_another_country(
    locale: str, same_as: str
) -> None:
    assert fakes(locale=locale).value("name") == fakes(locale=same_as).value("name")


def test_locales_make_different_people() -> None:
    assert fakes(locale="es-ES").value("name") != fakes(locale="de-DE").value("name")


def test_a_language_without_values_is_refused() -> None:
    with pytest.raises(UnsupportedLocale, match="tlh"):
        fakes(locale="tlh").value("name")


@pytest.mark.parametrize(
    ("name", "known"),
    [("email", True), ("email.2", True), ("email.0", False), ("e_mail", False), ("", False)],
)
def test_what_can_be_made_is_known_by_name(name: str, known: bool) -> None:
    assert is_fake(name) is known


def test_a_value_is_the_same_wherever_the_scenario_names_it(load: Load) -> None:
    first, second = filled(load, "${fake.email}")
    assert first == second
    assert first in filled(load, "${mail}", "vars: {mail: '${fake.email}'}")


def test_a_value_goes_by_the_locale_even_if_that_is_a_variable(load: Load) -> None:
    spanish = fakes(1, "scenario.yaml", "es-ES").value("name")
    assert filled(load, "${fake.name}", "locale: es-ES")[0] == spanish
    variables = "vars: {who: '${fake.name}', where: es-ES}\nlocale: ${where}"
    assert filled(load, "${who}", variables)[0] == spanish


def test_the_seed_repeats_a_run(load: Load) -> None:
    one, same, other = (filled(load, "${fake.name}", seed=seed)[0] for seed in (7, 7, 8))
    assert one == same != other


def test_files_of_one_name_in_two_folders_make_different_people(load: Load) -> None:
    load("steps: [{click: a}]")
    for market in ("es", "fr"):
        Path(market).mkdir()
        Path(market, "buy.yaml").write_text("name: Buy\nsteps: [{click: '${fake.email}'}]\n")
    spanish, french = load_scenarios(
        ["es", "fr"], environ={}, run_id="r", given=RunSettings(seed=7)
    )
    assert spanish.steps[0].action != french.steps[0].action
    (again,) = load_scenarios(
        ["es/../es/buy.yaml"], environ={}, run_id="r", given=RunSettings(seed=7)
    )
    assert again.steps[0].action == spanish.steps[0].action


def test_a_scenario_knows_whether_it_needs_its_seed(load: Load) -> None:
    (made,) = load("steps: [{click: '${fake.word}'}]", seed=7)
    (plain,) = load("steps: [{click: a}]", seed=7)
    assert (made.seed, plain.seed) == (7, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("steps: [{click: '${fake.emial}'}]", 'for "fake.emial": did you mean "email"?'),
        (
            "locale: tlh\nsteps: [{click: '${fake.name}'}]",
            'there are no made-up values in the language "tlh"',
        ),
    ],
)
def test_what_cannot_be_made_is_told(mistakes: Mistakes, content: str, said: str) -> None:
    (finding,) = mistakes(content)
    assert said in finding.message
