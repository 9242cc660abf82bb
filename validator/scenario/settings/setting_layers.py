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
from validator.scenario.parse.node import Node

Layer: TypeAlias = Mapping[str, Node]
NONE: Layer = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Given:
    """What all scenarios of a run are given from outside. ``started`` is in UTC."""

    command: Layer = field(default_factory=lambda: NONE)
    environment: Layer = field(default_factory=lambda: NONE)
    defaults: Layer = field(default_factory=lambda: NONE)
    environment_name: str = ""
    seed: int = 0
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def hosts(self) -> dict[str, str]:
        """Host names and where they lead; of the run, for a browser has them once for all."""
        merged = self.around(NONE).merged("hosts")
        return {name: node.text for name, node in merged.items()}

    def around(self, scenario: Layer, matrix: Layer = NONE) -> Layers:
        return Layers((self.command, matrix, self.environment, scenario, self.defaults))


@dataclass(frozen=True, slots=True)
class Layers:
    """Settings by place, the strongest first."""

    layers: tuple[Layer, ...]

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


def said(origin: str, **settings: Json) -> Layer:
    """Return settings that stand in no file; ``origin`` is the option or variable they come by."""
    return {name: Node.root(Document(origin, value)) for name, value in settings.items()}


def path_of(node: Node, text: str) -> Path:
    """Return a path as a person standing here would write it: from the folder of its file."""
    return Path(os.path.normpath(Path(node.document.label).parent / Path(text).expanduser()))
