"""Formats the findings of the linter as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from validator.core.document import Json
from validator.core.finding import Finding, RepetitionLimit, Severity
from validator.lint.lint_findings import LintFinding
from validator.lint.linter import LintResult
from validator.report.sanitize import sanitize, source_excerpt

_MAX_PROSE = 1_000
_WIDTH = 100
SCHEMA_VERSION = 1
"""Increased when readers of the old format would misread the new one; new keys do not count."""


def format_text(linted: LintResult, *, fixed: int, quiet: bool) -> str:
    """Return each finding with its line and fix, and the number of findings at the end.

    A finding begins with ``file:line:column: severity rule: message``. ``quiet`` leaves out the
    rest of it.
    """
    limit = RepetitionLimit()
    shown = [each for each in linted.findings if quiet or limit.admits(each.finding)]
    lines = [line for each in shown for line in _lines(each, quiet=quiet)]
    lines.extend(map(sanitize, limit.omitted()))
    return "".join(f"{line}\n" for line in (*lines, _summary(linted, fixed)))


def _lines(linted: LintFinding, *, quiet: bool) -> Iterator[str]:
    finding = linted.finding
    head = f"{finding.severity} {finding.rule}: {sanitize(finding.message, _MAX_PROSE)}"
    yield f"{sanitize(str(finding.location or ''))}: {head}"
    if quiet:
        return
    yield from _snippet_lines(finding)
    if finding.expected:
        yield f"  expected: {sanitize(finding.expected, _MAX_PROSE)}"
    if finding.hint:
        by_itself = " (--fix does this)" if linted.edit else ""
        yield f"  to fix: {sanitize(finding.hint, _MAX_PROSE)}{by_itself}"


def _snippet_lines(finding: Finding) -> Iterator[str]:
    place = finding.location
    if not place or not finding.snippet.strip():
        return
    gutter = f"  {place.line or ''} | "
    code, caret = source_excerpt(finding.snippet, place.column, _WIDTH - len(gutter))
    yield gutter + code
    if place.column:
        yield f"{' ' * (len(gutter) - 2)}| {' ' * caret}^"


def _summary(linted: LintResult, fixed: int) -> str:
    counts = Counter(each.finding.severity for each in linted.findings)
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "suggestion"}
    parts = [_pluralize(counts[severity], noun) for severity, noun in nouns.items()]
    found = ", ".join(filter(None, parts)) or "nothing wrong"
    fixable = sum(each.edit is not None for each in linted.findings)
    notes = [f"{fixed} fixed"] * bool(fixed) + [f"{fixable} fixable by --fix"] * bool(fixable)
    tail = f" ({', '.join(notes)})" if notes else ""
    return f"{found} in {_pluralize(linted.files, 'file')}{tail}"


def _pluralize(count: int, noun: str) -> str:
    if not count:
        return ""
    return f"{count} {noun}" + "s" * (count != 1)


def format_json(linted: LintResult, *, fixed: int, quiet: bool) -> str:  # noqa: ARG001 - called like format_text
    """Return one JSON object in ASCII, with a newline at the end."""
    findings: list[Json] = [_finding_json(each) for each in linted.findings]
    data: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "files": linted.files,
        "fixed": fixed,
        "findings": findings,
    }
    return json.dumps(data, indent=2) + "\n"


def _finding_json(linted: LintFinding) -> Json:
    finding, place = linted.finding, linted.finding.location
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "file": place.source if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "pointer": finding.pointer,
        "expected": finding.expected,
        "hint": finding.hint,
        "fixable": linted.edit is not None,
    }
