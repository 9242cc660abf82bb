"""The report for TAP consumers: the Test Anything Protocol, version 14.

https://testanything.org/tap-version-14-specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain

from validator.core.capture import Breakdown
from validator.core.result import ExitCode, Report, Result, Verdict
from validator.report import wording
from validator.report.sanitize import visible


def tap_report(report: Report) -> str:
    """One test point a result. A run that was interrupted or checked nothing has one of its own.

    A plan of no tests would be a pass.
    """
    is_partial = report.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT)
    total = len(report.results) + is_partial
    lines = ["TAP version 14", f"1..{total}"]
    for number, result in enumerate(report.results, start=1):
        lines += _point(number, result)
    if is_partial:
        lines.append(f"not ok {total} - the whole run: {wording.exit_meaning(report)}")
    lines += [f"# {visible(note, wording.PROSE)}" for note in report.notes]
    lines.append(f"# {wording.counts(report)} in {wording.duration(report.duration_ms)}")
    return "".join(f"{line}\n" for line in lines)


def _point(number: int, result: Result) -> Iterator[str]:
    word = "not ok" if result.verdict in (Verdict.FAILED, Verdict.BROKEN) else "ok"
    # A number sign would begin a directive: "# SKIP" in a name makes a pass of a failure.
    name = visible(result.subject, 200).replace("#", "\N{FULLWIDTH NUMBER SIGN}")
    yield f"{word} {number} - {name}"
    facts = [(key, value) for key, value in _facts(result) if value]
    yield "  ---"
    yield f"  duration_ms: {result.duration_ms:.1f}"
    # A JSON string is a YAML string too, whatever is in it.
    yield from (f"  {key}: {json.dumps(value)}" for key, value in facts)
    yield "  ..."


def _joined(facts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Put what has no label of its own, since it is more of the same, to what it follows."""
    texts: dict[str, str] = {}
    for key, text in facts:
        name = key or next(reversed(texts))
        texts[name] = f"{texts[name]}, {text}" if name in texts else text
    yield from texts.items()


def _facts(result: Result) -> Iterator[tuple[str, str | list[dict[str, str]]]]:
    outcome = result.outcome
    yield "verdict", str(result.verdict)
    yield "earlier", "; ".join(wording.earlier_attempts(result))
    if result.location:
        yield "at", visible(str(result.location))
    if isinstance(outcome, Breakdown):
        yield "severity", "broken"
        yield "reason", str(outcome.reason)
        yield "message", visible(outcome.message, wording.PROSE)
        yield from _joined(wording.breakdown_facts(outcome))
    findings = wording.gravest_first(result.findings)
    yield (
        "findings",
        [
            {
                "rule": visible(finding.rule),
                "severity": str(finding.severity),
                "message": visible(finding.message),
                **{
                    label: text
                    for label, text in chain(wording.places(finding), wording.facts(finding))
                    if text
                },
                "fix": visible(finding.hint, wording.PROSE),
            }
            for finding in findings
        ],
    )
