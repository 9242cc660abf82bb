"""Checks a document by the schema of scenarios; findings say what to write instead.

One mistake gives one finding: a misspelt key is not reported as missing, too.
"""

from __future__ import annotations

from dataclasses import replace

from validator.contract.schema import (
    URN_PREFIX,
    Schema,
    SchemaViolation,
    iter_schema_violations,
    load_schema,
)
from validator.core.document import Document
from validator.core.finding import Finding, Severity
from validator.core.suggestion import find_similar
from validator.scenario.syntax.schema_messages import (
    SchemaMessage,
    describe_violation,
    describe_yaml_trap,
    last_key,
    parent_pointer,
)

_UNKNOWN_KEY_KEYWORDS = ("additionalProperties", "unevaluatedProperties")
_SHAPE = ("oneOf", "dependentRequired", "minProperties")


def scenario_findings(document: Document) -> list[Finding]:
    """Return the schema violations of a scenario."""
    return _check(document, load_schema("scenario"))


def fragment_findings(document: Document) -> list[Finding]:
    """Return the schema violations of a fragment."""
    return _check(document, Schema("fragment", {"$ref": f"{URN_PREFIX}scenario#/$defs/fragment"}))


def locator_findings(document: Document) -> list[Finding]:
    """Return the schema violations of a single locator."""
    return _check(document, Schema("locator", {"$ref": f"{URN_PREFIX}scenario#/$defs/locator"}))


def config_findings(document: Document) -> list[Finding]:
    """Return the schema violations of a configuration."""
    return [
        replace(finding, rule=finding.rule.replace("scenario-", "config-", 1))
        for finding in _check(document, load_schema("config"))
    ]


def _check(document: Document, schema: Schema) -> list[Finding]:
    found = list(iter_schema_violations(document, schema))
    plain = document.source_map.plain
    # Unknown keys beside a key without a value should have been indented below it.
    hollow = {parent_pointer(v.pointer) for v in found if plain.get(v.pointer) == ""}
    found = [
        v
        for v in found
        if v.keyword not in _UNKNOWN_KEY_KEYWORDS or parent_pointer(v.pointer) not in hollow
    ]
    unknown = [
        violation.pointer for violation in found if violation.keyword in _UNKNOWN_KEY_KEYWORDS
    ]
    messages: dict[str, SchemaMessage] = {}
    for violation in found:
        if violation.pointer not in messages and not _is_consequence(violation, unknown):
            messages[violation.pointer] = describe_violation(document, violation)
    for at in plain:
        is_severity = at.startswith("/rules/")  # off is a severity there
        if at not in messages and not is_severity and (trap := describe_yaml_trap(document, at)):
            messages[at] = trap
    return [_finding(document, message) for message in messages.values()]


def _is_consequence(violation: SchemaViolation, unknown: list[str]) -> bool:
    if violation.keyword in _SHAPE:
        return any(parent_pointer(at) == violation.pointer for at in unknown)
    if violation.keyword == "required":
        owner = parent_pointer(violation.pointer)
        siblings = [last_key(at) for at in unknown if parent_pointer(at) == owner]
        return bool(find_similar(last_key(violation.pointer), siblings))
    return False


def _finding(document: Document, message: SchemaMessage) -> Finding:
    place = document.locate_key(message.at) if message.by_key else document.locate(message.at)
    return Finding(
        message.rule,
        Severity.ERROR,
        message.message,
        message.at,
        place,
        expected=message.expected,
        hint=message.hint,
        snippet=document.line(place.line),
    )
