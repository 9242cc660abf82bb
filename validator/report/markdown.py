"""The report for job summaries and merge requests: GitHub Flavored Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType

from validator.core.capture import Breakdown
from validator.core.finding import Finding, Severity
from validator.core.result import FieldReading, Report, Result, TagReading, Verdict
from validator.report import wording
from validator.report.field_table import is_surprising
from validator.report.sanitize import visible

MOST_BYTES = 1_000_000
"""GitHub refuses a job summary of more than 1 MiB:
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions"""
ROWS = 40
"""Fields of one tag that are shown; the JSON report has all."""

MARKS: Mapping[str, str] = MappingProxyType(
    {"passed": "✅", "flaky": "🔁", "broken": "⚠️", "failed": "❌"}
)
GRADES: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "🔴 error", Severity.WARNING: "🟡 warning", Severity.INFO: "🔵 info"}
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:$])")


def markdown_report(report: Report) -> str:
    """What it came to, a table of all results, then what is wrong; at most ``MOST_BYTES``."""
    parts = chain([_head(report)], _table(report), ["\n"], _details(report), _notes(report))
    return "".join(_fitting(parts))


def _fitting(parts: Iterator[str]) -> Iterator[str]:
    """Yield the parts that there is room for, and how many there was none for."""
    more = "\n… and {} more parts: this is all that a job summary holds.\n"
    left, dropped = MOST_BYTES - len(more) - 20, 0
    for part in parts:
        size = len(part.encode(errors="backslashreplace"))
        if dropped or size > left:
            dropped += 1
            continue
        left -= size
        yield part
    if dropped:
        yield more.format(dropped)


def escaped(text: str, limit: int = 400) -> str:
    """Text that Markdown and GitHub show as it is: no markup, no link, nobody mentioned."""
    # An empty comment keeps GitHub from finding names after @ and numbers after #.
    return _SPECIAL.sub(r"\\\1", visible(text, limit)).replace("@", "@<!-- -->")


def code(text: str, limit: int = 200) -> str:
    """Text of a page, as code. Empty text is nothing."""
    shown = visible(text, limit)
    if not shown:
        return ""
    longest = max((len(ticks) for ticks in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _in_cell(text: str) -> str:
    # Also in code, a bar ends the cell: https://github.github.com/gfm/#tables-extension-
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def _head(report: Report) -> str:
    mark = MARKS[_worst(report)]
    counts = f"{wording.counts(report)} in {wording.duration(report.duration_ms)}"
    versions = " · ".join(f"{name} {text}" for name, text in report.versions.items())
    interrupted = "**Interrupted: only these results are complete.**\n\n"
    return (
        f"## {mark} cn\\-validator: {escaped(counts)}\n\n"
        f"{interrupted if report.interrupted else ''}"
        f"{escaped(wording.exit_meaning(report))}  \n"
        f"{escaped(versions)} · run {escaped(report.run_id)}\n\n"
    )


def _worst(report: Report) -> Verdict:
    if report.interrupted or not report.results:
        return Verdict.BROKEN
    order = list(MARKS)
    return max((result.verdict for result in report.results), key=order.index)


def _table(report: Report) -> Iterator[str]:
    if report.results:
        yield "| | Scenario | Findings | Time |\n|---|---|---|---:|\n"
    for result in report.results:
        name = escaped(result.subject, 200)
        found = _in_cell(_found(result))
        time = wording.duration(result.duration_ms)
        yield f"| {MARKS[result.verdict]} | {name} | {found} | {time} |\n"


def _found(result: Result) -> str:
    rules = dict.fromkeys(f.rule for f in wording.gravest_first(result.findings))
    broken = [str(result.outcome.reason)] if isinstance(result.outcome, Breakdown) else []
    return ", ".join(code(rule) for rule in (*broken, *rules))


def _details(report: Report) -> Iterator[str]:
    for result in report.results:
        if result.findings or result.verdict is not Verdict.PASSED:
            yield f"### {MARKS[result.verdict]} {escaped(result.subject, 200)}\n\n"
            yield "".join(
                f"- {escaped(text, wording.PROSE)}\n" for text in wording.earlier_attempts(result)
            )
            yield "\n" if result.earlier else ""
            if isinstance(result.outcome, Breakdown):
                yield _broken(result.outcome)
            yield from map(_finding, wording.gravest_first(result.findings))
            yield from map(_side_by_side, result.readings)


def _broken(breakdown: Breakdown) -> str:
    head = f"**broken** · {code(breakdown.reason)}  \n{escaped(breakdown.message, wording.PROSE)}\n"
    facts = (
        (label, code(text) if label in ("url", "scenario") else escaped(text, wording.PROSE))
        for label, text in wording.breakdown_facts(breakdown)
        if text
    )
    return head + "".join(f"- {label}: {text}\n" for label, text in facts) + "\n"


def _finding(finding: Finding) -> str:
    kind = f" · {finding.consequence}" if finding.consequence else ""
    place = finding.scenario or finding.location
    lines = [
        f"**{GRADES[finding.severity]}** · {code(finding.rule)}{kind}  ",
        escaped(finding.message),
        "",
        f"- at: {code(str(place))}" if place else "",
        f"- rendered: {code(finding.actual)}" if finding.actual else "",
        f"- recorded by Connectif: {code(finding.recorded)}" if finding.recorded else "",
        f"- expected: {escaped(finding.expected, wording.PROSE)}" if finding.expected else "",
        f"- why: {escaped(finding.why, wording.PROSE)}" if finding.why else "",
        f"- **fix**: {escaped(finding.hint, wording.PROSE)}" if finding.hint else "",
    ]
    # The first three are the head; an empty one of the others is a fact that is not known.
    return "\n".join([*lines[:3], *filter(None, lines[3:])]) + "\n\n"


def _side_by_side(reading: TagReading) -> str:
    title = f"{escaped(reading.tag)}: rendered → recorded by Connectif"
    lost = f"Nothing is recorded: {escaped(reading.lost_because)}\n\n"
    rows = [_row(field) for field in reading.fields[:ROWS]]
    more = len(reading.fields) - ROWS
    return (
        f"<details><summary>{title}</summary>\n\n"
        f"{lost if reading.event is None else ''}"
        "| Field | Rendered | Recorded | |\n|---|---|---|---|\n"
        f"{''.join(rows)}"
        f"{f'{chr(10)}and {more} more fields{chr(10)}' if more > 0 else ''}"
        "\n</details>\n\n"
    )


def _row(field: FieldReading) -> str:
    cells = (
        escaped(wording.field_name(field.pointer)),
        code(field.text, 60),
        code(wording.recorded_text(field.recorded)),
        "❌ differs" if is_surprising(field) else "",
    )
    return f"| {' | '.join(map(_in_cell, cells))} |\n"


def _notes(report: Report) -> Iterator[str]:
    for note in report.notes:
        yield f"> {escaped(note, wording.PROSE)}\n>\n"
