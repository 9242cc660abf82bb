"""``cn-validator config``: the effective settings and their origins."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import cloup

from validator.cli.options.policy import config_options
from validator.cli.options.report_targets import TextReports, report_options
from validator.cli.options.settings import (
    configured_folder,
    configured_workers,
    option_origin,
    setting_options,
)
from validator.core.errors import InputError
from validator.report.sanitize import sanitize, terminal_width
from validator.run.config import Config
from validator.run.defaults import DEFAULT_OUTPUT, default_workers, new_run_id
from validator.run.run_settings import ENVIRONMENT_VARIABLES, CallerSettings
from validator.scenario.settings.effective_settings import (
    BUILT_IN,
    EffectiveSetting,
    effective_settings,
)
from validator.scenario.settings.setting_layers import RunSettings


@cloup.command(name="config")
@click.argument("scenario", required=False, metavar="[SCENARIO]")
@setting_options
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    default=default_workers(),
    envvar=ENVIRONMENT_VARIABLES["workers"],
    help="As for run.",
)
@click.option(
    "--output",
    "output_folder",
    default=DEFAULT_OUTPUT,
    envvar=ENVIRONMENT_VARIABLES["output_folder"],
    metavar="FOLDER",
    help="As for run.",
)
@config_options
@report_options("terminal", "json")
def command(
    scenario: str | None,
    settings: CallerSettings,
    config: Config,
    reports: TextReports,
    **run: Any,
) -> int:
    """Show the effective settings of all scenarios, or of one, and where each is set.

    In order of precedence: the command line, environment variables, the scenario's matrix, the
    chosen environment, the scenario, the defaults of cn-validator.yaml.
    """
    given = settings.given(config)
    found, problems = effective_settings(
        Path(scenario) if scenario else None, os.environ, new_run_id(), given
    )
    of_run = [*_run_settings(given, config, settings, **run), *_project_settings(config)]
    reports.write(
        {
            "terminal": lambda: "\n".join(_format_settings(of_run, found)) + "\n",
            "json": lambda: _json_text(of_run, found),
        }
    )
    if problems:
        raise InputError(problems.findings)
    return 0


def _run_settings(
    given: RunSettings,
    config: Config,
    settings: CallerSettings,
    *,
    workers: int,
    output_folder: str,
) -> Iterator[EffectiveSetting]:
    chosen = config.root.get("environment")
    place = settings.origins["env"] or (str(chosen.location) if chosen else "")
    if given.environment_name:
        yield EffectiveSetting("environment", given.environment_name, place)
    yield _configured_setting(
        "workers", "workers", str(configured_workers(workers, config)), config
    )
    folder = str(configured_folder(output_folder, config))
    yield _configured_setting("output", "output_folder", folder, config)


def _configured_setting(key: str, option: str, value: str, config: Config) -> EffectiveSetting:
    node = config.root.get(key)
    return EffectiveSetting(
        key, value, option_origin(option) or (str(node.location) if node else BUILT_IN)
    )


def _project_settings(config: Config) -> Iterator[EffectiveSetting]:
    for index, report in enumerate(config.root.get("reports") or (), 1):
        yield EffectiveSetting(f"reports {index}", report.text, str(report.location))
    for key in ("connectif_script", "tag_margin"):
        if node := config.root.get(key):
            yield EffectiveSetting(key, node.text, str(node.location))
    for key in ("label_sets", "rules", "schemas"):
        node = config.root.get(key)
        for name, value in node.items().items() if node else ():
            listed = ", ".join(each.text for each in value)
            yield EffectiveSetting(f"{key}.{name}", listed or value.text, str(value.location))


def _format_settings(
    of_run: Iterable[EffectiveSetting], found: Mapping[str, Iterable[EffectiveSetting]]
) -> Iterator[str]:
    everything = {"": [*of_run], **{name: [*found[name]] for name in found if name}}
    everything[""] += found.get("", ())
    rows = [row for section in everything.values() for row in section]
    keys = max(terminal_width(sanitize(row.key)) for row in rows)
    values = min(max(terminal_width(sanitize(row.value)) for row in rows), 50)
    for name, section in everything.items():
        if name:
            yield from ("", sanitize(name))
        for row in section:
            yield f"{_pad(row.key, keys)}  {_pad(row.value, values)}  {sanitize(row.origin)}"


def _pad(text: str, width: int) -> str:
    shown = sanitize(text)
    return shown + " " * (width - terminal_width(shown))


def _json_text(
    of_run: Iterable[EffectiveSetting], found: Mapping[str, Iterable[EffectiveSetting]]
) -> str:
    def rows(section: Iterable[EffectiveSetting]) -> list[dict[str, str]]:
        return [asdict(row) for row in section]

    scenarios = [{"name": name, "settings": rows(found[name])} for name in found]
    return json.dumps({"run": rows(of_run), "scenarios": scenarios}, indent=2) + "\n"
