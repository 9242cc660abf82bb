"""What counts of all that is said in several places, and where it stands: ``cn-validator config``.

Secrets, and what may be a key to the shop, are not shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from validator.contract.readers import read_file
from validator.core.document import Document
from validator.core.page_options import PageOptions
from validator.core.urls import without_login
from validator.scenario.expand.matrix import Instance, instances
from validator.scenario.expand.variables import Scope
from validator.scenario.files import scenario_files
from validator.scenario.parse.node import Node, Problems
from validator.scenario.parse.schema_check import scenario_findings
from validator.scenario.settings.scope import Surroundings
from validator.scenario.settings.setting_layers import Given, Layers

HIDDEN = "<hidden>"
BUILT_IN = "built in"
_PLAIN = (
    "base_url",
    "secrets_file",
    "device",
    "viewport",
    "user_agent",
    "locale",
    "timezone",
    "geolocation",
    "http_auth",
    "storage_state",
    "proxy",
    "timeout",
    "connectif",
    "confirmation",
)
_MERGED = ("vars", "headers", "cookies", "hosts")
_LISTED = ("secrets", "permissions", "consent", "block")
SETTINGS = (*_PLAIN, *_MERGED, *_LISTED)
"""Every setting of the configuration's defaults and environments; a test holds it."""

_USUAL = {"timeout": "15s", "connectif": "block"}


@dataclass(frozen=True, slots=True)
class Effective:
    """One value, and the file and line, option or variable that it comes from."""

    key: str
    value: str
    origin: str


def effective_settings(
    path: Path | None, environ: Mapping[str, str], run_id: str, given: Given
) -> tuple[dict[str, list[Effective]], Problems]:
    """Return what counts for each instance of a scenario, by its name; without one, for all.

    Also what is wrong with it. Raises InputError for a file that cannot be read at all.
    """
    document, problems = Document("", {}), Problems()
    folders: tuple[Path, ...] = ()
    subject = ""
    if path is not None:
        files, missing = scenario_files([path])
        problems.extend(missing)
        document = read_file(path) if not missing else document
        folders = (path.parent, *(file.project for file in files))
        subject = "".join(file.name_in_project for file in files[:1])
        problems.extend(scenario_findings(document) if not missing else [])
    root = Node.root(document)
    around = Surroundings.of(environ, folders, run_id, given)
    found = {}
    for instance in instances(root.get("matrix"), given.command, around.bare()):
        layers = given.around(root.items(), instance.settings)
        scope = around.scope(layers, instance, subject, sure=True)
        title = root.get("name")
        found[f"{scope.fixed(title) if title else ''}{instance}"] = [
            *_settings(layers, scope),
            *_matrix(instance),
        ]
    problems.extend(around.problems.findings)
    return found, problems


def _settings(layers: Layers, scope: Scope) -> Iterator[Effective]:
    for key in _PLAIN:
        if node := layers.get(key):
            yield from _flat(key, node, scope)
        elif key in _USUAL:
            yield Effective(key, _USUAL[key], BUILT_IN)
    for key in _MERGED:
        for name, node in layers.merged(key).items():
            yield Effective(f"{key}.{name}", _shown(key, name, node, scope), str(node.location))
    for key in _LISTED:
        for index, node in enumerate(layers.listed(key), 1):
            yield Effective(f"{key} {index}", _text(node, scope), str(node.location))


def _flat(key: str, node: Node, scope: Scope) -> Iterator[Effective]:
    if not isinstance(node.data, dict) or key == "confirmation":
        value = without_login(_text(node, scope))[0] if key == "base_url" else _text(node, scope)
        yield Effective(key, value, str(node.location))
        return
    for name, inner in node.items().items():
        yield Effective(f"{key}.{name}", _shown(key, name, inner, scope), str(inner.location))


def _shown(key: str, name: str, node: Node, scope: Scope) -> str:
    text = str(scope.variables[name]) if key == "vars" else _text(node, scope)
    pair = {name: text}
    page = PageOptions(
        headers=pair if key == "headers" else {}, cookies=pair if key == "cookies" else {}
    )
    is_key = name == "password" or bool(list(page.secrets()))
    return HIDDEN if is_key and "<secret " not in text else text


def _text(node: Node, scope: Scope) -> str:
    if isinstance(node.data, dict | list):
        return json.dumps(node.data, ensure_ascii=False)
    return str(scope.template(node))


def _matrix(instance: Instance) -> Iterator[Effective]:
    for name, node in instance.nodes.items():
        yield Effective(f"matrix.{name}", instance.values[name], str(node.location))
