"""Texts that all reports share: times, places, verdicts, and the facts of a finding.

All text returned is safe to show on one line; see ``sanitize``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from validator.core.capture import Breakdown, Capture, Evidence, Placement
from validator.core.document import Json, Location
from validator.core.exit_code import ExitCode
from validator.core.finding import Finding
from validator.core.result import NotEvaluated, Report, Result, Verdict
from validator.core.run_context import RunContext
from validator.core.urls import shorten_url
from validator.report.sanitize import sanitize
from validator.rules import message_text

if TYPE_CHECKING:
    from validator.rules.rule import Rule

Facts: TypeAlias = Iterator[tuple[str, str]]
"""Label and text, in reading order. A fact without text is not shown."""

MAX_PROSE_CHARS = 1_000
"""Longer than any explanation of a rule; text of a page is cut much earlier."""

EXIT_MEANINGS: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.OK: "everything that was checked is right",
        ExitCode.FINDINGS: "the shop's tag or checkout is wrong",
        ExitCode.INPUT: "nothing was checked",
        ExitCode.BROKEN: "a page was not reached: its tag could not be checked",
        ExitCode.INTERNAL: "a bug of cn-validator: what it kept from being checked is unknown",
        ExitCode.INTERRUPTED: "stopped before the end: only these results are complete",
    }
)


def format_exit_code(report: Report) -> str:
    """Return ``exit 1: the shop's tag or checkout is wrong``."""
    code = report.exit_code
    meaning = EXIT_MEANINGS[code]
    if code is ExitCode.FINDINGS and not report.is_wrong:
        meaning = "a scenario passed only at a retry (--fail-on flaky)"
    elif code is ExitCode.FINDINGS and report.new_findings is not None:
        meaning = "something is wrong that was not in the baseline"
    elif code is ExitCode.BROKEN and not report.count(Verdict.BROKEN):
        meaning = "results could not be written: the messages above say which"
    elif code is ExitCode.OK:
        meaning = _describe_success(report)
    return f"exit {code.value}: {meaning}"


def _describe_success(report: Report) -> str:
    """Return what exit code 0 means for this run. A run with warnings is not called right."""
    if report.new_findings == 0 and report.count(Verdict.FAILED):
        return "nothing is wrong that was not in the baseline already (--fail-on new)"
    meaning = EXIT_MEANINGS[ExitCode.OK]
    if unsent := _find_unsent_rule(report.results):
        meaning = f"no errors, but not everything would be recorded: see {unsent.id}"
    elif report.warnings:
        meaning = f"no errors, but {format_number(report.warnings, 'warning')}"
    if report.count(Verdict.FLAKY):
        meaning += ", some of it only at a second attempt"
    return meaning


def format_number(number: int, noun: str) -> str:
    """Return ``1 warning`` or ``2 warnings``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def format_recorder(result: Result) -> str:
    """Return the words before what is recorded of a result: only what is true of its page."""
    rule = _find_unsent_rule([result])
    return f"would be recorded {rule.recorded_if}" if rule else "recorded by Connectif"


def _find_unsent_rule(results: Iterable[Result]) -> Rule | None:
    """Return the first rule that found why something is not recorded, whatever its tag says."""
    ids = dict.fromkeys(finding.rule for result in results for finding in result.findings)
    if not ids:
        return None
    # Imported here: loading all rules takes time, and results without findings do not need them.
    from validator.rules.catalogue import RULES_BY_ID

    rules = (RULES_BY_ID.get(each) for each in ids)
    return next((rule for rule in rules if rule and rule.recorded_if), None)


def format_earlier_attempts(result: Result) -> Iterator[str]:
    """Yield ``attempt 1 of 2 broke, timeout: …`` for each attempt before the last."""
    for number, broken in enumerate(result.earlier, start=1):
        yield (
            f"attempt {number} of {result.attempts} broke, {broken.reason}: "
            f"{sanitize(broken.message, MAX_PROSE_CHARS)}"
        )


def format_counts(report: Report) -> str:
    """Return ``5 passed, 1 failed, 1 broken, 2 warnings``, without zeros."""
    counted = ((report.count(verdict), verdict) for verdict in Verdict)
    parts = [f"{number} {verdict}" for number, verdict in counted if number]
    parts += [format_number(report.warnings, "warning")] if report.warnings else []
    return ", ".join(parts) or "nothing checked"


def format_duration(ms: float) -> str:
    """Return ``320ms``, ``3.2s`` or ``1m05s``."""
    if ms < 999.5:
        return f"{ms:.0f}ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f}s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes}m{seconds:02}s"


def format_utc(started: str) -> str:
    """Return a time with any zone as ``2026-11-23T09:15:00Z``."""
    return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_heading(finding: Finding) -> str:
    """Return ``total-price-format · recorded wrong``."""
    return " · ".join(filter(None, (sanitize(finding.rule), finding.consequence)))


def sort_by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Return errors, then warnings, then info; each in document order."""
    return sorted(findings, key=lambda finding: finding.severity.rank)


CONTEXT_LABELS: Mapping[str, str] = MappingProxyType(
    {"environment": "environment", "release": "release", "commit": "commit", "ci_url": "CI"}
)


def context_facts(context: RunContext) -> Facts:
    """Yield where the run took place, as far as it is known."""
    if context.shops:
        noun = "shop" if len(context.shops) == 1 else "shops"
        yield noun, ", ".join(sanitize(each, 200) for each in context.shops)
    for name, label in CONTEXT_LABELS.items():
        if text := getattr(context, name):
            yield label, sanitize(text)


def location_facts(finding: Finding) -> Facts:
    """Yield where to look: in the page, in its document, in the scenario."""
    if finding.location:
        yield "at", _short_location(finding.location)
        yield "element", sanitize(finding.location.css or "")
    if finding.scenario:
        yield "scenario", sanitize(str(finding.scenario))


def _short_location(location: Location) -> str:
    return sanitize(str(replace(location, source=shorten_url(location.source))))


def value_facts(result: Result, finding: Finding) -> Facts:
    """Yield the value found and the expected one, of a finding of a result."""
    found = sanitize(finding.actual)
    if finding.recorded:
        found = f"{found} → {format_recorder(result)}: {sanitize(finding.recorded)}".strip()
    yield "rendered" if finding.consequence else "found", found
    yield "expected", sanitize(finding.expected, MAX_PROSE_CHARS)


def explanation_facts(finding: Finding) -> Facts:
    """Yield why it matters and how to fix it, which are the same for all findings of a rule."""
    yield "why", sanitize(finding.why, MAX_PROSE_CHARS)
    yield "fix", sanitize(finding.hint, MAX_PROSE_CHARS)


def breakdown_facts(breakdown: Breakdown) -> Facts:
    """Yield how far the journey came, and what to do."""
    place = breakdown.location
    if place and place.line:  # a URL that was checked has no step of a scenario
        failed = next((step for step in breakdown.steps if step.outcome == "failed"), None)
        yield "step", sanitize(failed.title) if failed else ""
        yield "scenario", sanitize(str(place))
    yield "url", sanitize(shorten_url(breakdown.url))
    for number, candidate in enumerate(breakdown.candidates):
        yield "" if number else "nearest", sanitize(candidate)
    if breakdown.order_placed:
        yield "order", ORDER_UNKNOWN
    yield "fix", sanitize(breakdown.hint, MAX_PROSE_CHARS)


ORDER_UNKNOWN = "may have been placed: look for it in the shop"
EVIDENCE_LABELS = {"screenshot": "picture", "html": "page"}


def evidence_facts(evidence: Iterable[Evidence]) -> Facts:
    for item in evidence:
        yield EVIDENCE_LABELS.get(item.kind, item.kind), sanitize(item.path)


def format_tags_found(result: Result) -> str:
    """Name the tags of a page and their numbers; "" for a scenario's page and for one purchase."""
    if not isinstance(result.outcome, Capture) or result.location:
        return ""
    visible = (tag for tag in result.outcome.tags if tag.placement is Placement.DOCUMENT)
    counted = Counter(sanitize(tag.name) for tag in visible)
    if not counted or counted == {"cn_purchase": 1}:
        return ""
    names = (f"{number} × {name}" if number > 1 else name for name, number in counted.items())  # noqa: RUF001 - a multiplication sign
    return f"found: {', '.join(names)}"


def count_not_evaluated(unknown: Sequence[NotEvaluated]) -> str:
    """Return ``2 rules not evaluated``; "" for none."""
    return f"{format_number(len(unknown), 'rule')} not evaluated" if unknown else ""


def name_not_evaluated(unknown: Iterable[NotEvaluated]) -> Iterator[str]:
    """Yield ``2 rules not evaluated: a, b (no tag was read)`` for each reason."""
    by_reason: dict[str, list[str]] = {}
    for item in unknown:
        by_reason.setdefault(item.because, []).append(sanitize(item.rule))
    for because, rules in by_reason.items():
        count = format_number(len(rules), "rule")
        yield f"{count} not evaluated: {', '.join(rules)} ({sanitize(because)})"


def format_field(pointer: str) -> str:
    """Return ``price of product 2`` for the JSON pointer ``/product_basket_item/1/price``."""
    return sanitize(message_text.field_name(pointer))


def format_recorded(value: Json) -> str:
    """Return a recorded value as JavaScript would print it, or ``nothing``."""
    return sanitize(message_text.format_recorded(value)) or '""'


def format_place(location: Location | None, otherwise: str) -> str:
    """Return the place at the start of a line, in the form that editors can jump to."""
    return _short_location(location) if location else sanitize(otherwise)
