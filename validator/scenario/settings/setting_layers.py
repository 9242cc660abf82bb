"""The layers of settings, and which of them wins.

From the strongest to the weakest: the command line with its environment variables, the scenario's
matrix, the chosen environment, the scenario, the defaults of the configuration. The environment
wins over the scenario, because it is chosen for a run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from validator.core.document import Document, Json, Location
from validator.scenario.syntax.node import Node

SettingLayer: TypeAlias = Mapping[str, Node]
EMPTY_LAYER: SettingLayer = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of a run for all its scenarios. ``started`` is in UTC."""

    command: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)
    environment: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)
    defaults: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)
    environment_name: str = ""
    forbidden: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """What no scenario may do, ``evaluate`` or ``command``, and where it is forbidden."""
    only_allowed: bool = False
    """Whether pages may reach only the hosts that their scenario names or allows."""
    seed: int = 0
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def hosts(self) -> dict[str, str]:
        """Host name → address. It is the same for the whole run, which shares one browser."""
        merged = self.layers_for(EMPTY_LAYER).merged("hosts")
        return {name: node.text for name, node in merged.items()}

    def layers_for(
        self, scenario: SettingLayer, matrix: SettingLayer = EMPTY_LAYER
    ) -> SettingLayers:
        return SettingLayers((self.command, matrix, self.environment, scenario, self.defaults))


@dataclass(frozen=True, slots=True)
class SettingLayers:
    """Settings by layer, the strongest first."""

    layers: tuple[SettingLayer, ...]

    def get(self, key: str) -> Node | None:
        """Return the setting of the strongest layer that has it."""
        return next((layer[key] for layer in self.layers if key in layer), None)

    def merged(self, key: str) -> dict[str, Node]:
        """Return the values of a mapping in all layers; for each name, the strongest layer wins."""
        found: dict[str, Node] = {}
        for layer in reversed(self.layers):
            found |= layer[key].items() if key in layer else {}
        return found

    def listed(self, key: str) -> Iterator[Node]:
        """Yield the items of all lists, the weakest first."""
        for layer in reversed(self.layers):
            yield from layer.get(key) or ()


def build_layer(origin: str, **settings: Json) -> SettingLayer:
    """Return settings that are not in a file; ``origin`` names their option or variable."""
    return {name: Node.root(Document(origin, value)) for name, value in settings.items()}


def resolve_path(node: Node, text: str) -> Path:
    """Return a path, written relative to its file's folder, relative to the current folder."""
    return Path(os.path.normpath(Path(node.document.label).parent / Path(text).expanduser()))
