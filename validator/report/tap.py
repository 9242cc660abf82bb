"""The report for TAP consumers: the Test Anything Protocol, version 14.

https://testanything.org/tap-version-14-specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain

from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.sanitize import sanitize


def tap_report(report: Report) -> str:
    """Return one test point per result; an incomplete run has a test point of its own.

    A plan without tests would count as passed.
    """
    is_partial = report.is_incomplete
    total = len(report.results) + is_partial
    lines = ["TAP version 14", f"1..{total}"]
    for number, result in enumerate(report.results, start=1):
        lines += _test_point(number, result)
    if is_partial:
        lines.append(f"not ok {total} - the whole run: {formatting.format_exit_code(report)}")
    lines += [f"# {sanitize(note, formatting.MAX_PROSE_CHARS)}" for note in report.notes]
    lines.append(
        f"# {formatting.format_counts(report)} in {formatting.format_duration(report.duration_ms)}"
    )
    return "".join(f"{line}\n" for line in lines)


def _test_point(number: int, result: Result) -> Iterator[str]:
    word = "not ok" if result.verdict in (Verdict.FAILED, Verdict.BROKEN) else "ok"
    # A number sign would start a directive: "# SKIP" in a name would turn a failure into a pass.
    name = sanitize(result.subject, 200).replace("#", "\N{FULLWIDTH NUMBER SIGN}")
    yield f"{word} {number} - {name}"
    facts = [(key, value) for key, value in _diagnostics(result) if value]
    yield "  ---"
    yield f"  duration_ms: {result.duration_ms:.1f}"
    # Every JSON string is also a YAML string.
    yield from (f"  {key}: {json.dumps(value)}" for key, value in facts)
    yield "  ..."


def _merge_unlabelled(facts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Append facts without a label to the fact before them."""
    texts: dict[str, str] = {}
    for key, text in facts:
        name = key or next(reversed(texts))
        texts[name] = f"{texts[name]}, {text}" if name in texts else text
    yield from texts.items()


def _diagnostics(result: Result) -> Iterator[tuple[str, str | list[dict[str, str]]]]:
    yield "verdict", str(result.verdict)
    yield "earlier", "; ".join(formatting.format_earlier_attempts(result))
    if result.location:
        yield "at", sanitize(str(result.location))
    if broken := result.breakdown:
        yield "severity", "broken"
        yield "reason", str(broken.reason)
        yield "message", sanitize(broken.message, formatting.MAX_PROSE_CHARS)
        yield from _merge_unlabelled(formatting.breakdown_facts(broken))
    findings = formatting.sort_by_severity(result.findings)
    yield (
        "findings",
        [
            {
                "rule": sanitize(finding.rule),
                "severity": str(finding.severity),
                "message": sanitize(finding.message),
                **{
                    label: text
                    for label, text in chain(
                        formatting.location_facts(finding),
                        formatting.value_facts(result, finding),
                    )
                    if text
                },
                "fix": sanitize(finding.hint, formatting.MAX_PROSE_CHARS),
            }
            for finding in findings
        ],
    )
