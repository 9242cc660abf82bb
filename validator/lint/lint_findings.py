"""Findings of the linter, and the edits that fix them."""

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
    """Replace ``old`` by ``new``. Line and column are one-based; columns count characters."""

    line: int
    column: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A finding, with the edit that fixes it if a safe one is known."""

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
    """Build a finding about a value, or about its key. ``hide`` is text that must not be shown."""
    described = LINT_RULES[rule]
    place = node.key_location if by_key else node.location
    snippet = Redactor([hide] if hide else []).text(node.document.line(place.line))
    finding = Finding(
        rule,
        described.severity,
        message,
        node.at,
        place,
        why=described.why,
        hint=hint or described.fix,
        snippet=snippet.replace(hide, "[secret]") if hide else snippet,
    )
    return LintFinding(finding)


def build_edit(place: Location, old: str, new: str) -> Edit | None:
    """Return the edit at a place; None if the place has no column."""
    return Edit(place.line, place.column, old, new) if place.line and place.column else None


def is_ignored(linted: LintFinding, line: str) -> bool:
    """Tell whether the line has a comment ``# lint-ignore: ID`` that names the finding's rule."""
    found = _IGNORE_COMMENT.search(line)
    if not found or linted.finding.rule not in LINT_RULES:
        return False
    named = {name.strip() for name in (found[1] or "").split(",")} - {""}
    return not named or linted.finding.rule in named
