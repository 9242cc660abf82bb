"""``cn-validator.yaml``: what a project says once for all that is checked in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from validator.errors import InputError
from validator.readers import read_file
from validator.scenario.files import CONFIG
from validator.scenario.grammar import config_findings
from validator.scenario.judgement import own_schemas, rule_settings
from validator.scenario.node import Node, Problems
from validator.settings import AS_GRADED, Settings


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; without one, nothing. ``schemas`` maps tags to files."""

    rules: Settings = AS_GRADED
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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
    )
    if problems:
        raise InputError(problems.findings)
    return config
