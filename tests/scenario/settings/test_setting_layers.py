"""Where settings, variables and secrets come from, and which place wins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from validator.contract.schema import load_schema
from validator.scenario.model.actions import Fill
from validator.scenario.model.template import ConsentButton, Locator, Template
from validator.scenario.settings.builtin_variables import RUN_VARIABLES, build_run_variables
from validator.scenario.settings.effective_settings import SETTING_KEYS
from validator.scenario.settings.setting_layers import RunSettings, build_layer

if TYPE_CHECKING:
    from tests.scenario.conftest import Load, Mistakes

STEPS = "steps: [{click: a}]\n"
ALL_PLACES: dict[str, dict[str, Any]] = {
    "command line": {"command": build_layer("--device", device="command line")},
    "matrix": {"content": "matrix: {device: [matrix]}\n"},
    "environment": {"environment": "environments: {x: {device: environment}}\nenvironment: x\n"},
    "scenario": {"scenario": "device: scenario\n"},
    "defaults": {"defaults": "defaults: {device: defaults}\n"},
}


@pytest.mark.parametrize("strongest", range(len(ALL_PLACES)), ids=list(ALL_PLACES))
def test_the_strongest_place_wins(load: Load, strongest: int) -> None:
    there = {key: value for name in list(ALL_PLACES)[strongest:]
             for key, value in ALL_PLACES[name].items()}  # fmt: skip
    (scenario,) = load(
        f"{there.get('content', '')}{there.get('scenario', '')}{STEPS}",
        f"{there.get('environment', '')}{there.get('defaults', '')}" or "{}",
        there.get("command"),
    )
    assert scenario.page.device == list(ALL_PLACES)[strongest]


def filled(load: Load, value: str, content: str = "", config: str = "{}", **environ: str) -> str:
    (scenario,) = load(
        f"{content}\nsteps: [{{fill: {{css: a, value: '{value}'}}}}]\n", config, **environ
    )
    action = scenario.steps[0].action
    assert isinstance(action, Fill)
    return action.value.render({})


def test_variables_are_put_together_name_by_name(load: Load) -> None:
    config = (
        "environments: {x: {vars: {b: environment}}}\nenvironment: x\n"
        "defaults: {vars: {a: default, b: default, c: default}}\n"
    )
    values = filled(load, "${a} ${b} ${c}", "vars: {b: scenario, c: scenario}", config)
    assert values == "default environment scenario"


def test_variables_of_several_places_may_name_each_other(load: Load) -> None:
    config = "defaults: {vars: {greeting: 'Hello ${name}'}}"
    assert filled(load, "${greeting}", "vars: {name: Alba}", config) == "Hello Alba"


def test_lists_are_put_together(load: Load) -> None:
    (scenario,) = load(
        f"consent: ['#b']\nblock: ['*://b.test/*']\n{STEPS}",
        "defaults: {consent: ['#a'], block: ['*://a.test/*'], permissions: [geolocation]}",
    )
    assert scenario.consent == tuple(
        ConsentButton(Locator("selector", Template((each,)))) for each in ("#a", "#b")
    )
    assert scenario.page.block == ("*://a.test/*", "*://b.test/*")
    assert scenario.page.permissions == ("geolocation",)


def test_confirmation_timeout_and_policy_may_be_said_once_for_all(load: Load) -> None:
    config = "defaults: {confirmation: '**/thanks', timeout: 3s, connectif: observe}"
    (scenario,) = load(STEPS, config)
    assert scenario.confirmation
    assert scenario.confirmation.location.source == "cn-validator.yaml"
    assert (scenario.timeout, scenario.connectif) == (3_000, "observe")


def test_a_path_leads_from_the_folder_of_its_file(load: Load) -> None:
    Path("inner").mkdir()
    Path("inner/state.json").write_text('{"cookies": []}')
    (scenario,) = load(STEPS, "defaults: {storage_state: inner/state.json}")
    assert scenario.page.storage_state == Path("inner/state.json")


@pytest.mark.parametrize(
    ("there", "value"),
    [
        (("environment", "file", "dotenv"), "environment"),
        (("file", "dotenv"), "file"),
        (("dotenv",), "dotenv"),
    ],
)
def test_a_secret_is_looked_up_in_the_environment_then_a_file_then_dotenv(
    load: Load, there: tuple[str, ...], value: str
) -> None:
    if "file" in there:
        Path(".secrets").write_text("CARD=file\n")
    if "dotenv" in there:
        Path(".env").write_text("CARD=dotenv\n")
    config = "defaults: {secrets: [CARD], secrets_file: .secrets}" if "file" in there else "{}"
    environ = {"CARD": "environment"} if "environment" in there else {}
    assert filled(load, "${secret.CARD}", "secrets: [CARD]", config, **environ) == value


def test_what_is_in_a_file_of_secrets_is_no_environment(mistakes: Mistakes) -> None:
    Path(".secrets").write_text("CARD=4111111111111111\n")
    (finding,) = mistakes("secrets_file: .secrets\nsteps: [{click: '${env.CARD}'}]\n")
    assert finding.message == "the environment variable CARD is not set"


def test_a_file_of_secrets_that_is_not_there_is_told(mistakes: Mistakes) -> None:
    (finding,) = mistakes(f"secrets_file: .secrets\n{STEPS}")
    assert (str(finding.location), finding.message) == (
        "scenario.yaml:2:15",
        'there is no file ".secrets" with secrets',
    )


def test_a_mistake_in_the_configuration_is_told_there(mistakes: Mistakes) -> None:
    (finding,) = mistakes(STEPS, "defaults: {vars: {a: '${none}'}}")
    assert str(finding.location) == "cn-validator.yaml:1:22"


def test_what_is_known_of_the_run_is_what_is_documented() -> None:
    given = RunSettings(
        environment_name="staging", seed=7, started=datetime(2025, 1, 31, 14, 5, 9, tzinfo=UTC)
    )
    known = build_run_variables("r1", given)
    assert list(known) == list(RUN_VARIABLES)
    assert known == {
        "run.id": "r1",
        "run.date": "2025-01-31",
        "run.time": "14:05:09",
        "run.timestamp": "1738332309",
        "run.environment": "staging",
        "run.seed": "7",
    }


def test_the_run_is_known_to_every_text(load: Load) -> None:
    assert filled(load, "${run.id} ${run.seed}") == "run1 1"


def test_every_setting_of_the_configuration_is_shown_by_the_command() -> None:
    definitions = load_schema("config").data["$defs"]
    assert isinstance(definitions, dict)
    settings = definitions["settings"]
    assert isinstance(settings, dict)
    assert isinstance(settings["properties"], dict)
    assert sorted(SETTING_KEYS) == sorted(settings["properties"])
