"""What a rule tells → the Finding that reports show: its place, its source line, its order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from validator.core.document import Location
from validator.core.finding import Finding
from validator.rules.catalogue import RULES
from validator.rules.rule import Rule, RuleContext, Violation

MAX_SNIPPET_CHARS = 4_000
_RULE_RANK = {rule.id: rank for rank, rule in enumerate(RULES)}


def _locate(problem: Violation, subject: RuleContext) -> Location:
    if problem.location:
        return problem.location
    if problem.tag is None:
        return Location(subject.capture.url)
    return subject.readings[problem.tag].document.locate(problem.pointer)


def violation_sort_key(
    rule: Rule, problem: Violation, subject: RuleContext
) -> tuple[int, int, int, int]:
    """Sort findings by tag, then by place, those of the whole page first."""
    place = _locate(problem, subject)
    is_of_page = problem.tag is None and problem.location is None
    tag = -1 if problem.tag is None or not subject.capture.rendered else problem.tag
    line, column = (0, 0) if is_of_page else (place.line or 0, place.column or 0)
    return tag, line, column, _RULE_RANK[rule.id]


def build_finding(
    rule: Rule, problem: Violation, subject: RuleContext, scenario: Mapping[str, Location]
) -> Finding:
    """Make a finding. ``scenario`` maps fields to the line that expects them; "" is the rest."""
    place = _locate(problem, subject)
    return Finding(
        rule=rule.id,
        severity=problem.severity or rule.severity,
        message=problem.message,
        pointer=problem.pointer,
        location=place,
        consequence=problem.consequence or rule.consequence,
        expected=problem.expected,
        actual=problem.actual,
        recorded=problem.recorded,
        why=rule.why,
        hint=problem.hint or rule.fix,
        snippet=_snippet(problem, place, subject),
        scenario=problem.scenario
        or scenario.get(problem.pointer.removeprefix("/"))
        or scenario.get(""),
    )


@lru_cache(maxsize=4)
def _split_lines(html: str) -> list[str]:
    """A tag may have thousands of findings: it is parted into lines once."""
    return html.split("\n")


def _snippet(problem: Violation, place: Location, subject: RuleContext) -> str:
    """Return the source line that a place points into; of an endless one, what follows it."""
    for tag in subject.hidden_tags if problem.tag is None else (subject.seen[problem.tag],):
        first = tag.origin.line or 1
        lines = _split_lines(tag.html)
        if place.line is None or (problem.tag is None and tag.origin != place):
            continue
        if first <= place.line < first + len(lines):
            line, column = lines[place.line - first], place.column or 1
            if place.line == first:
                # What stands before the tag on its first line was not captured.
                line = " " * ((tag.origin.column or 1) - 1) + line
            return (
                line[:MAX_SNIPPET_CHARS]
                if column <= MAX_SNIPPET_CHARS
                else line[column - 1 :][:MAX_SNIPPET_CHARS]
            )
    return ""
