"""Expands ``matrix``: one instance of a scenario for each combination of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType

from validator.core.suggestion import find_similar
from validator.scenario.expand.scope import Scope
from validator.scenario.settings.setting_layers import EMPTY_LAYER, SettingLayer
from validator.scenario.syntax.node import Node
from validator.scenario.syntax.schema_messages import did_you_mean

EXCLUDE_KEY = "exclude"
MATRIX_SETTINGS = (
    "base_url",
    "connectif",
    "device",
    "locale",
    "storage_state",
    "timeout",
    "timezone",
    "user_agent",
    "viewport",
)
"""Names that are settings; other names are only variables, ``${matrix.NAME}``."""

MAX_INSTANCES = 200
"""Instances of one scenario; more are probably a mistake, and take hours."""


@dataclass(frozen=True, slots=True)
class MatrixInstance:
    """One combination: its values, and their nodes, by name."""

    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    nodes: SettingLayer = field(default_factory=lambda: EMPTY_LAYER)

    def __str__(self) -> str:
        """Return ``" [device=Pixel 7, locale=es-ES]"``, or an empty text without a matrix."""
        named = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f" [{named}]" if named else ""

    @property
    def settings(self) -> SettingLayer:
        return {name: node for name, node in self.nodes.items() if name in MATRIX_SETTINGS}


_Axis = list[tuple[str, Node]]


def expand_matrix(node: Node | None, command: SettingLayer, scope: Scope) -> list[MatrixInstance]:
    """Return the combinations, in which the last name changes first.

    Without a matrix, this is one instance without values. A setting of the command line replaces
    all values of its name. ``scope`` has no variables, which may depend on the matrix.
    """
    if node is None:
        return [MatrixInstance()]
    axes = {
        name: _parse_axis(name, values, command, scope)
        for name, values in node.items().items()
        if name != EXCLUDE_KEY
    }
    count = 1
    for axis in axes.values():
        count *= len(axis)
    if count > MAX_INSTANCES:
        message = f"the matrix has {count:,} combinations, and at most {MAX_INSTANCES} are allowed"
        scope.context.problems.add("matrix-too-large", message, node, "Remove values.")
        return [MatrixInstance()]
    excluded = [_parse_exclude(each, axes, command, scope) for each in node.get(EXCLUDE_KEY) or ()]
    kept = [each for each in _combined(axes) if not _is_excluded(each, excluded)]
    if not kept:
        message, hint = "every combination of the matrix is excluded", "Exclude fewer."
        scope.context.problems.add("matrix-empty", message, node, hint, by_key=True)
    return kept or [MatrixInstance()]


def _parse_axis(name: str, values: Node, command: SettingLayer, scope: Scope) -> _Axis:
    if name not in MATRIX_SETTINGS and (similar := find_similar(name, MATRIX_SETTINGS, cutoff=0.8)):
        message = f'"{name}" is not a setting: did you mean "{similar}"?'
        hint = f"If it is only for ${{matrix.{name}}}, choose a name less similar to a setting."
        scope.context.problems.add("matrix-misspelt", message, values, hint, by_key=True)
    if name in MATRIX_SETTINGS and name in command:
        return [(scope.resolve_now(command[name]), command[name])]
    axis: _Axis = []
    for value in values:
        text = scope.resolve_now(value)
        if text in [known for known, _ in axis]:
            message = f'"{text}" is twice in "{name}": it would run the same instance again'
            scope.context.problems.add("matrix-duplicate", message, value, "Remove one of them.")
        axis.append((text, value))
    return axis


def _combined(axes: Mapping[str, _Axis]) -> Iterable[MatrixInstance]:
    for combination in product(*axes.values()):
        named = dict(zip(axes, combination, strict=True))
        yield MatrixInstance(
            MappingProxyType({name: text for name, (text, _) in named.items()}),
            MappingProxyType({name: node for name, (_, node) in named.items()}),
        )


def _parse_exclude(
    node: Node, axes: Mapping[str, _Axis], command: SettingLayer, scope: Scope
) -> Mapping[str, str]:
    """Read an entry of ``exclude``. An entry that matches no combination is an error."""
    entry = {name: scope.resolve_now(value) for name, value in node.items().items()}
    for name, text in entry.items():
        known = [value for value, _ in axes.get(name, ())]
        if text in known or name in command:
            continue
        if name in axes:
            message, hint = (
                f'"{name}" is never "{text}"{did_you_mean(text, known)}',
                "Name one of its values.",
            )
        else:
            message = f'the matrix has no "{name}"{did_you_mean(name, axes)}'
            hint = f"Its names: {', '.join(axes) or 'none'}."
        scope.context.problems.add("matrix-unreachable", message, node[name], hint, by_key=True)
    return entry


def _is_excluded(instance: MatrixInstance, excluded: Iterable[Mapping[str, str]]) -> bool:
    return any(entry.items() <= instance.values.items() for entry in excluded)
