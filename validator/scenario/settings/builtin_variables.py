"""Variables of the run (``${run.…}``), and the settings that ``when`` can compare."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.core.page_options import PageOptions
from validator.scenario.settings.matrix import MatrixInstance
from validator.scenario.settings.setting_layers import RunSettings

RUN_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "run.id": "the run's id, as in the name of its folder of results: 20250131-140509-1a2b",
        "run.date": "the date when the run started, in UTC: 2025-01-31",
        "run.time": "the time when the run started, in UTC: 14:05:09",
        "run.timestamp": "date and time of the start in seconds since 1970: 1738332309",
        "run.environment": "the chosen environment; empty if none was chosen",
        "run.seed": "the seed of made-up values",
    }
)
"""Variable → description."""


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
    """Return the settings that ``when`` can compare; a setting without a value is empty."""
    return {
        **instance.values,
        "device": page.device or "",
        "locale": page.locale or "",
        "timezone": page.timezone or "",
        "environment": given.environment_name,
    }
