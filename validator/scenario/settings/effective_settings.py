"""Finds the effective settings and where each comes from, for ``cn-validator config``.

Secrets, and values that may give access to the shop, are hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from validator.contract.readers import read_file
from validator.core.document import Document
from validator.core.page_options import PageOptions
from validator.core.redaction import Redactor
from validator.core.urls import split_credentials
from validator.scenario.expand.scope import Scope
from validator.scenario.files import find_scenarios
from validator.scenario.settings.matrix import MatrixInstance, expand_matrix
from validator.scenario.settings.scope_builder import ScopeBuilder
from validator.scenario.settings.setting_layers import RunSettings, SettingLayers
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_check import scenario_findings

HIDDEN = "<hidden>"
BUILT_IN = "built in"
_SINGLE_KEYS = (
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
    "ignore_https_errors",
    "client_certificate",
    "timeout",
    "connectif",
    "confirmation",
)
_MERGED_KEYS = ("vars", "headers", "cookies", "hosts")
_LIST_KEYS = ("secrets", "permissions", "consent", "block")
SETTING_KEYS = (*_SINGLE_KEYS, *_MERGED_KEYS, *_LIST_KEYS)
"""Every setting of the configuration's defaults and environments."""

_DEFAULTS = {"timeout": "15s", "connectif": "block"}


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One value, and the file and line, option or variable that it comes from."""

    key: str
    value: str
    origin: str


def effective_settings(
    path: Path | None, environ: Mapping[str, str], run_id: str, given: RunSettings
) -> tuple[dict[str, list[EffectiveSetting]], FindingCollector]:
    """Return the effective settings by instance of a scenario, and the errors in them.

    Without a scenario, these are the settings of all scenarios. Raises InputError for a file that
    cannot be read.
    """
    document, problems = Document("", {}), FindingCollector()
    folders: tuple[Path, ...] = ()
    subject = ""
    if path is not None:
        files, missing = find_scenarios([path])
        problems.extend(missing)
        document = read_file(path) if not missing else document
        folders = (path.parent, *(file.project for file in files))
        subject = "".join(file.name_in_project for file in files[:1])
        problems.extend(scenario_findings(document) if not missing else [])
    root = Node.root(document)
    scope_builder = ScopeBuilder.of(environ, folders, run_id, given)
    found = {}
    for instance in expand_matrix(root.get("matrix"), given.command, scope_builder.empty_scope()):
        layers = given.layers_for(root.items(), instance.settings)
        scope = scope_builder.scope(layers, instance, subject, names_complete=True)
        title = root.get("name")
        settings = [*_settings(layers, scope), *_matrix(instance)]
        # A secret may also be read as ${env.NAME}, or be a part of an address.
        redactor = Redactor(secret.value for secret in scope.context.secrets.values())
        found[f"{scope.resolve_now(title) if title else ''}{instance}"] = [
            replace(each, value=redactor.text(each.value)) for each in settings
        ]
    problems.extend(scope_builder.redacted_findings())
    return found, problems


def _settings(layers: SettingLayers, scope: Scope) -> Iterator[EffectiveSetting]:
    for key in _SINGLE_KEYS:
        if node := layers.get(key):
            yield from _flat(key, node, scope)
        elif key in _DEFAULTS:
            yield EffectiveSetting(key, _DEFAULTS[key], BUILT_IN)
    for key in _MERGED_KEYS:
        for name, node in layers.merged(key).items():
            yield EffectiveSetting(
                f"{key}.{name}", _display_value(key, name, node, scope), str(node.location)
            )
    for key in _LIST_KEYS:
        for index, node in enumerate(layers.listed(key), 1):
            yield EffectiveSetting(f"{key} {index}", _display_text(node, scope), str(node.location))


def _flat(key: str, node: Node, scope: Scope) -> Iterator[EffectiveSetting]:
    if not isinstance(node.data, dict) or key == "confirmation":
        value = (
            split_credentials(_display_text(node, scope))[0]
            if key == "base_url"
            else _display_text(node, scope)
        )
        yield EffectiveSetting(key, value, str(node.location))
        return
    for name, inner in node.items().items():
        yield EffectiveSetting(
            f"{key}.{name}", _display_value(key, name, inner, scope), str(inner.location)
        )


def _display_value(key: str, name: str, node: Node, scope: Scope) -> str:
    text = str(scope.variables[name]) if key == "vars" else _display_text(node, scope)
    pair = {name: text}
    page = PageOptions(
        headers=pair if key == "headers" else {}, cookies=pair if key == "cookies" else {}
    )
    is_key = name in ("password", "passphrase") or bool(list(page.secrets()))
    return HIDDEN if is_key and "<secret " not in text else text


def _display_text(node: Node, scope: Scope) -> str:
    if isinstance(node.data, dict | list):
        return json.dumps(node.data, ensure_ascii=False)
    if isinstance(node.data, bool):
        return str(node.data).lower()
    return str(scope.template(node))


def _matrix(instance: MatrixInstance) -> Iterator[EffectiveSetting]:
    for name, node in instance.nodes.items():
        yield EffectiveSetting(f"matrix.{name}", instance.values[name], str(node.location))
