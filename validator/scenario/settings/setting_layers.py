"""Where a setting may stand, and which place wins.

From the strongest: the command line and its environment variables, the scenario's matrix, the
environment that was chosen, the scenario, the defaults of the configuration. Whoever chooses an
environment for a run means it, so it wins over what a scenario says of itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from validator.core.document import Document, Json
from validator.scenario.syntax.node import Node

SettingLayer: TypeAlias = Mapping[str, Node]
EMPTY_LAYER: SettingLayer = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What all scenarios of a run are given from outside. ``started`` is in UTC."""

    command: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)
    environment: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)
    defaults: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)
    environment_name: str = ""
    seed: int = 0
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def hosts(self) -> dict[str, str]:
        """Host names and where they lead; of the run, for a browser has them once for all."""
        merged = self.around(EMPTY_LAYER).merged("hosts")
        return {name: node.text for name, node in merged.items()}

    def around(self, scenario: SettingLayer, matrix: SettingLayer = EMPTY_LAYER) -> SettingLayers:
        return SettingLayers((self.command, matrix, self.environment, scenario, self.defaults))


@dataclass(frozen=True, slots=True)
class SettingLayers:
    """Settings by place, the strongest first."""

    layers: tuple[SettingLayer, ...]

    def get(self, key: str) -> Node | None:
        """Return the setting that counts."""
        return next((layer[key] for layer in self.layers if key in layer), None)

    def merged(self, key: str) -> dict[str, Node]:
        """Return a mapping's values: each is the strongest of its name."""
        found: dict[str, Node] = {}
        for layer in reversed(self.layers):
            found |= layer[key].items() if key in layer else {}
        return found

    def listed(self, key: str) -> Iterator[Node]:
        """Yield the items of all lists, the weakest first."""
        for layer in reversed(self.layers):
            yield from layer.get(key) or ()


def build_layer(origin: str, **settings: Json) -> SettingLayer:
    """Return settings that stand in no file; ``origin`` is the option or variable they come by."""
    return {name: Node.root(Document(origin, value)) for name, value in settings.items()}


def resolve_path(node: Node, text: str) -> Path:
    """Return a path as a person standing here would write it: from the folder of its file."""
    return Path(os.path.normpath(Path(node.document.label).parent / Path(text).expanduser()))
