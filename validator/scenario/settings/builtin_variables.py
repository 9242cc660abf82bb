"""What a scenario may ask of its run: ``${run.…}``, and the settings that ``when`` knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.core.page_options import PageOptions
from validator.scenario.settings.matrix import MatrixInstance
from validator.scenario.settings.setting_layers import RunSettings

RUN_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "run.id": "the run, as in the folder of its results: 20250131-140509-1a2b",
        "run.date": "the day it began, in UTC: 2025-01-31",
        "run.time": "the time it began, in UTC: 14:05:09",
        "run.timestamp": "the same in seconds since 1970: 1738332309",
        "run.environment": "the environment that was chosen; empty where none was",
        "run.seed": "the number that made-up values are made of",
    }
)
"""Every ``${run.…}``, and what it is."""


def build_run_variables(run_id: str, given: RunSettings) -> dict[str, str]:
    """Return the value of each ``run.…``."""
    started = given.started
    values = (
        run_id,
        f"{started:%Y-%m-%d}",
        f"{started:%H:%M:%S}",
        str(int(started.timestamp())),
        given.environment_name,
        str(given.seed),
    )
    return dict(zip(RUN_VARIABLES, values, strict=True))


def build_condition_settings(
    page: PageOptions, instance: MatrixInstance, given: RunSettings
) -> dict[str, str]:
    """Return what ``when`` may ask besides variables; what is not set is empty."""
    return {
        **instance.values,
        "device": page.device or "",
        "locale": page.locale or "",
        "timezone": page.timezone or "",
        "environment": given.environment_name,
    }
