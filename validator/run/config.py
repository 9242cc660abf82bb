"""``cn-validator.yaml``: what a project says once for all that is checked in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from validator.contract.readers import read_file
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.severities import AS_GRADED, Settings
from validator.scenario.files import CONFIG
from validator.scenario.parse.node import Node, Problems
from validator.scenario.parse.schema_check import config_findings
from validator.scenario.parse.schema_messages import near
from validator.scenario.settings.rule_overrides import own_schemas, rule_settings
from validator.scenario.settings.setting_layers import Given, Layer


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; without one, nothing. ``schemas`` maps tags to files.

    ``root`` is the file itself: what is not judged here is read where it is used.
    """

    rules: Settings = AS_GRADED
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    root: Node = field(default_factory=lambda: Node.root(Document(CONFIG, {})))

    def given(self, command: Layer, chosen: Node | None, seed: int) -> Given:
        """Return what scenarios are given: by the command line, and by this file.

        ``chosen`` names an environment. Raises InputError for one that is not there.
        """
        chosen = chosen or self.root.get("environment")
        environments = self.environments
        if chosen is not None and chosen.text not in environments:
            raise _no_environment(chosen, environments)
        return Given(
            command=command,
            environment=environments[chosen.text].items() if chosen else {},
            defaults=self._in("defaults"),
            environment_name=chosen.text if chosen else "",
            seed=seed,
        )

    @property
    def environments(self) -> Mapping[str, Node]:
        return self._in("environments")

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the labels of a set. Raises InputError for one that is not there."""
        sets = self._in("label_sets")
        if name in sets:
            return tuple(label.text for label in sets[name])
        raise InputError.single(
            "label-set-unknown",
            f'there is no label set "{name}"{near(name, sets)}',
            Location("--label-set"),
            _known("label_sets", sets),
        )

    def _in(self, key: str) -> Mapping[str, Node]:
        node = self.root.get(key)
        return node.items() if node else {}


def _no_environment(chosen: Node, environments: Mapping[str, Node]) -> InputError:
    name = chosen.text
    message = f'there is no environment "{name}"{near(name, environments)}'
    hint = _known("environments", environments)
    return InputError.single("environment-unknown", message, chosen.location, hint)


def _known(key: str, names: Mapping[str, Node]) -> str:
    there = f"There is {', '.join(names)}." if names else "There is none."
    return f"{there} They are under {key} in {CONFIG}."


def find_config(folder: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the nearest configuration: in a folder, or above it in the same repository.

    The search ends where a repository begins, and at the user's home.
    """
    homes = {environ.get("HOME"), environ.get("USERPROFILE")}
    for place in (folder, *folder.parents):
        if (place / CONFIG).is_file():
            return Path(os.path.relpath(place / CONFIG, folder))
        if (place / ".git").exists() or str(place) in homes:
            return None
    return None


def load_config(path: Path) -> Config:
    """Read a configuration. Raises InputError with all that is wrong with it."""
    document = read_file(path)
    problems = Problems()
    problems.extend(config_findings(document))
    root = Node.root(document)
    config = Config(
        rules=rule_settings(root.get("rules"), problems),
        schemas=own_schemas(root.get("schemas"), problems),
        root=root,
    )
    environment = root.get("environment")
    known = config.environments
    if environment and environment.text not in known:
        problems.extend(_no_environment(environment, known).findings)
    if problems:
        raise InputError(problems.findings)
    return config
