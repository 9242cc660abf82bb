"""Scenarios written by a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from validator.core.errors import InputError
from validator.core.finding import Finding
from validator.run.config import load_config
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario
from validator.scenario.settings.setting_layers import RunSettings, SettingLayer

Load: TypeAlias = Callable[..., tuple[Scenario, ...]]
Mistakes: TypeAlias = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load a scenario, with a configuration beside it, as a person in its folder would.

    ``command`` is what the command line says, ``seed`` its seed; the rest is the environment.
    """
    monkeypatch.chdir(tmp_path)

    def load(
        content: str,
        config: str = "{}",
        command: SettingLayer | None = None,
        seed: int = 1,
        **environ: str,
    ) -> tuple[Scenario, ...]:
        Path("scenario.yaml").write_text(f"name: Test\n{content}", encoding="utf-8")
        Path("cn-validator.yaml").write_text(config, encoding="utf-8")
        given: RunSettings = load_config(Path("cn-validator.yaml")).given(command or {}, None, seed)
        return load_scenarios(["scenario.yaml"], environ=environ, run_id="run1", given=given)

    return load


@pytest.fixture
def mistakes(load: Load) -> Mistakes:
    """Load what is wrong; return what is said of it."""

    def mistakes(*content: str, **more: str) -> tuple[Finding, ...]:
        with pytest.raises(InputError) as refused:
            load(*content, **more)
        for finding in refused.value.findings:
            assert finding.hint
            assert finding.location
        return refused.value.findings

    return mistakes
