"""What the linter found, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from validator.core.document import Json
from validator.core.finding import Finding, Severity
from validator.lint.judge import Linted
from validator.lint.remarks import Remark
from validator.report.sanitize import excerpt, visible

_PROSE = 1_000
_WIDTH = 100
SCHEMA_VERSION = 1
"""Raised when a reader of the old form would misread the new one. New keys do not raise it."""


def as_text(linted: Linted, *, fixed: int, quiet: bool) -> str:
    """``file:line:column: severity rule: message``, the line itself, what to do; then the count."""
    lines = [line for each in linted.remarks for line in _lines(each, quiet=quiet)]
    return "".join(f"{line}\n" for line in (*lines, _summary(linted, fixed)))


def _lines(said: Remark, *, quiet: bool) -> Iterator[str]:
    finding = said.finding
    head = f"{finding.severity} {finding.rule}: {visible(finding.message, _PROSE)}"
    yield f"{visible(str(finding.location or ''))}: {head}"
    if quiet:
        return
    yield from _code(finding)
    if finding.expected:
        yield f"  expected: {visible(finding.expected, _PROSE)}"
    if finding.hint:
        by_itself = " (--fix does it)" if said.edit else ""
        yield f"  to fix: {visible(finding.hint, _PROSE)}{by_itself}"


def _code(finding: Finding) -> Iterator[str]:
    place = finding.location
    if not place or not finding.snippet.strip():
        return
    gutter = f"  {place.line or ''} | "
    code, caret = excerpt(finding.snippet, place.column, _WIDTH - len(gutter))
    yield gutter + code
    if place.column:
        yield f"{' ' * (len(gutter) - 2)}| {' ' * caret}^"


def _summary(linted: Linted, fixed: int) -> str:
    counts = Counter(each.finding.severity for each in linted.remarks)
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "advice"}
    parts = [_counted(counts[severity], noun) for severity, noun in nouns.items()]
    found = ", ".join(filter(None, parts)) or "nothing wrong"
    fixable = sum(each.edit is not None for each in linted.remarks)
    notes = [f"{fixed} mended"] * bool(fixed) + [f"{fixable} that --fix can mend"] * bool(fixable)
    tail = f" ({', '.join(notes)})" if notes else ""
    return f"{found} in {_counted(linted.files, 'file')}{tail}"


def _counted(count: int, noun: str) -> str:
    if not count:
        return ""
    return f"{count} {noun}" if count == 1 or noun == "advice" else f"{count} {noun}s"


def as_json(linted: Linted, *, fixed: int, quiet: bool) -> str:  # noqa: ARG001 - as as_text
    """One JSON object, pure ASCII; ends with a newline."""
    findings: list[Json] = [_plain(each) for each in linted.remarks]
    data: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "files": linted.files,
        "fixed": fixed,
        "findings": findings,
    }
    return json.dumps(data, indent=2) + "\n"


def _plain(said: Remark) -> Json:
    finding, place = said.finding, said.finding.location
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
        "fixable": said.edit is not None,
    }
