"""Each setting has the same effect in all front ends."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from tests.pytest_plugin.conftest import TAG, Session
from validator import run_scenarios
from validator.cli import invoke
from validator.cli.run import command as run_command
from validator.run import runner
from validator.run.run_settings import CallerSettings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import KeptBrowser, Site

pytestmark = pytest.mark.browser
NOWHERE = "http://127.0.0.1:9"

Play = Callable[[Mapping[str, str], Mapping[str, str]], None]
"""Runs ``scenarios`` with options by the names of the command line, and environment variables."""
PYTHON_NAMES = {"var": "variables", "host": "hosts", "config": "config"}


@pytest.fixture
def play(
    request: pytest.FixtureRequest,
    session: Session,
    browser_path: Path,
    kept_browser: KeptBrowser,
    monkeypatch: pytest.MonkeyPatch,
) -> Play:
    monkeypatch.setenv("CN_VALIDATOR_BROWSER", str(browser_path))
    monkeypatch.setattr(runner, "run_scenarios", kept_browser.play)

    def command_line(options: Mapping[str, str], environ: Mapping[str, str]) -> None:
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            given = [text for name, value in options.items() for text in (f"--{name}", value)]
            invoke(["run", "--quiet", *given])

    def plugin(options: Mapping[str, str], environ: Mapping[str, str]) -> None:
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            given = [f"--cn-{name}={value}" for name, value in options.items()]
            session(*given)

    def python(options: Mapping[str, str], environ: Mapping[str, str]) -> None:
        named: dict[str, Any] = {}
        for name, value in options.items():
            key = PYTHON_NAMES.get(name, name.replace("-", "_"))
            is_pair = name in ("var", "host")
            named[key] = dict([value.split("=", 1)]) if is_pair else value
        run_scenarios("scenarios", environ={**os.environ, **environ}, **named)

    plays: dict[str, Play] = {
        "command line": command_line,
        "pytest plugin": plugin,
        "Python": python,
    }
    return plays[request.param]


CASES: Mapping[str, tuple[object, Mapping[str, str], Mapping[str, str]]] = {
    "option base-url": ({}, {"base-url": "SHOP"}, {}),
    "variable CN_VALIDATOR_BASE_URL": ({}, {}, {"CN_VALIDATOR_BASE_URL": "SHOP"}),
    "environment of the file": (
        {"environment": "staging", "environments": {"staging": {"base_url": "SHOP"}}},
        {},
        {},
    ),
    "option env": ({"environments": {"staging": {"base_url": "SHOP"}}}, {"env": "staging"}, {}),
    "variable CN_VALIDATOR_ENV": (
        {"environments": {"staging": {"base_url": "SHOP"}}},
        {},
        {"CN_VALIDATOR_ENV": "staging"},
    ),
    "option var": ({}, {"var": "shop=SHOP"}, {}),
    "variables of defaults": ({"defaults": {"vars": {"unused": "1"}, "headers": {"X-Its": "x"}}},
                              {"base-url": "SHOP"}, {}),
    "hosts of defaults": (
        {"defaults": {"hosts": {"shop.example": "ADDRESS"}}},
        {"base-url": "http://shop.example"},
        {},
    ),
    "option host": ({}, {"base-url": "http://shop.example", "host": "shop.example=ADDRESS"}, {}),
    "option locale": ({}, {"base-url": "SHOP", "locale": "es-ES"}, {}),
    "variable CN_VALIDATOR_LOCALE": (
        {},
        {"base-url": "SHOP"},
        {"CN_VALIDATOR_LOCALE": "es-ES"},
    ),
}  # fmt: skip


WITHOUT_PLUGIN = {"workers": "pytest-xdist has its own"}
"""Setting → why the plugin has no option for it."""


SETTINGS = [each.name for each in fields(CallerSettings) if each.name != "origins"]


@pytest.mark.parametrize("setting", [*SETTINGS, "rules", "max_orders", "force_live"])
def test_a_setting_can_be_given_in_all_front_ends(
    setting: str, pytestconfig: pytest.Config
) -> None:
    """Name a setting that has no option of the plugin in ``WITHOUT_PLUGIN``, with the reason."""
    short = {"variables": "var", "hosts": "host", "rules": "rule", "output_folder": "output"}
    option = short.get(setting, setting)
    assert setting in {each.name for each in run_command.params}
    python = {"output_folder": "output"}.get(setting, setting)
    assert python in inspect.signature(run_scenarios).parameters
    has_option = pytestconfig.getoption(f"cn_{option}", pytestconfig) is not pytestconfig
    assert has_option != (setting in WITHOUT_PLUGIN)


@pytest.mark.parametrize("play", ["command line", "pytest plugin", "Python"], indirect=True)
@pytest.mark.parametrize("case", CASES)
def test_a_setting_has_its_effect(
    case: str,
    play: Play,
    site: Site,
    pytester: pytest.Pytester,
) -> None:
    site.page("/thanks", TAG.format("5"))
    address = site.url.partition("//")[2]

    def filled(value: object) -> Any:
        text = json.dumps(value).replace("SHOP", site.url).replace("ADDRESS", address)
        return json.loads(text)

    config, options, environ = map(filled, CASES[case])
    (pytester.path / "cn-validator.yaml").write_text(json.dumps(config), encoding="utf-8")
    folder = pytester.path / "scenarios"
    folder.mkdir()
    scenario = {
        "name": "a",
        "base_url": "${shop}",
        "vars": {"shop": NOWHERE},
        "steps": [{"goto": "/thanks"}],
    }
    (folder / "a.yaml").write_text(json.dumps(scenario), encoding="utf-8")
    play(options, environ)
    assert "/thanks" in [path for path, _ in site.seen]
    headers = {name.lower(): value for name, value in site.headers_of("/thanks").items()}
    if "locale" in case.lower():
        assert headers["accept-language"].startswith("es-ES")
    if case.startswith("variables of defaults"):
        assert headers["x-its"] == "x"
