"""A document and the scenario schema → findings that say what was meant and how to write it.

One mistake gives one finding: an unknown key hides the missing one it was meant to be.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from validator.contract.schema import (
    URN_PREFIX,
    Schema,
    SchemaViolation,
    iter_schema_violations,
    load_schema,
)
from validator.core.document import Document
from validator.core.finding import Finding, Severity
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
    """Return what is wrong with the shape of a scenario."""
    return _check(document, load_schema("scenario"))


def fragment_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a fragment."""
    return _check(document, Schema("fragment", {"$ref": f"{URN_PREFIX}scenario#/$defs/fragment"}))


def locator_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a locator alone."""
    return _check(document, Schema("locator", {"$ref": f"{URN_PREFIX}scenario#/$defs/locator"}))


def config_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a configuration."""
    return [
        replace(finding, rule=finding.rule.replace("scenario-", "config-", 1))
        for finding in _check(document, load_schema("config"))
    ]


def _check(document: Document, schema: Schema) -> list[Finding]:
    found = list(iter_schema_violations(document, schema))
    plain = document.source_map.plain
    # Under a key without a value, unknown keys are what should have been indented.
    hollow = {parent_pointer(v.pointer) for v in found if plain.get(v.pointer) == ""}
    found = [
        v
        for v in found
        if v.keyword not in _UNKNOWN_KEY_KEYWORDS or parent_pointer(v.pointer) not in hollow
    ]
    unknown = [
        violation.pointer for violation in found if violation.keyword in _UNKNOWN_KEY_KEYWORDS
    ]
    sayings: dict[str, SchemaMessage] = {}
    for violation in found:
        if violation.pointer not in sayings and not _is_consequence(violation, unknown):
            sayings[violation.pointer] = describe_violation(document, violation)
    for at in plain:
        is_grade = at.startswith("/rules/")  # there, off can only be the word
        if at not in sayings and not is_grade and (trap := describe_yaml_trap(document, at)):
            sayings[at] = trap
    return [_finding(document, saying) for saying in sayings.values()]


def _is_consequence(violation: SchemaViolation, unknown: list[str]) -> bool:
    if violation.keyword in _SHAPE:
        return any(parent_pointer(at) == violation.pointer for at in unknown)
    if violation.keyword == "required":
        owner = parent_pointer(violation.pointer)
        siblings = [last_key(at) for at in unknown if parent_pointer(at) == owner]
        return bool(get_close_matches(last_key(violation.pointer), siblings, n=1))
    return False


def _finding(document: Document, saying: SchemaMessage) -> Finding:
    place = document.locate_key(saying.at) if saying.by_key else document.locate(saying.at)
    return Finding(
        saying.rule,
        Severity.ERROR,
        saying.message,
        saying.at,
        place,
        expected=saying.expected,
        hint=saying.hint,
        snippet=document.line(place.line),
    )
