"""What the linter says of a place in a file, and the edit that would mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from validator.core.document import Location
from validator.core.finding import Finding
from validator.core.redaction import Redactor
from validator.lint.catalogue import LINT_RULES
from validator.scenario.syntax.node import Node

_IGNORE_COMMENT = re.compile(r"#.*\blint-ignore(?::\s*([\w, -]+))?")


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``new`` where ``old`` stands. Lines and columns are one-based, in characters."""

    line: int
    column: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A finding, and how to mend it where that is safe."""

    finding: Finding
    edit: Edit | None = None


def build_finding(
    rule: str,
    node: Node,
    message: str,
    *,
    hint: str = "",
    by_key: bool = False,
    hide: str = "",
) -> LintFinding:
    """Say something of a value, or of its key. ``hide`` is what must not be shown."""
    advice = LINT_RULES[rule]
    place = node.key_location if by_key else node.location
    snippet = Redactor([hide] if hide else []).text(node.document.line(place.line))
    finding = Finding(
        rule,
        advice.severity,
        message,
        node.at,
        place,
        why=advice.why,
        hint=hint or advice.fix,
        snippet=snippet.replace(hide, "[secret]") if hide else snippet,
    )
    return LintFinding(finding)


def build_edit(place: Location, old: str, new: str) -> Edit | None:
    """Return the edit at a place; None where the place has no column."""
    return Edit(place.line, place.column, old, new) if place.line and place.column else None


def is_ignored(said: LintFinding, line: str) -> bool:
    """Tell whether the author has answered: a comment ``# lint-ignore: ID`` on the same line."""
    found = _IGNORE_COMMENT.search(line)
    if not found or said.finding.rule not in LINT_RULES:
        return False
    named = {name.strip() for name in (found[1] or "").split(",")} - {""}
    return not named or said.finding.rule in named
