"""The report for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from validator.core.finding import Finding, RepetitionLimit, Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.field_table import add_field_tables, summarize_fields
from validator.report.incidents import group_failures
from validator.report.payments import add_case_table, add_timeline
from validator.report.sanitize import sanitize, source_excerpt

if TYPE_CHECKING:
    from validator.report.text_layout import Layout

VERDICT_MARKS: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.PASSED: ("✓", "green"),
        Verdict.FLAKY: ("~", "yellow"),
        Verdict.FAILED: ("✗", "red"),
        Verdict.BROKEN: ("!", "yellow"),
    }
)
SEVERITY_STYLES: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
)
FACT_STYLES: Mapping[str, str] = MappingProxyType(
    {"rendered": "red", "found": "red", "expected": "green"}
)

BASELINE_MARKS: Mapping[bool | None, str] = MappingProxyType(
    {True: " [known]", False: " [new]", None: ""}
)
"""``Finding.is_known`` → the mark at the end of a line."""

MARGIN = 5
LABEL_WIDTH = 10
MAX_SCENARIOS = 20
"""The most scenarios of one cause that are named; the others are counted."""
MAX_EXPLAINED_FINDINGS = 20
"""The most findings of one result that are shown; the JSON report has all."""


def format_input_errors(findings: Sequence[Finding]) -> str:
    """Return input errors: ``file:line:column: message``, the source line, and what to do.

    Plain text; source lines are cut to 100 columns; every line ends with a newline. Of each rule
    in each file, the first ``MAX_REPEATED`` findings are shown and the number of the others.
    """
    limit = RepetitionLimit()
    shown = [finding for finding in findings if limit.admits(finding)]
    lines = [line for finding in shown for line in _input_error_lines(finding)]
    return "".join(f"{line}\n" for line in (*lines, *map(sanitize, limit.omitted())))


def _input_error_lines(finding: Finding) -> Iterable[str]:
    yield f"{formatting.format_place(finding.location, 'error')}: {sanitize(finding.message, 1000)}"
    place = finding.location
    if finding.snippet.strip() and place:
        gutter = f"  {place.line or ''} | "
        code, caret = source_excerpt(finding.snippet, place.column, 100 - len(gutter))
        yield gutter + code
        if place.column:
            yield " " * (len(gutter) - 2) + "| " + " " * caret + "^"
    if finding.expected:
        yield f"  expected: {sanitize(finding.expected, formatting.MAX_PROSE_CHARS)}"
    if finding.hint:
        yield f"  to fix: {sanitize(finding.hint, formatting.MAX_PROSE_CHARS)}"


def terminal_report(
    report: Report, *, width: int, color: bool, quiet: bool = False, verbose: bool = False
) -> str:
    """Return the report for a terminal of ``width`` columns.

    ``quiet``: one line per finding. ``verbose``: also the names of rules that were not evaluated.
    """
    if quiet and not color and not tuple(formatting.context_facts(report.context)):
        # One line a finding needs no layout, and rich is slow to import.
        return "".join(f"{text}\n" for text, _ in _build_quiet_lines(report))
    from validator.report.text_layout import Layout

    layout = Layout(width)
    if quiet:
        lay_out_quiet_report(report, layout)
    else:
        lay_out_report(report, layout, verbose=verbose)
    return layout.text(color=color)


def format_result(result: Result, *, width: int) -> str:
    """Return one result as the report shows it, without colours; ends with a newline."""
    from validator.report.text_layout import Layout

    layout = Layout(width)
    _ResultWriter(layout, naming_hint="").result(result)
    return layout.text(color=False).strip("\n") + "\n"


def lay_out_quiet_report(report: Report, layout: Layout) -> None:
    """Lay out one line per finding, in the form of compilers, and the totals."""
    for line in _build_quiet_lines(report):
        layout.line(line)
    _add_context(report, layout)


def _build_quiet_lines(report: Report) -> Iterator[tuple[str, str]]:
    """Yield each line and its style."""
    for result in report.results:
        for finding in result.findings:
            place = formatting.format_place(finding.location, result.subject)
            text = f"{finding.rule}: {finding.message}"
            known = BASELINE_MARKS[finding.is_known]
            yield f"{place}: {finding.severity}: {sanitize(text)}{known}", ""
        if broken := result.breakdown:
            place = formatting.format_place(broken.location, result.subject)
            text = f"{broken.reason}: {broken.message}"
            yield f"{place}: broken: {sanitize(text)}", ""
        if result.verdict is Verdict.FLAKY:
            place = formatting.format_place(result.location, result.subject)
            attempts = "; ".join(formatting.format_earlier_attempts(result))
            yield f"{place}: flaky: {attempts}", ""
    yield _format_totals(report)


def lay_out_report(report: Report, layout: Layout, *, verbose: bool = False) -> None:
    """Lay out every result and the totals."""
    versions = (f"{sanitize(name)} {sanitize(text)}" for name, text in report.versions.items())
    layout.add_paragraph((" · ".join((*versions, f"run {sanitize(report.run_id)}")), "dim"))
    layout.blank()
    writer = _ResultWriter(layout, verbose)
    for result in report.results:
        writer.result(result)
    add_case_table(report, layout)
    _add_causes(report, layout)
    layout.blank()
    layout.line(("─" * layout.width, "dim"))
    layout.line(_format_totals(report))
    _add_context(report, layout)
    for note in report.notes:
        layout.add_paragraph(
            sanitize(note, formatting.MAX_PROSE_CHARS), first=("note", "yellow"), indent=6
        )
    if rule := _most_severe_rule(report):
        layout.add_paragraph((f"More on a rule: cn-validator rules {sanitize(rule)}", "dim"))
    layout.add_paragraph((formatting.format_exit_code(report), "dim"))


def _add_causes(report: Report, layout: Layout) -> None:
    """Add the causes with the commands; nothing where no result can be run again by one."""
    if not any(result.replay for cause in group_failures(report) for result in cause.results):
        return
    layout.blank()
    layout.line(("By cause, with the command that runs one scenario again", "bold"))
    for cause in group_failures(report):
        layout.blank()
        number = formatting.format_number(len(cause.results), "scenario")
        layout.add_paragraph(
            (sanitize(cause.name), "bold"),
            f"  {sanitize(cause.message)}",
            (f"  {number}{', known from the baseline' if cause.is_known else ''}", "dim"),
            indent=2,
        )
        for result in cause.results[:MAX_SCENARIOS]:
            # On a line of its own and never broken, so that it can be copied.
            layout.line(f"  {sanitize(result.replay or result.subject, 2_000)}")
        more = len(cause.results) - MAX_SCENARIOS
        if more > 0:
            layout.line((f"  and {more} more", "yellow"))


def _most_severe_rule(report: Report) -> str:
    findings = [finding for result in report.results for finding in result.findings]
    return min(findings, key=lambda each: each.severity.rank).rule if findings else ""


def _format_totals(report: Report) -> tuple[str, str]:
    """Return the line of the totals and its style."""
    worst = min(
        (result.verdict for result in report.results),
        key=lambda verdict: verdict.rank,
        default=Verdict.PASSED,
    )
    style = VERDICT_MARKS[worst][1] if report.results and not report.interrupted else "yellow"
    interrupted = ", interrupted," if report.interrupted else ""
    text = (
        f"{formatting.format_counts(report)}{interrupted} in "
        f"{formatting.format_duration(report.duration_ms)}"
    )
    return text, f"bold {style}"


def _add_context(report: Report, layout: Layout) -> None:
    context = (f"{label} {text}" for label, text in formatting.context_facts(report.context))
    if where := " · ".join(context):
        layout.add_paragraph((where, "dim"))


@dataclass(slots=True)
class _ResultWriter:
    """Writes results, and explains each kind of finding only once."""

    layout: Layout
    verbose: bool = False
    naming_hint: str = " (--verbose names them)"
    """How to see the names of the rules that were not evaluated."""
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    """What was shown or explained → the number of the first finding with it."""
    last_number: int = 0

    def result(self, result: Result) -> None:
        mark, style = VERDICT_MARKS[result.verdict]
        detailed = result.verdict in (Verdict.FAILED, Verdict.BROKEN)
        if detailed:
            self.layout.blank()
        name = (sanitize(result.subject, 200), "bold" if detailed else "")
        time = (formatting.format_duration(result.duration_ms), "dim")
        self.layout.add_split_line(((f"{mark} ", f"bold {style}"), name), time)
        for text in formatting.format_earlier_attempts(result):
            first = "  flaky" if result.verdict is Verdict.FLAKY else ""
            self.layout.add_paragraph(text, first=(first, f"bold {style}"), indent=len("  flaky  "))
        if detailed:
            self.details(result)
        else:
            for finding in formatting.sort_by_severity(result.findings)[:MAX_EXPLAINED_FINDINGS]:
                self.short(finding)
            self.add_omitted_count(result)
        short = () if detailed else summarize_fields(result)
        unknown = self.not_evaluated(result)
        for text in (*short, formatting.format_tags_found(result), *unknown):
            if text:
                self.layout.add_paragraph((text, "dim"), indent=MARGIN if detailed else 2)
        if detailed:
            self.layout.blank()

    def details(self, result: Result) -> None:
        if broken := result.breakdown:
            heading = (("broken", "bold yellow"), "  ", (str(broken.reason), "bold"))
            self.layout.add_paragraph(*heading, indent=MARGIN)
            self.layout.add_paragraph(
                sanitize(broken.message, formatting.MAX_PROSE_CHARS), indent=MARGIN
            )
            self.facts(formatting.breakdown_facts(broken))
        for finding in formatting.sort_by_severity(result.findings)[:MAX_EXPLAINED_FINDINGS]:
            self.finding(result, finding)
            self.layout.blank()
        self.add_omitted_count(result)
        add_field_tables(result, self.layout)
        add_timeline(result.outcome, self.layout)
        self.facts(formatting.evidence_facts(result.outcome.evidence))

    def not_evaluated(self, result: Result) -> Iterable[str]:
        if self.verbose:
            return formatting.name_not_evaluated(result.not_evaluated)
        count = formatting.count_not_evaluated(result.not_evaluated)
        return [f"{count}{self.naming_hint}"] if count else []

    def short(self, finding: Finding) -> None:
        self.layout.add_paragraph(
            (formatting.format_heading(finding), "bold"),
            f"  {sanitize(finding.message)}",
            (f"  {formatting.format_place(finding.location, '')}", "dim"),
            first=(f"  {finding.severity}", SEVERITY_STYLES[finding.severity]),
            indent=len(f"  {finding.severity}  "),
        )

    def add_omitted_count(self, result: Result) -> None:
        more = len(result.findings) - MAX_EXPLAINED_FINDINGS
        if more > 0:
            text = f"and {more} more findings: --report json=FILE lists all"
            self.layout.add_paragraph((text, "yellow"), indent=2)

    def finding(self, result: Result, finding: Finding) -> None:
        identity = (finding.rule, finding.pointer, finding.message, finding.actual)
        reasons = (finding.why, finding.hint)
        self.last_number += 1
        self.layout.add_paragraph(
            (str(finding.severity), SEVERITY_STYLES[finding.severity]),
            ("  " + formatting.format_heading(finding), "bold"),
            (BASELINE_MARKS[finding.is_known], "dim"),
            first=(f"{self.last_number:>3}", "dim"),
            indent=MARGIN,
        )
        self.layout.add_paragraph(sanitize(finding.message), indent=MARGIN)
        self.facts(formatting.location_facts(finding))
        if (shown := self.numbers.setdefault(identity, self.last_number)) != self.last_number:
            self.facts([("details", f"as in {shown}, above")])
            return
        self.code(finding)
        explained = self.numbers.setdefault(reasons, self.last_number)
        again = [("why, fix", f"as in {explained}, above")] if any(reasons) else []
        new = explained == self.last_number
        self.facts(
            chain(
                formatting.value_facts(result, finding),
                formatting.explanation_facts(finding) if new else again,
            )
        )

    def code(self, finding: Finding) -> None:
        place = finding.location
        if not finding.snippet.strip() or not place:
            return
        gutter = f"{'':{MARGIN}}{place.line or '':>{LABEL_WIDTH - 2}} │ "
        code, caret = source_excerpt(finding.snippet, place.column, self.layout.width - len(gutter))
        self.layout.line((gutter, "dim"), code)
        if place.column:
            under = " " * (len(gutter) - 2) + "│ "
            self.layout.line((under, "dim"), (" " * caret + "^", "bold red"))

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        for label, text in facts:
            if text:
                self.layout.add_paragraph(
                    (text, FACT_STYLES.get(label, "")),
                    first=(f"{'':{MARGIN}}{label}", "dim"),
                    indent=MARGIN + LABEL_WIDTH,
                )
