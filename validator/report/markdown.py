"""The report for job summaries and merge requests: GitHub Flavored Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from types import MappingProxyType

from validator.core.capture import Breakdown
from validator.core.finding import Finding, Severity
from validator.core.result import FieldReading, Report, Result, TagReading, Verdict
from validator.report import formatting
from validator.report.field_table import is_recorded_otherwise
from validator.report.sanitize import sanitize

MAX_BYTES = 1_000_000
"""GitHub refuses a job summary of more than 1 MiB:
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions"""
MAX_FIELDS = 40
"""The most fields of one tag that are shown; the JSON report has all."""

VERDICT_ICONS: Mapping[str, str] = MappingProxyType(
    {"passed": "✅", "flaky": "🔁", "broken": "⚠️", "failed": "❌"}
)
SEVERITY_LABELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "🔴 error", Severity.WARNING: "🟡 warning", Severity.INFO: "🔵 info"}
)

_MARKDOWN_CHARACTERS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:$])")

_PLAIN_URL = re.compile(r"https?://[\w.:/?=&%#~+-]+")
"""An address that may be an autolink: nothing in it could end the link."""


def markdown_report(report: Report) -> str:
    """Return the summary, a table of all results, then the findings; at most ``MAX_BYTES``.

    Failed results come first: a summary is read from its top, and may be cut.
    """
    worst_first = replace(
        report, results=tuple(sorted(report.results, key=lambda each: each.verdict.rank))
    )
    parts = chain(
        [_format_header(report)],
        _result_table(worst_first),
        ["\n"],
        _result_sections(worst_first),
        _order_section(report),
        _note_lines(report),
    )
    return "".join(_truncate_parts(parts))


def _truncate_parts(parts: Iterator[str]) -> Iterator[str]:
    """Yield the parts that fit, and the number of those that do not."""
    more = "\n… and {} more parts: this is all that a job summary holds.\n"
    left, dropped = MAX_BYTES - len(more) - 20, 0
    for part in parts:
        size = len(part.encode(errors="backslashreplace"))
        if dropped or size > left:
            dropped += 1
            continue
        left -= size
        yield part
    if dropped:
        yield more.format(dropped)


def escape_markdown(text: str, limit: int = 400) -> str:
    """Return text that Markdown and GitHub show unchanged: no markup, links or mentions."""
    # An empty comment keeps GitHub from linking names after @.
    return _MARKDOWN_CHARACTERS.sub(r"\\\1", sanitize(text, limit)).replace("@", "@<!-- -->")


def format_code(text: str, limit: int = 200) -> str:
    """Return text of a page as inline code; "" for an empty text."""
    shown = sanitize(text, limit)
    if not shown:
        return ""
    longest = max((len(ticks) for ticks in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _escape_cell(text: str) -> str:
    # A bar ends the cell, also inside code: https://github.github.com/gfm/#tables-extension-
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def _format_header(report: Report) -> str:
    mark = VERDICT_ICONS[_worst_verdict(report)]
    counts = (
        f"{formatting.format_counts(report)} in {formatting.format_duration(report.duration_ms)}"
    )
    versions = " · ".join(f"{name} {text}" for name, text in report.versions.items())
    interrupted = "**Interrupted: only these results are complete.**\n\n"
    return (
        f"## {mark} cn\\-validator: {escape_markdown(counts)}\n\n"
        f"{interrupted if report.interrupted else ''}"
        f"{escape_markdown(formatting.format_exit_code(report))}  \n"
        f"{escape_markdown(versions)} · run {escape_markdown(report.run_id)}\n\n"
        f"{_format_context(report)}"
    )


def _format_context(report: Report) -> str:
    facts = (
        f"{label} {f'<{text}>' if _PLAIN_URL.fullmatch(text) else escape_markdown(text)}"
        for label, text in formatting.context_facts(report.context)
    )
    text = " · ".join(facts)
    return f"{text}\n\n" if text else ""


def _worst_verdict(report: Report) -> Verdict:
    if report.interrupted or not report.results:
        return Verdict.BROKEN
    return min((result.verdict for result in report.results), key=lambda each: each.rank)


def _result_table(report: Report) -> Iterator[str]:
    if report.results:
        yield "| | Scenario | Findings | Time |\n|---|---|---|---:|\n"
    for result in report.results:
        name = escape_markdown(result.subject, 200)
        found = _escape_cell(_rule_list(result))
        time = formatting.format_duration(result.duration_ms)
        yield f"| {VERDICT_ICONS[result.verdict]} | {name} | {found} | {time} |\n"


def _rule_list(result: Result) -> str:
    rules = dict.fromkeys(f.rule for f in formatting.sort_by_severity(result.findings))
    broken = [str(result.breakdown.reason)] if result.breakdown else []
    return ", ".join(format_code(rule) for rule in (*broken, *rules))


def _result_sections(report: Report) -> Iterator[str]:
    for result in report.results:
        if result.findings or result.verdict is not Verdict.PASSED:
            yield f"### {VERDICT_ICONS[result.verdict]} {escape_markdown(result.subject, 200)}\n\n"
            yield "".join(
                f"- {escape_markdown(text, formatting.MAX_PROSE_CHARS)}\n"
                for text in formatting.format_earlier_attempts(result)
            )
            yield "\n" if result.earlier else ""
            if result.breakdown:
                yield _breakdown_section(result.breakdown)
            if result.replay:
                yield f"Run it again: {format_code(result.replay, 2_000)}\n\n"
            for finding in formatting.sort_by_severity(result.findings):
                yield _finding_section(result, finding)
            for reading in result.readings:
                yield _field_table(result, reading)


def _breakdown_section(breakdown: Breakdown) -> str:
    head = (
        f"**broken** · {format_code(breakdown.reason)}  "
        f"\n{escape_markdown(breakdown.message, formatting.MAX_PROSE_CHARS)}\n"
    )
    facts = (
        (
            label,
            format_code(text)
            if label in ("url", "scenario")
            else escape_markdown(text, formatting.MAX_PROSE_CHARS),
        )
        for label, text in formatting.breakdown_facts(breakdown)
        if text
    )
    return head + "".join(f"- {label}: {text}\n" for label, text in facts) + "\n"


def _finding_section(result: Result, finding: Finding) -> str:
    kind = f" · {finding.consequence}" if finding.consequence else ""
    kind += {True: " · known", False: " · **new**", None: ""}[finding.is_known]
    place = finding.scenario or finding.location
    lines = [
        f"**{SEVERITY_LABELS[finding.severity]}** · {format_code(finding.rule)}{kind}  ",
        escape_markdown(finding.message),
        "",
        f"- at: {format_code(str(place))}" if place else "",
        f"- rendered: {format_code(finding.actual)}" if finding.actual else "",
        f"- {formatting.format_recorder(result)}: {format_code(finding.recorded)}"
        if finding.recorded
        else "",
        f"- expected: {escape_markdown(finding.expected, formatting.MAX_PROSE_CHARS)}"
        if finding.expected
        else "",
        f"- why: {escape_markdown(finding.why, formatting.MAX_PROSE_CHARS)}" if finding.why else "",
        f"- **fix**: {escape_markdown(finding.hint, formatting.MAX_PROSE_CHARS)}"
        if finding.hint
        else "",
    ]
    # The first three lines are the head; empty lines after them are unknown facts.
    return "\n".join([*lines[:3], *filter(None, lines[3:])]) + "\n\n"


def _field_table(result: Result, reading: TagReading) -> str:
    recorder = formatting.format_recorder(result)
    title = f"{escape_markdown(reading.tag)}: rendered → {recorder}"
    lost = f"Nothing is recorded: {escape_markdown(reading.lost_because)}\n\n"
    rows = [_field_row(field) for field in reading.fields[:MAX_FIELDS]]
    more = len(reading.fields) - MAX_FIELDS
    return (
        f"<details><summary>{title}</summary>\n\n"
        f"{lost if reading.event is None else ''}"
        "| Field | Rendered | Recorded | |\n|---|---|---|---|\n"
        f"{''.join(rows)}"
        f"{f'{chr(10)}and {more} more fields{chr(10)}' if more > 0 else ''}"
        "\n</details>\n\n"
    )


def _field_row(field: FieldReading) -> str:
    cells = (
        escape_markdown(formatting.format_field(field.pointer)),
        format_code(field.text, 60),
        format_code(formatting.format_recorded(field.recorded)),
        "❌ differs" if is_recorded_otherwise(field) else "",
    )
    return f"| {' | '.join(map(_escape_cell, cells))} |\n"


def _order_section(report: Report) -> Iterator[str]:
    if not report.orders:
        return
    number = formatting.format_number(len(report.orders), "order")
    yield f"<details><summary>{number} placed, to cancel in the shop</summary>\n\n"
    yield "| Order | Total | Shop | Scenario |\n|---|---|---|---|\n"
    for order in report.orders:
        cells = (
            format_code(order.purchase_id) or "not known: look for it",
            format_code(order.total_price),
            format_code(order.origin),
            escape_markdown(order.scenario, 200),
        )
        yield f"| {' | '.join(map(_escape_cell, cells))} |\n"
    yield "\n</details>\n\n"


def _note_lines(report: Report) -> Iterator[str]:
    for note in report.notes:
        yield f"> {escape_markdown(note, formatting.MAX_PROSE_CHARS)}\n>\n"
