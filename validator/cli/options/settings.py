"""The options that override the settings of scenarios and configuration, and their precedence."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from validator.cli.options.browser import insecure_option
from validator.cli.options.option_group import Command, OptionGroup
from validator.cli.options.value_types import LOCALE, NameValueType, UrlType
from validator.run.config import Config
from validator.run.run_settings import (
    ENVIRONMENT_VARIABLES,
    HOST_ADDRESS,
    HOST_NAME,
    MAX_SEED,
    VARIABLE_NAME,
    CallerSettings,
    find_output_folder,
)


def _setting_option(name: str, **more: Any) -> Callable[[Command], Command]:
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag, name, envvar=ENVIRONMENT_VARIABLES[name], show_envvar=True, **more)


def _build_settings(
    seed: int | None,
    variables: tuple[tuple[str, str], ...],
    hosts: tuple[tuple[str, str], ...],
    **named: Any,
) -> CallerSettings:
    return CallerSettings(
        **named,
        seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
        variables=dict(variables),
        hosts=dict(hosts),
        origins={"vars": "--var", "hosts": "--host"}
        | {name: option_origin(name) for name in named},
    )


setting_options = OptionGroup(
    "Settings",
    "settings",
    _setting_option("env", metavar="NAME", help="Run against this environment of the config file."),
    _setting_option(
        "base_url", type=UrlType(), metavar="URL", help="Run all scenarios against this shop."
    ),
    click.option(
        "--var",
        "variables",
        type=NameValueType("NAME=VALUE", VARIABLE_NAME, r".*"),
        multiple=True,
        help="Set a variable, with precedence over scenarios and configuration. Repeatable.",
    ),
    _setting_option(
        "secrets_file",
        metavar="FILE",
        help="A file of NAME=value lines with secrets that the environment does not have.",
    ),
    _setting_option("device", metavar="NAME", help='A device of Playwright, such as "Pixel 7".'),
    _setting_option(
        "locale", type=LOCALE, metavar="TAG", help="The browser's language, such as es-ES."
    ),
    click.option(
        "--host",
        "hosts",
        type=NameValueType("NAME=ADDRESS", HOST_NAME, HOST_ADDRESS),
        multiple=True,
        help="Resolve a host name to an address, as in shop.example=127.0.0.1:8443. Repeatable.",
    ),
    insecure_option,
    _setting_option(
        "seed",
        type=click.IntRange(0, MAX_SEED),
        metavar="NUMBER",
        help="Repeat the ${fake.…} values of the run that reported this seed.",
    ),
    build=_build_settings,
)


def option_origin(name: str) -> str:
    """Return the option or the variable that an option's value came from; "" for its default."""
    match click.get_current_context().get_parameter_source(name):
        case ParameterSource.COMMANDLINE:
            return f"--{name.replace('_', '-').removesuffix('-folder')}"
        case ParameterSource.ENVIRONMENT:
            return ENVIRONMENT_VARIABLES.get(name, name)
        case _:
            return ""


def configured_workers(given: int, config: Config) -> int:
    """Return the number of workers: of the option, else of the configuration."""
    workers = given if option_origin("workers") else None
    return CallerSettings(seed=0, workers=workers).find_workers(config)


def configured_folder(given: str, config: Config) -> Path:
    """Return the output folder: of the option, else of the configuration."""
    folder = given if option_origin("output_folder") else None
    return find_output_folder(CallerSettings(seed=0, output_folder=folder), config)
