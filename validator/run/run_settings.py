"""The settings that a caller gives for a run: options, arguments and environment variables.

The command line, the pytest plugin and the Python API all resolve their settings here, over those
of the configuration.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.core.document import Document, Json, Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.page_options import LANGUAGE_TAG
from validator.core.urls import is_web_url
from validator.run.config import Config
from validator.run.defaults import DEFAULT_OUTPUT, default_workers
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
"""Setting → the environment variable that has the same effect."""
MAX_SEED = 2**32 - 1
MAX_WORKERS = 64
VARIABLE_NAME = r"[A-Za-z_]\w*"
HOST_NAME = r"[\w.*-]+"
HOST_ADDRESS = r"[\w.:\[\]-]+"

_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CallerSettings:
    """The settings of a caller. ``origins`` names the option, argument or variable of each.

    None is a setting that the caller does not give.
    """

    seed: int
    env: str | None = None
    base_url: str | None = None
    device: str | None = None
    locale: str | None = None
    secrets_file: str | None = None
    insecure: bool = False
    workers: int | None = None
    output_folder: str | None = None
    variables: Mapping[str, str] = field(default_factory=lambda: _NO_SETTINGS)
    hosts: Mapping[str, str] = field(default_factory=lambda: _NO_SETTINGS)
    origins: Mapping[str, str] = field(default_factory=lambda: _NO_SETTINGS)

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
            "ignore_https_errors": self.insecure,
            "vars": dict(self.variables),
            "hosts": dict(self.hosts),
        }
        found: dict[str, Node] = {}
        for name, value in named.items():
            if value:
                origin = self.origins.get(_CALLER_KEYS.get(name, name), f"--{name}")
                found |= build_layer(origin, **{name: value})
        return found

    def find_workers(self, config: Config) -> int:
        """Return how many scenarios run at once."""
        node = config.root.get("workers")
        if self.workers is not None:
            return self.workers
        return default_workers() if node is None else int(node.text)

    def find_output_folder(self, config: Config) -> Path | None:
        """Return the folder for results that the caller or the configuration names, or None."""
        node = config.root.get("output")
        if self.output_folder is not None:
            return Path(self.output_folder)
        return None if node is None else resolve_path(node, node.text)


def find_output_folder(settings: CallerSettings, config: Config) -> Path:
    """Return the folder for results, by default that of the current folder."""
    return settings.find_output_folder(config) or Path(DEFAULT_OUTPUT)


def read_settings(
    named: Mapping[str, Any], environ: Mapping[str, str], spell: Callable[[str], str]
) -> CallerSettings:
    """Return the settings by name, completed by environment variables.

    None is a setting that is not given. ``spell`` returns how the caller writes a setting, for
    messages. Raises InputError with all that are invalid.
    """
    values, origins, wrong = {}, {}, []
    for name, (accepts, expected) in _FORMS.items():
        value, origin = named.get(name), spell(name)
        if value is None and (variable := ENVIRONMENT_VARIABLES.get(name)):
            value, origin = environ.get(variable) or None, variable
        if value is None:
            continue
        origins[_ORIGIN_KEYS.get(name, name)] = origin
        try:
            values[name] = accepts(value)
        except (TypeError, ValueError):
            wrong.append(_invalid(origin, value, expected))
    if wrong:
        raise InputError(wrong)
    seed = values.pop("seed", None)
    return CallerSettings(
        seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed, **values, origins=origins
    )


def split_pairs(pairs: Iterable[str], origin: str) -> dict[str, str]:
    """Return a mapping of texts that are written as NAME=VALUE. Raises InputError for others."""
    found, wrong = {}, []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        found[name] = value
        if not equals:
            wrong.append(_invalid(origin, pair, "NAME=VALUE"))
    if wrong:
        raise InputError(wrong)
    return found


def _invalid(origin: str, value: object, expected: str) -> Finding:
    message = (
        f"{value!r} is not {expected}"
        if isinstance(value, str | int | float)
        else (f"{type(value).__name__} is not {expected}")
    )
    return Finding("option-invalid", Severity.ERROR, message, location=Location(origin))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _path(value: object) -> str:
    return str(value) if isinstance(value, Path) else _text(value)


def _url(value: object) -> str:
    if not is_web_url(_text(value)):
        raise ValueError
    return _text(value)


def _locale(value: object) -> str:
    if not re.fullmatch(LANGUAGE_TAG, _text(value), re.ASCII):
        raise ValueError
    return _text(value)


def _number_in(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not (is_number or isinstance(value, str)):
            raise ValueError
        number = int(value)  # type: ignore[call-overload]  # a number or a text
        if not least <= number <= most:
            raise ValueError
        return int(number)

    return read


def _mapping_of(names: str, values: str) -> Callable[[object], Mapping[str, str]]:
    def read(value: object) -> Mapping[str, str]:
        if not isinstance(value, Mapping):
            raise TypeError
        found = {str(name): str(each) for name, each in value.items()}
        for name, each in found.items():
            if not re.fullmatch(names, name, re.ASCII) or not re.fullmatch(
                values, each, re.ASCII | re.DOTALL
            ):
                raise ValueError
        return MappingProxyType(found)

    return read


_FORMS: Mapping[str, tuple[Callable[[object], Any], str]] = MappingProxyType(
    {
        "env": (_text, "the name of an environment"),
        "base_url": (_url, "a URL: write it as in https://shop.example"),
        "device": (_text, "the name of a device"),
        "locale": (_locale, "a language tag: write it as in es-ES"),
        "secrets_file": (_path, "the path of a file"),
        "seed": (_number_in(0, MAX_SEED), f"a whole number from 0 to {MAX_SEED}"),
        "workers": (_number_in(1, MAX_WORKERS), f"a whole number from 1 to {MAX_WORKERS}"),
        "output_folder": (_path, "the path of a folder"),
        "insecure": (_flag, "True or False"),
        "variables": (_mapping_of(VARIABLE_NAME, r".*"), "names of variables with their texts"),
        "hosts": (_mapping_of(HOST_NAME, HOST_ADDRESS), "host names with their addresses"),
    }
)
"""Setting → what reads its value, and what it must be."""
_CALLER_KEYS = MappingProxyType({"ignore_https_errors": "insecure"})
"""Setting of files → what callers call it."""
_ORIGIN_KEYS = MappingProxyType({"variables": "vars"})
