"""Builds the findings that reports show, with their source line, and sorts them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from validator.core.document import Location
from validator.core.finding import Finding
from validator.rules.catalogue import RULES
from validator.rules.rule import RuleContext, RuleViolation, Violation

MAX_SNIPPET_CHARS = 4_000
_RULE_RANK = {rule.id: rank for rank, rule in enumerate(RULES)}


def _locate(violation: Violation, context: RuleContext) -> Location:
    if violation.location:
        return violation.location
    if violation.tag is None:
        return Location(context.capture.url)
    return context.readings[violation.tag].document.locate(violation.pointer)


def violation_sort_key(found: RuleViolation, context: RuleContext) -> tuple[int, int, int, int]:
    """Sort by tag, then by place; violations of the whole page come first."""
    violation = found.violation
    place = _locate(violation, context)
    is_of_page = violation.tag is None and violation.location is None
    tag = -1 if violation.tag is None or not context.capture.rendered else violation.tag
    line, column = (0, 0) if is_of_page else (place.line or 0, place.column or 0)
    return tag, line, column, _RULE_RANK[found.rule.id]


def build_finding(
    found: RuleViolation, context: RuleContext, scenario: Mapping[str, Location]
) -> Finding:
    """Build a finding. ``scenario`` maps a field name to the scenario's line that expects it,
    and "" to the line of the expectation."""
    rule, violation = found.rule, found.violation
    place = _locate(violation, context)
    return Finding(
        rule=rule.id,
        severity=found.severity,
        message=violation.message,
        pointer=violation.pointer,
        location=place,
        consequence=found.consequence,
        expected=violation.expected,
        actual=violation.actual,
        recorded=violation.recorded,
        why=rule.why,
        hint=violation.hint or rule.fix,
        snippet=_find_source_line(violation, place, context),
        scenario=violation.scenario
        or scenario.get(violation.pointer.removeprefix("/"))
        or scenario.get(""),
    )


@lru_cache(maxsize=4)  # a tag may have thousands of findings
def _split_lines(html: str) -> list[str]:
    return html.split("\n")


def _find_source_line(violation: Violation, place: Location, context: RuleContext) -> str:
    """Return the source line of a place; of a very long line, the part from the place on."""
    for tag in context.hidden_tags if violation.tag is None else (context.tags[violation.tag],):
        first = tag.origin.line or 1
        lines = _split_lines(tag.html)
        if place.line is None or (violation.tag is None and tag.origin != place):
            continue
        if first <= place.line < first + len(lines):
            line, column = lines[place.line - first], place.column or 1
            if place.line == first:
                # The text before the tag on its first line was not captured.
                line = " " * ((tag.origin.column or 1) - 1) + line
            return (
                line[:MAX_SNIPPET_CHARS]
                if column <= MAX_SNIPPET_CHARS
                else line[column - 1 :][:MAX_SNIPPET_CHARS]
            )
    return ""
