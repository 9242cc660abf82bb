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

from validator.cli.output import Output, Target, report_target, try_targets
from validator.cli.parameters import LOCALE, WebAddress
from validator.core.document import Document, Json
from validator.core.errors import InputError
from validator.run.config import Config
from validator.scenario.parse.node import Node
from validator.scenario.settings.setting_layers import Given, Layer, path_of, said

T = TypeVar("T")
VARIABLES = MappingProxyType(
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


class NameValue(click.ParamType[Any]):
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

    def given(self, config: Config) -> Given:
        """Raises InputError for an environment that the configuration does not have."""
        chosen = Node.root(Document(self.origins.get("env", ""), self.env)) if self.env else None
        return config.given(self.layer, chosen, self.seed)

    @property
    def layer(self) -> Layer:
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
                found |= said(self.origins.get(name, f"--{name}"), **{name: value})
        return found


def setting_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a click command the options, and ``settings: CommandSettings`` in their place."""

    @_option("env", metavar="NAME", help="The environment of cn-validator.yaml to run against.")
    @_option(
        "base_url",
        type=WebAddress(),
        metavar="URL",
        help="The shop to run against, for all scenarios.",
    )
    @click.option(
        "--var",
        "variables",
        type=NameValue("NAME=VALUE", r"[A-Za-z_]\w*", r".*"),
        multiple=True,
        help="Set a variable, over all that scenarios and configuration say. Repeatable.",
    )
    @_option(
        "secrets_file",
        metavar="FILE",
        help="Look up secrets in a file of NAME=value lines, after the environment.",
    )
    @_option("device", metavar="NAME", help='A device Playwright knows, as "Pixel 7".')
    @_option("locale", type=LOCALE, metavar="TAG", help="The browser's language, as es-ES.")
    @click.option(
        "--host",
        "hosts",
        type=NameValue("NAME=ADDRESS", r"[\w.*-]+", r"[\w.:\[\]-]+"),
        multiple=True,
        help="Let a host name lead to an address, as shop.example=127.0.0.1:8443. Repeatable.",
    )
    @_option(
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
            origins={"vars": "--var", "hosts": "--host"} | {name: origin(name) for name in names},
        )
        return command(*args, settings=settings, **kwargs)

    return with_settings


def _option(name: str, **more: Any) -> Callable[[Callable[..., T]], Callable[..., T]]:
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag, name, envvar=VARIABLES[name], show_envvar=True, **more)


def origin(name: str) -> str:
    """Say how an option came: by its name, by its variable, or not at all."""
    match click.get_current_context().get_parameter_source(name):
        case ParameterSource.COMMANDLINE:
            return f"--{name.replace('_', '-').removesuffix('-folder')}"
        case ParameterSource.ENVIRONMENT:
            return VARIABLES[name]
        case _:
            return ""


def configured_workers(given: int, config: Config) -> int:
    node = config.root.get("workers")
    return given if origin("workers") or node is None else int(node.text)


def configured_folder(given: str, config: Config) -> Path:
    node = config.root.get("output")
    return Path(given) if origin("output_folder") or node is None else path_of(node, node.text)


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
    targets = tuple(map(_target, reports))
    try_targets(targets)
    return replace(given, targets=(*targets, Target("terminal")))


def _target(node: Node) -> Target:
    try:
        target = report_target(node.text)
    except click.BadParameter as error:
        hint = "Write it as --report has it, such as junit=build/junit.xml."
        raise InputError.single("bad-report", error.message, node.location, hint) from error
    return replace(target, path=path_of(node, str(target.path)))
