"""What one session of pytest knows of its scenarios: their files, settings, browser and orders."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from validator.core.errors import InputError
from validator.core.result import Result
from validator.pytest_plugin import shared_orders_folder
from validator.pytest_plugin.background_runner import BackgroundRunner
from validator.pytest_plugin.session_orders import SessionOrders
from validator.report.terminal import format_input_errors
from validator.run.config import Config, find_config, load_config
from validator.run.defaults import DEFAULT_OUTPUT, new_run_id
from validator.run.option_names import PYTEST_OPTIONS, rename_in_input_error, rename_options
from validator.run.options import RunOptions
from validator.run.policy import CheckPolicy, build_rule_overrides
from validator.run.run_settings import CallerSettings, read_settings, split_pairs
from validator.scenario.files import find_scenarios
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario

_FROM_CONTROLLER = ("cn_run_id", "cn_seed", "cn_orders")
"""What xdist's controller sends to its workers: names of scenarios may contain the run id and
generated values, and the orders of all workers are counted together."""


@dataclass(slots=True)
class ScenarioSession:
    """``files`` are the scenario files to collect: resolved path → path as shown to the user."""

    config: pytest.Config
    files: Mapping[Path, Path]
    run_id: str
    settings: CallerSettings
    policy: CheckPolicy
    orders: SessionOrders
    owns_orders: bool
    """Whether this process deletes the folder of the claimed orders at the end."""
    collected: int = 0
    """The number of scenarios collected so far."""
    _runner: BackgroundRunner | None = field(default=None)

    @classmethod
    def open(cls, config: pytest.Config, folders: Iterable[Path]) -> ScenarioSession:
        """Read files, settings and configuration. Raises InputError."""
        files, findings = find_scenarios(_relative_to_cwd(folder) for folder in folders)
        if findings:
            raise InputError(findings)
        # xdist's controller sends these to a worker.
        sent: Mapping[str, Any] = getattr(config, "workerinput", {})
        settings = _read_options(config, sent.get("cn_seed"))
        policy = read_policy(config)
        settings.given(policy.config)  # an unknown environment is an error of the session
        run = sent.get("testrunuid")
        shared = sent.get("cn_orders") or (run and shared_orders_folder(run))
        folder = Path(shared or tempfile.mkdtemp(prefix="cn-orders-"))
        folder.mkdir(parents=True, exist_ok=True)  # a worker may be on another machine
        return cls(
            config,
            {file.path.resolve(): file.path for file in files},
            sent.get("cn_run_id") or sent.get("testrunuid") or new_run_id(),
            settings,
            policy,
            SessionOrders(folder, config.getoption("cn_max_orders"), "--cn-max-orders"),
            owns_orders=not shared,
        )

    def for_worker(self) -> dict[str, object]:
        """Return what a worker of xdist needs, to be one session with this one."""
        sent = (self.run_id, self.settings.seed, str(self.orders.folder))
        return dict(zip(_FROM_CONTROLLER, sent, strict=True))

    def load(
        self,
        path: Path,
        variables: Mapping[str, str] = MappingProxyType({}),
        base_url: str | None = None,
    ) -> tuple[Scenario, ...]:
        """Return the scenarios of a file with the settings of the session. Raises InputError.

        ``variables`` and ``base_url`` have a value where no option of pytest gives one.
        """
        settings = replace(
            self.settings,
            variables={**variables, **self.settings.variables},
            base_url=self.settings.base_url or base_url,
        )
        given = settings.given(self.policy.config)
        loaded = load_scenarios([path], environ=os.environ, run_id=self.run_id, given=given)
        return self.policy.apply(loaded)

    def next_number(self) -> int:
        self.collected += 1
        return self.collected - 1

    def play(self, number: int, scenario: Scenario, test: str) -> Result:
        """Run a scenario. Raises InputError and BrowserError. ``test`` names the test."""
        if self._runner is None:
            worker = os.environ.get("PYTEST_XDIST_WORKER", "")
            self._runner = BackgroundRunner(self._options(), worker)
        return self._runner.run(number, scenario, lambda placing: self.orders.begin(test, placing))

    def _options(self) -> RunOptions:
        config = self.policy.config
        folder = self.settings.find_output_folder(config) or self.config.rootpath / DEFAULT_OUTPUT
        return RunOptions(
            run_id=self.run_id,
            output=Path.cwd() / folder / self.run_id,
            hosts=self.settings.given(config).hosts,
            only_allowed=self.settings.given(config).only_allowed,
            force_live=self.config.getoption("cn_force_live"),
            limits=config.limits,
        )

    def close(self) -> None:
        try:
            if self._runner:
                self._runner.close()
        finally:
            if self.owns_orders:
                shutil.rmtree(self.orders.folder, ignore_errors=True)


def read_policy(config: pytest.Config) -> CheckPolicy:
    """Return the rules and contracts of the session. Raises InputError."""
    rules = split_pairs(config.getoption("cn_rule") or (), "--cn-rule")
    return CheckPolicy(_load_config(config), build_rule_overrides(rules))


def describe_input_error(error: InputError) -> str:
    """Return an error as text, with the options of this plugin."""
    renamed = rename_in_input_error(error, PYTEST_OPTIONS)
    return format_input_errors(renamed.findings).rstrip()


def describe_hint(hint: str) -> str:
    return rename_options(hint, PYTEST_OPTIONS)


def _load_config(config: pytest.Config) -> Config:
    """Return the configuration: of the option, else nearest to the current or the root folder."""
    given = config.getoption("cn_config")
    if given:
        return load_config(Path(given))
    here = Path.cwd()
    if found := find_config(here, os.environ):
        return load_config(found)
    if found := find_config(config.rootpath, os.environ):
        return load_config(_relative_to_cwd(config.rootpath / found))
    return Config()


def _read_options(config: pytest.Config, seed: int | None) -> CallerSettings:
    def option(name: str) -> Any:
        return config.getoption(f"cn_{name}")

    pairs = {
        "variables": split_pairs(option("var") or (), "--cn-var"),
        "hosts": split_pairs(option("host") or (), "--cn-host"),
    }
    names = ("env", "base_url", "device", "locale", "secrets_file", "insecure")
    named = {name: option(name) for name in names} | pairs
    named |= {"seed": option("seed") if seed is None else seed, "output_folder": option("output")}
    return read_settings(named, os.environ, _spell)


def _spell(setting: str) -> str:
    names = {"variables": "var", "hosts": "host", "output_folder": "output"}
    return f"--cn-{names.get(setting, setting).replace('_', '-')}"


def _relative_to_cwd(path: Path) -> Path:
    """Return a path relative to the current folder, if it is inside."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def paths_not_in_args(folders: Iterable[Path], args: Iterable[str]) -> Iterator[Path]:
    given = [(Path.cwd() / arg.partition("::")[0]).resolve() for arg in args]
    for folder in folders:
        place = folder.resolve()
        if not any(place == each or each in place.parents for each in given):
            yield folder
