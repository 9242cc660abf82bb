"""A comparison of two runs as text for people; every text of a page is safe to print."""

from __future__ import annotations

from collections.abc import Iterator

from validator.report.formatting import format_duration, format_field
from validator.report.sanitize import sanitize
from validator.results.comparison import RunComparison
from validator.results.run_summary import FindingSummary


def comparison_lines(comparison: RunComparison) -> Iterator[str]:
    """Yield the lines: new findings first, the summary last."""
    for title, findings in (
        ("new", comparison.new),
        ("fixed", comparison.fixed),
        ("unknown: not run, broken or not evaluated now", comparison.unknown),
    ):
        yield from _section(title, map(_finding_line, findings))
    yield from _section("verdicts", _verdict_lines(comparison))
    yield from _section("changed values", _value_lines(comparison))
    yield from _section("slower steps", _step_lines(comparison))
    before, after = sanitize(comparison.before), sanitize(comparison.after)
    yield f"{before} → {after}: {comparison.summary}"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    texts = [f"  {line}" for line in lines]
    if texts:
        yield title
        yield from texts
        yield ""


def _finding_line(finding: FindingSummary) -> str:
    text = f"{finding.severity}  {finding.rule}  {finding.message}"
    return f"{sanitize(text)}  [{sanitize(finding.subject, 100)}]"


def _verdict_lines(comparison: RunComparison) -> Iterator[str]:
    for each in comparison.verdicts:
        before, after = each.before or "not run", each.after or "not run"
        yield f"{sanitize(each.subject, 100)}: {before} → {after}"


def _value_lines(comparison: RunComparison) -> Iterator[str]:
    for each in comparison.values:
        texts = (
            "nothing" if text is None else f'"{sanitize(text, 80)}"'
            for text in (each.before, each.after)
        )
        name = format_field(each.pointer)
        yield f"{sanitize(each.tag)} {name}: {' → '.join(texts)}  [{sanitize(each.subject, 100)}]"


def _step_lines(comparison: RunComparison) -> Iterator[str]:
    for each in comparison.slower:
        times = f"{format_duration(each.before_ms)} → {format_duration(each.after_ms)}"
        yield f"{sanitize(each.title, 80)}: {times}  [{sanitize(each.subject, 100)}]"
