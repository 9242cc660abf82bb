"""The configuration ``cn-validator.yaml``: the settings of a project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from validator.contract.readers import read_file
from validator.contract.script_expectation import NOTHING_SAID, ScriptExpectation
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.severities import NO_OVERRIDES, RuleOverrides
from validator.scenario.files import CONFIG_FILE
from validator.scenario.model.page_limits import Limits
from validator.scenario.settings.limit_settings import parse_limits
from validator.scenario.settings.rule_overrides import parse_rule_overrides, parse_shop_schemas
from validator.scenario.settings.script_settings import parse_script_expectation
from validator.scenario.settings.setting_layers import RunSettings, SettingLayer
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_check import config_findings
from validator.scenario.syntax.schema_messages import did_you_mean


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of the file; empty without a file. ``schemas`` maps tags to files.

    ``root`` is the whole file, for the settings that are read where they are used.
    """

    rules: RuleOverrides = NO_OVERRIDES
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    script: ScriptExpectation = NOTHING_SAID
    root: Node = field(default_factory=lambda: Node.root(Document(CONFIG_FILE, {})))

    @property
    def limits(self) -> Limits:
        return parse_limits(self.root)

    def given(self, command: SettingLayer, chosen: Node | None, seed: int) -> RunSettings:
        """Return the settings of the command line and of this file together.

        ``chosen`` names an environment. Raises InputError for an unknown one.
        """
        chosen = chosen or self.root.get("environment")
        environments = self.environments
        if chosen is not None and chosen.text not in environments:
            raise _unknown_environment_error(chosen, environments)
        return RunSettings(
            command=command,
            environment=environments[chosen.text].items() if chosen else {},
            defaults=self._in("defaults"),
            environment_name=chosen.text if chosen else "",
            only_allowed="outbound" in self.root,
            forbidden={
                what: node.location for what, node in self._in("allow").items() if not node.data
            },
            seed=seed,
        )

    @property
    def environments(self) -> Mapping[str, Node]:
        return self._in("environments")

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the labels of a label set. Raises InputError for an unknown one."""
        sets = self._in("label_sets")
        if name in sets:
            return tuple(label.text for label in sets[name])
        raise InputError.single(
            "label-set-unknown",
            f'there is no label set "{name}"{did_you_mean(name, sets)}',
            Location("--label-set"),
            _known_names_hint("label_sets", sets),
        )

    def _in(self, key: str) -> Mapping[str, Node]:
        node = self.root.get(key)
        return node.items() if node else {}


def _unknown_environment_error(chosen: Node, environments: Mapping[str, Node]) -> InputError:
    name = chosen.text
    message = f'there is no environment "{name}"{did_you_mean(name, environments)}'
    hint = _known_names_hint("environments", environments)
    return InputError.single("environment-unknown", message, chosen.location, hint)


def _known_names_hint(key: str, names: Mapping[str, Node]) -> str:
    known = f"Known: {', '.join(names)}." if names else "There are none."
    return f"{known} They are under {key} in {CONFIG_FILE}."


def find_config(folder: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the configuration in a folder, or in the nearest one above; None without one.

    The search ends at the root of the repository and at the user's home.
    """
    homes = {environ.get("HOME"), environ.get("USERPROFILE")}
    for place in (folder, *folder.parents):
        if (place / CONFIG_FILE).is_file():
            return Path(os.path.relpath(place / CONFIG_FILE, folder))
        if (place / ".git").exists() or str(place) in homes:
            return None
    return None


def load_nearest_config(path: str | Path | None) -> Config:
    """Return the configuration of a path; of None, the nearest to the current folder.

    Raises InputError with everything that is wrong with it.
    """
    found = Path(path) if path else find_config(Path.cwd(), os.environ)
    return load_config(found) if found else Config()


def load_config(path: Path) -> Config:
    """Read a configuration. Raises InputError with everything that is wrong with it."""
    document = read_file(path)
    problems = FindingCollector()
    problems.extend(config_findings(document))
    root = Node.root(document)
    config = Config(
        rules=parse_rule_overrides(root.get("rules"), problems),
        schemas=parse_shop_schemas(root.get("schemas"), problems),
        script=parse_script_expectation(root),
        root=root,
    )
    environment = root.get("environment")
    known = config.environments
    if environment and environment.text not in known:
        problems.extend(_unknown_environment_error(environment, known).findings)
    if problems:
        raise InputError(problems.findings)
    return config
