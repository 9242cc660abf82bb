"""A document and the scenario schema → findings that say what was meant and how to write it.

One mistake gives one finding: an unknown key hides the missing one it was meant to be.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from validator.contract.schema import URN, Schema, Violation, load_schema, violations
from validator.core.document import Document
from validator.core.finding import Finding, Severity
from validator.scenario.parse.schema_messages import Saying, key_of, parent_of, say, say_trap

_UNKNOWN = ("additionalProperties", "unevaluatedProperties")
_SHAPE = ("oneOf", "dependentRequired", "minProperties")


def scenario_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a scenario."""
    return _findings(document, load_schema("scenario"))


def fragment_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a fragment."""
    return _findings(document, Schema("fragment", {"$ref": f"{URN}scenario#/$defs/fragment"}))


def locator_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a locator alone."""
    return _findings(document, Schema("locator", {"$ref": f"{URN}scenario#/$defs/locator"}))


def config_findings(document: Document) -> list[Finding]:
    """Return what is wrong with the shape of a configuration."""
    return [
        replace(finding, rule=finding.rule.replace("scenario-", "config-", 1))
        for finding in _findings(document, load_schema("config"))
    ]


def _findings(document: Document, schema: Schema) -> list[Finding]:
    found = list(violations(document, schema))
    plain = document.source_map.plain
    # Under a key without a value, unknown keys are what should have been indented.
    hollow = {parent_of(v.pointer) for v in found if plain.get(v.pointer) == ""}
    found = [v for v in found if v.keyword not in _UNKNOWN or parent_of(v.pointer) not in hollow]
    unknown = [violation.pointer for violation in found if violation.keyword in _UNKNOWN]
    sayings: dict[str, Saying] = {}
    for violation in found:
        if violation.pointer not in sayings and not _is_consequence(violation, unknown):
            sayings[violation.pointer] = say(document, violation)
    for at in plain:
        is_grade = at.startswith("/rules/")  # there, off can only be the word
        if at not in sayings and not is_grade and (trap := say_trap(document, at)):
            sayings[at] = trap
    return [_finding(document, saying) for saying in sayings.values()]


def _is_consequence(violation: Violation, unknown: list[str]) -> bool:
    if violation.keyword in _SHAPE:
        return any(parent_of(at) == violation.pointer for at in unknown)
    if violation.keyword == "required":
        owner = parent_of(violation.pointer)
        siblings = [key_of(at) for at in unknown if parent_of(at) == owner]
        return bool(get_close_matches(key_of(violation.pointer), siblings, n=1))
    return False


def _finding(document: Document, saying: Saying) -> Finding:
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
