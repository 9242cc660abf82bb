"""Reads ``rules`` and ``schemas`` of a scenario or the configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from validator.contract.contracts import Contracts, documented_tags
from validator.core.errors import InputError
from validator.core.finding import Finding
from validator.core.severities import SEVERITY_CHOICES, RuleOverride, RuleOverrides
from validator.rules.catalogue import explain_unknown_rule
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_messages import did_you_mean


def parse_rule_overrides(node: Node | None, problems: FindingCollector) -> RuleOverrides:
    """Read ``rules``. Invalid severities are left out: the schema check reports them."""
    settings = {}
    for rule, severity in (node.items() if node else {}).items():
        if message := explain_unknown_rule(rule):
            hint = "cn-validator rules lists them."
            problems.add("rule-unknown", message, severity, hint, by_key=True)
        elif severity.text in SEVERITY_CHOICES:
            settings[rule] = RuleOverride.of(severity.text, severity.key_location)
    return RuleOverrides(MappingProxyType(settings))


def parse_shop_schemas(node: Node | None, problems: FindingCollector) -> Mapping[str, str]:
    """Read ``schemas``: tag → the path of its schema, as messages show it."""
    schemas = {}
    for tag, path in (node.items() if node else {}).items():
        if tag not in documented_tags():
            message = f'there is no tag "{tag}"{did_you_mean(tag, documented_tags())}'
            hint = "Name a tag that Connectif documents, such as cn_purchase."
            problems.add("tag-unknown", message, path, hint, by_key=True)
            continue
        if not path.is_text or not path.text:
            continue  # the schema check reports it
        file = _display_path(path)
        if Path(file).is_file():
            schemas[tag] = file
            problems.extend(_schema_findings(tag, file))
        else:
            problems.add(*_missing_schema(path, file))
    return MappingProxyType(schemas)


def _display_path(node: Node) -> str:
    """Return a path relative to the current folder, with a slash in it, unlike a schema's name."""
    path = os.path.normpath(Path(node.document.label).parent / node.text)
    return path if Path(path).parent != Path() else f"./{path}"


def _schema_findings(tag: str, file: str) -> tuple[Finding, ...]:
    try:
        Contracts({tag: file}).fields(tag)
    except InputError as error:
        return error.findings
    return ()


def _missing_schema(node: Node, file: str) -> tuple[str, str, Node, str]:
    folder = Path(file).parent
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    message = f'there is no file "{node.text}"{did_you_mean(Path(file).name, names)}'
    hint = f"Write the path from the folder of {Path(node.document.label).name}."
    return "schema-missing", message, node, hint
