"""What a scenario, or the configuration, says of how pages are judged: rules and schemas."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from validator.contract.contracts import Contracts, documented_tags
from validator.core.errors import InputError
from validator.core.finding import Finding
from validator.core.severities import GRADES, Setting, Settings
from validator.rules.catalogue import no_such_rule
from validator.scenario.parse.node import Node, Problems
from validator.scenario.parse.schema_messages import near


def rule_settings(node: Node | None, problems: Problems) -> Settings:
    """Read ``rules``. What is no grade is left out, for the schema tells of it."""
    settings = {}
    for rule, grade in (node.items() if node else {}).items():
        if message := no_such_rule(rule):
            hint = "cn-validator rules lists them."
            problems.add("rule-unknown", message, grade, hint, by_key=True)
        elif grade.text in GRADES:
            settings[rule] = Setting.of(grade.text, grade.key_location)
    return Settings(MappingProxyType(settings))


def own_schemas(node: Node | None, problems: Problems) -> Mapping[str, str]:
    """Read ``schemas``: tag → the file of a schema, found from the folder of the file it is in."""
    schemas = {}
    for tag, path in (node.items() if node else {}).items():
        if tag not in documented_tags():
            message = f'there is no tag "{tag}"{near(tag, documented_tags())}'
            hint = "Name a tag that Connectif documents, such as cn_purchase."
            problems.add("tag-unknown", message, path, hint, by_key=True)
            continue
        if not path.is_text or not path.text:
            continue  # the schema has told of it
        file = _shown(path)
        if Path(file).is_file():
            schemas[tag] = file
            problems.extend(_faults(tag, file))
        else:
            problems.add(*_missing(path, file))
    return MappingProxyType(schemas)


def _shown(node: Node) -> str:
    """Return a path as a person standing here would write it, and never like a schema's name."""
    path = os.path.normpath(Path(node.document.label).parent / node.text)
    return path if Path(path).parent != Path() else f"./{path}"


def _faults(tag: str, file: str) -> tuple[Finding, ...]:
    try:
        Contracts({tag: file}).fields(tag)
    except InputError as error:
        return error.findings
    return ()


def _missing(node: Node, file: str) -> tuple[str, str, Node, str]:
    folder = Path(file).parent
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    message = f'there is no file "{node.text}"{near(Path(file).name, names)}'
    hint = f"Write the path from the folder of {Path(node.document.label).name}."
    return "schema-missing", message, node, hint
