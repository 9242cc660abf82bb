"""The options that override the settings of scenarios and configuration, and their precedence."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click
from click.core import ParameterSource

from validator.cli.options.option_group import Command, OptionGroup
from validator.cli.options.value_types import LOCALE, NameValueType, UrlType
from validator.core.document import Document, Json
from validator.run.config import Config
from validator.scenario.settings.setting_layers import (
    RunSettings,
    SettingLayer,
    build_layer,
    resolve_path,
)
from validator.scenario.syntax.node import Node

ENVIRONMENT_VARIABLES = MappingProxyType(
    {
        "env": "CN_VALIDATOR_ENV",
        "base_url": "CN_VALIDATOR_BASE_URL",
        "device": "CN_VALIDATOR_DEVICE",
        "locale": "CN_VALIDATOR_LOCALE",
        "secrets_file": "CN_VALIDATOR_SECRETS_FILE",
        "seed": "CN_VALIDATOR_SEED",
        "workers": "CN_VALIDATOR_WORKERS",
        "output_folder": "CN_VALIDATOR_OUTPUT",
    }
)
"""Option → the environment variable that has the same effect."""


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """The settings of the command line. ``origins`` names the option or variable of each."""

    env: str | None
    base_url: str | None
    device: str | None
    locale: str | None
    secrets_file: str | None
    seed: int
    variables: Mapping[str, str]
    hosts: Mapping[str, str]
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def given(self, config: Config) -> RunSettings:
        """Return these settings over those of the configuration.

        Raises InputError for an environment that the configuration does not have.
        """
        chosen = Node.root(Document(self.origins.get("env", ""), self.env)) if self.env else None
        return config.given(self.layer, chosen, self.seed)

    @property
    def layer(self) -> SettingLayer:
        named: dict[str, Json] = {
            "base_url": self.base_url,
            "device": self.device,
            "locale": self.locale,
            "secrets_file": self.secrets_file,
            "vars": dict(self.variables),
            "hosts": dict(self.hosts),
        }
        found: dict[str, Node] = {}
        for name, value in named.items():
            if value:
                found |= build_layer(self.origins.get(name, f"--{name}"), **{name: value})
        return found


def _setting_option(name: str, **more: Any) -> Callable[[Command], Command]:
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag, name, envvar=ENVIRONMENT_VARIABLES[name], show_envvar=True, **more)


def _build_settings(
    seed: int | None,
    variables: tuple[tuple[str, str], ...],
    hosts: tuple[tuple[str, str], ...],
    **named: str | None,
) -> CommandSettings:
    return CommandSettings(
        **named,
        seed=secrets.randbelow(2**32) if seed is None else seed,
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
        type=NameValueType("NAME=VALUE", r"[A-Za-z_]\w*", r".*"),
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
        type=NameValueType("NAME=ADDRESS", r"[\w.*-]+", r"[\w.:\[\]-]+"),
        multiple=True,
        help="Resolve a host name to an address, as in shop.example=127.0.0.1:8443. Repeatable.",
    ),
    _setting_option(
        "seed",
        type=click.IntRange(0, 2**32 - 1),
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
    node = config.root.get("workers")
    return given if option_origin("workers") or node is None else int(node.text)


def configured_folder(given: str, config: Config) -> Path:
    """Return the output folder: of the option, else of the configuration."""
    node = config.root.get("output")
    return (
        Path(given)
        if option_origin("output_folder") or node is None
        else resolve_path(node, node.text)
    )
