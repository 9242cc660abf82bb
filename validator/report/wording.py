"""How every report says things: times, places, verdicts, and the facts of a finding.

All text returned is safe to show on one line; see ``plain``.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from validator.core.capture import Breakdown, Evidence, Placement
from validator.core.document import Json, Location
from validator.core.finding import Finding, Severity
from validator.core.result import ExitCode, NotEvaluated, Report, Result, Verdict
from validator.core.urls import short
from validator.page.javascript import number_text
from validator.report.sanitize import visible

Facts: TypeAlias = Iterator[tuple[str, str]]
"""Label and text, in reading order; facts that are not known are left out."""

PROSE = 1_000
"""Characters of what our rules explain, longer than any of them: page text is cut much earlier."""

EXIT_MEANINGS: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.OK: "everything that was checked is right",
        ExitCode.FINDINGS: "the shop's tag or checkout is wrong",
        ExitCode.INPUT: "nothing was checked",
        ExitCode.BROKEN: "a page was not reached: nothing can be said of its tag",
        ExitCode.INTERRUPTED: "stopped before the end: only these results are complete",
    }
)


def exit_meaning(report: Report) -> str:
    """``exit 1: the shop's tag or checkout is wrong``."""
    code = report.exit_code
    meaning = EXIT_MEANINGS[code]
    if code is ExitCode.FINDINGS and not report.is_wrong:
        meaning = "a scenario passed only when it was played again (--fail-on flaky)"
    elif code is ExitCode.FINDINGS and report.new_findings is not None:
        meaning = "something is wrong that was not in the baseline"
    elif code is ExitCode.OK and report.new_findings == 0 and report.count(Verdict.FAILED):
        meaning = "nothing is wrong that was not in the baseline already (--fail-on new)"
    elif code is ExitCode.OK and report.count(Verdict.FLAKY):
        meaning = "everything that was checked is right, some of it only at a second attempt"
    return f"exit {code.value}: {meaning}"


def earlier_attempts(result: Result) -> Iterator[str]:
    """``attempt 1 of 2 broke, timeout: …``, one text an attempt before the last."""
    for number, broken in enumerate(result.earlier, start=1):
        yield (
            f"attempt {number} of {result.attempts} broke, {broken.reason}: "
            f"{visible(broken.message, PROSE)}"
        )


def counts(report: Report) -> str:
    """``5 passed, 1 failed, 1 broken``, without the zeros."""
    counted = ((report.count(verdict), verdict) for verdict in Verdict)
    return ", ".join(f"{n} {verdict}" for n, verdict in counted if n) or "nothing checked"


def duration(ms: float) -> str:
    """``320ms``, ``3.2s`` or ``1m05s``."""
    if ms < 999.5:
        return f"{ms:.0f}ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f}s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes}m{seconds:02}s"


def utc(started: str) -> str:
    """``2026-11-23T09:15:00Z`` of a moment with any zone."""
    return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def heading(finding: Finding) -> str:
    """``total-price-format · recorded wrong``."""
    return " · ".join(filter(None, (visible(finding.rule), finding.consequence)))


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then advice; within each, in document order."""
    return sorted(findings, key=lambda finding: list(Severity).index(finding.severity))


def places(finding: Finding) -> Facts:
    """Where to look: in the page, in its document, in the scenario."""
    if finding.location:
        yield "at", _address(finding.location)
        yield "element", visible(finding.location.css or "")
    if finding.scenario:
        yield "scenario", visible(str(finding.scenario))


def _address(location: Location) -> str:
    return visible(str(replace(location, source=short(location.source))))


def facts(finding: Finding) -> Facts:
    """What is there, and what should be."""
    found = visible(finding.actual)
    if finding.recorded:
        found = f"{found} → recorded by Connectif: {visible(finding.recorded)}".strip()
    yield "rendered" if finding.consequence else "found", found
    yield "expected", visible(finding.expected, PROSE)


def explanation(finding: Finding) -> Facts:
    """Why it matters and how to fix it: the same for every finding of one kind."""
    yield "why", visible(finding.why, PROSE)
    yield "fix", visible(finding.hint, PROSE)


def breakdown_facts(breakdown: Breakdown) -> Facts:
    """How far the journey came, and what to do about it."""
    place = breakdown.location
    if place and place.line:  # what was checked by its URL has no step of a scenario to show
        failed = next((step for step in breakdown.steps if step.outcome == "failed"), None)
        yield "step", visible(failed.title) if failed else ""
        yield "scenario", visible(str(place))
    yield "url", visible(short(breakdown.url))
    for number, candidate in enumerate(breakdown.candidates):
        yield "" if number else "nearest", visible(candidate)
    if breakdown.order_placed:
        yield "order", "may have been placed: the step that places it had begun"
    yield "fix", visible(breakdown.hint, PROSE)


EVIDENCE_LABELS = {"screenshot": "picture", "html": "page"}


def evidence_facts(evidence: Iterable[Evidence]) -> Facts:
    for item in evidence:
        yield EVIDENCE_LABELS.get(item.kind, item.kind), visible(item.path)


def tags_found(result: Result) -> str:
    """Name the tags of a page and how often they are there; of a scenario's page it is no news."""
    if isinstance(result.outcome, Breakdown) or result.location:
        return ""
    seen = (tag for tag in result.outcome.tags if tag.placement is Placement.DOCUMENT)
    counted = Counter(visible(tag.name) for tag in seen)
    if not counted or counted == {"cn_purchase": 1}:
        return ""
    names = (f"{number} × {name}" if number > 1 else name for name, number in counted.items())  # noqa: RUF001 - it is one
    return f"found: {', '.join(names)}"


NAMED_AT_MOST = 40
"""Of so many rules each is named; that more were not evaluated says where the journey ended."""


def not_evaluated(unknown: Iterable[NotEvaluated]) -> Iterator[str]:
    """``2 rules not evaluated: a, b (no tag was read)``, one text a reason."""
    by_reason: dict[str, list[str]] = {}
    for item in unknown:
        by_reason.setdefault(item.because, []).append(visible(item.rule))
    for because, rules in by_reason.items():
        noun = "rule" if len(rules) == 1 else "rules"
        if len(rules) > NAMED_AT_MOST:
            yield f"{len(rules)} rules not evaluated ({visible(because)})"
            continue
        yield f"{len(rules)} {noun} not evaluated: {', '.join(rules)} ({visible(because)})"


def field_name(pointer: str) -> str:
    """``product_basket_item 2: price`` for ``/product_basket_item/1/price``: people count so."""
    parts = pointer.removeprefix("/").split("/")
    words = (f" {int(part) + 1}" if part.isdecimal() else f": {part}" for part in parts)
    return visible("".join(words).removeprefix(": "))


def recorded_text(value: Json) -> str:
    """A recorded value as JavaScript would print it, or "nothing"."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return visible(value) or '""'
    if isinstance(value, float) and math.isfinite(value):
        return number_text(value)
    return visible(json.dumps(value))


def quick_place(location: Location | None, otherwise: str) -> str:
    """The place editors jump to, first on a line."""
    return _address(location) if location else visible(otherwise)
