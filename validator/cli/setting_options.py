"""What the command line says of settings, over the configuration: ``--env``, ``--var``, …"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from validator.cli.parameters import LOCALE, UrlType
from validator.cli.report_options import Output, ReportTarget, check_writable, parse_report_target
from validator.core.document import Document, Json
from validator.core.errors import InputError
from validator.run.config import Config
from validator.scenario.settings.setting_layers import (
    RunSettings,
    SettingLayer,
    build_layer,
    resolve_path,
)
from validator.scenario.syntax.node import Node

T = TypeVar("T")
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
"""Option → the environment variable that stands in for it."""


class NameValueType(click.ParamType[Any]):
    """``NAME=VALUE``, each side of a certain form."""

    def __init__(self, name: str, first: str, second: str) -> None:
        self.name = name
        self.form = re.compile(f"({first})=({second})", re.ASCII | re.DOTALL)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        found = self.form.fullmatch(str(value))
        if found is None:
            self.fail(f'"{value}" is not {self.name}', param, ctx)
        return found[1], found[2]


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """The options, and how each of them came: ``origins`` names the option or the variable."""

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
        """Raises InputError for an environment that the configuration does not have."""
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


def setting_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a click command the options, and ``settings: CommandSettings`` in their place."""

    @_setting_option(
        "env", metavar="NAME", help="The environment of cn-validator.yaml to run against."
    )
    @_setting_option(
        "base_url",
        type=UrlType(),
        metavar="URL",
        help="The shop to run against, for all scenarios.",
    )
    @click.option(
        "--var",
        "variables",
        type=NameValueType("NAME=VALUE", r"[A-Za-z_]\w*", r".*"),
        multiple=True,
        help="Set a variable, over all that scenarios and configuration say. Repeatable.",
    )
    @_setting_option(
        "secrets_file",
        metavar="FILE",
        help="Look up secrets in a file of NAME=value lines, after the environment.",
    )
    @_setting_option("device", metavar="NAME", help='A device Playwright knows, as "Pixel 7".')
    @_setting_option("locale", type=LOCALE, metavar="TAG", help="The browser's language, as es-ES.")
    @click.option(
        "--host",
        "hosts",
        type=NameValueType("NAME=ADDRESS", r"[\w.*-]+", r"[\w.:\[\]-]+"),
        multiple=True,
        help="Let a host name lead to an address, as shop.example=127.0.0.1:8443. Repeatable.",
    )
    @_setting_option(
        "seed",
        type=click.IntRange(0, 2**32 - 1),
        metavar="NUMBER",
        help="Make up the same ${fake.…} values as the run that had this seed.",
    )
    @functools.wraps(command)
    def with_settings(*args: Any, **kwargs: Any) -> T:
        names = ("env", "base_url", "device", "locale", "secrets_file")
        own = {name: kwargs.pop(name) for name in names}
        seed = kwargs.pop("seed")
        settings = CommandSettings(
            **own,
            seed=secrets.randbelow(2**32) if seed is None else seed,
            variables=dict(kwargs.pop("variables")),
            hosts=dict(kwargs.pop("hosts")),
            origins={"vars": "--var", "hosts": "--host"}
            | {name: option_origin(name) for name in names},
        )
        return command(*args, settings=settings, **kwargs)

    return with_settings


def _setting_option(name: str, **more: Any) -> Callable[[Callable[..., T]], Callable[..., T]]:
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag, name, envvar=ENVIRONMENT_VARIABLES[name], show_envvar=True, **more)


def option_origin(name: str) -> str:
    """Say how an option came: by its name, by its variable, or not at all."""
    match click.get_current_context().get_parameter_source(name):
        case ParameterSource.COMMANDLINE:
            return f"--{name.replace('_', '-').removesuffix('-folder')}"
        case ParameterSource.ENVIRONMENT:
            return ENVIRONMENT_VARIABLES[name]
        case _:
            return ""


def configured_workers(given: int, config: Config) -> int:
    node = config.root.get("workers")
    return given if option_origin("workers") or node is None else int(node.text)


def configured_folder(given: str, config: Config) -> Path:
    node = config.root.get("output")
    return (
        Path(given)
        if option_origin("output_folder") or node is None
        else resolve_path(node, node.text)
    )


def configured_output(given: Output, config: Config) -> Output:
    """Return what is reported: as the options say, or else as the configuration does.

    Raises InputError for reports that cannot be, or cannot be written.
    """
    reports = config.root.get("reports")
    if reports is None or click.get_current_context().get_parameter_source("reports") in (
        ParameterSource.COMMANDLINE,
        ParameterSource.ENVIRONMENT,
    ):
        return given
    targets = tuple(map(_configured_target, reports))
    check_writable(targets)
    return replace(given, targets=(*targets, ReportTarget("terminal")))


def _configured_target(node: Node) -> ReportTarget:
    try:
        target = parse_report_target(node.text)
    except click.BadParameter as error:
        hint = "Write it as --report has it, such as junit=build/junit.xml."
        raise InputError.single("bad-report", error.message, node.location, hint) from error
    return replace(target, path=resolve_path(node, str(target.path)))
