"""The report people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from validator.core.capture import Breakdown
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result, Verdict
from validator.report import wording
from validator.report.cases import case_table
from validator.report.field_table import in_short, side_by_side
from validator.report.sanitize import excerpt, visible
from validator.report.timeline import timeline

if TYPE_CHECKING:
    from validator.report.layout import Layout

MARKS: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
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

MARGIN = 5
LABEL = 10
EXPLAINED_AT_MOST = 20
"""Findings of one result that are shown; the rest are counted. The JSON report has all."""


def input_error_text(findings: Sequence[Finding]) -> str:
    """What the author wrote wrongly: ``file:line:column: message``, the line, what to do.

    Plain text of at most 100 columns a source line; every line ends with a newline.
    """
    return "".join(f"{line}\n" for finding in findings for line in _input_error(finding))


def _input_error(finding: Finding) -> Iterable[str]:
    yield f"{wording.quick_place(finding.location, 'error')}: {visible(finding.message, 1000)}"
    place = finding.location
    if finding.snippet.strip() and place:
        gutter = f"  {place.line or ''} | "
        code, caret = excerpt(finding.snippet, place.column, 100 - len(gutter))
        yield gutter + code
        if place.column:
            yield " " * (len(gutter) - 2) + "| " + " " * caret + "^"
    if finding.expected:
        yield f"  expected: {visible(finding.expected, wording.PROSE)}"
    if finding.hint:
        yield f"  to fix: {visible(finding.hint, wording.PROSE)}"


def terminal_report(report: Report, *, width: int, color: bool, quiet: bool = False) -> str:
    """The whole report for a terminal of ``width`` columns; ``quiet``: one line a finding."""
    from validator.report.layout import Layout

    layout = Layout(width)
    (compose_quietly if quiet else compose)(report, layout)
    return layout.text(color=color)


def result_text(result: Result, *, width: int) -> str:
    """One result as the report shows it, plain; ends with a newline."""
    from validator.report.layout import Layout

    layout = Layout(width)
    _Writer(layout).result(result)
    return layout.text(color=False).strip("\n") + "\n"


def compose_quietly(report: Report, layout: Layout) -> None:
    """Only what is wrong, in the form that editors and grep like, and the count."""
    for result in report.results:
        for finding in result.findings:
            place = wording.quick_place(finding.location, result.subject)
            text = f"{finding.rule}: {finding.message}"
            layout.line(f"{place}: {finding.severity}: {visible(text)}")
        if isinstance(result.outcome, Breakdown):
            place = wording.quick_place(result.outcome.location, result.subject)
            text = f"{result.outcome.reason}: {result.outcome.message}"
            layout.line(f"{place}: broken: {visible(text)}")
        if result.verdict is Verdict.FLAKY:
            place = wording.quick_place(result.location, result.subject)
            layout.line(f"{place}: flaky: {'; '.join(wording.earlier_attempts(result))}")
    _totals(report, layout)


def compose(report: Report, layout: Layout) -> None:
    """Lay out every result, and what the run came to."""
    versions = (f"{visible(name)} {visible(text)}" for name, text in report.versions.items())
    layout.prose((" · ".join((*versions, f"run {visible(report.run_id)}")), "dim"))
    layout.blank()
    writer = _Writer(layout)
    for result in report.results:
        writer.result(result)
    case_table(report, layout)
    layout.blank()
    layout.line(("─" * layout.width, "dim"))
    _totals(report, layout)
    for note in report.notes:
        layout.prose(visible(note, wording.PROSE), first=("note", "yellow"), indent=6)
    if rule := _gravest_rule(report):
        layout.prose((f"More on a rule: cn-validator rules {visible(rule)}", "dim"))
    layout.prose((wording.exit_meaning(report), "dim"))


def _gravest_rule(report: Report) -> str:
    findings = [finding for result in report.results for finding in result.findings]
    gravity = list(Severity).index
    return min(findings, key=lambda f: gravity(f.severity)).rule if findings else ""


def _totals(report: Report, layout: Layout) -> None:
    grave = (Verdict.FAILED, Verdict.BROKEN, Verdict.FLAKY)
    worst = next((verdict for verdict in grave if report.count(verdict)), Verdict.PASSED)
    style = MARKS[worst][1] if report.results and not report.interrupted else "yellow"
    interrupted = ", interrupted," if report.interrupted else ""
    text = f"{wording.counts(report)}{interrupted} in {wording.duration(report.duration_ms)}"
    layout.line((text, f"bold {style}"))


@dataclass(slots=True)
class _Writer:
    """Remembers what it has explained, so that it explains everything once."""

    layout: Layout
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    """What was shown, or explained → the number of the finding that did so first."""
    last_number: int = 0

    def result(self, result: Result) -> None:
        mark, style = MARKS[result.verdict]
        detailed = result.verdict in (Verdict.FAILED, Verdict.BROKEN)
        if detailed:
            self.layout.blank()
        name = (visible(result.subject, 200), "bold" if detailed else "")
        time = (wording.duration(result.duration_ms), "dim")
        self.layout.spread(((f"{mark} ", f"bold {style}"), name), time)
        for text in wording.earlier_attempts(result):
            first = "  flaky" if result.verdict is Verdict.FLAKY else ""
            self.layout.prose(text, first=(first, f"bold {style}"), indent=len("  flaky  "))
        if detailed:
            self.details(result)
        else:
            for finding in wording.gravest_first(result.findings)[:EXPLAINED_AT_MOST]:
                self.short(finding)
            self.uncounted(result)
        short = () if detailed else in_short(result)
        unknown = wording.not_evaluated(result.not_evaluated)
        for text in (*short, wording.tags_found(result), *unknown):
            if text:
                self.layout.prose((text, "dim"), indent=MARGIN if detailed else 2)
        if detailed:
            self.layout.blank()

    def details(self, result: Result) -> None:
        outcome = result.outcome
        if isinstance(outcome, Breakdown):
            heading = (("broken", "bold yellow"), "  ", (str(outcome.reason), "bold"))
            self.layout.prose(*heading, indent=MARGIN)
            self.layout.prose(visible(outcome.message, wording.PROSE), indent=MARGIN)
            self.facts(wording.breakdown_facts(outcome))
        for finding in wording.gravest_first(result.findings)[:EXPLAINED_AT_MOST]:
            self.finding(finding)
            self.layout.blank()
        self.uncounted(result)
        side_by_side(result, self.layout)
        timeline(outcome, self.layout)
        self.facts(wording.evidence_facts(outcome.evidence))

    def short(self, finding: Finding) -> None:
        self.layout.prose(
            (wording.heading(finding), "bold"),
            f"  {visible(finding.message)}",
            (f"  {wording.quick_place(finding.location, '')}", "dim"),
            first=(f"  {finding.severity}", SEVERITY_STYLES[finding.severity]),
            indent=len(f"  {finding.severity}  "),
        )

    def uncounted(self, result: Result) -> None:
        more = len(result.findings) - EXPLAINED_AT_MOST
        if more > 0:
            text = f"and {more} more findings: --report json=FILE lists all"
            self.layout.prose((text, "yellow"), indent=2)

    def finding(self, finding: Finding) -> None:
        identity = (finding.rule, finding.pointer, finding.message, finding.actual)
        reasons = (finding.why, finding.hint)
        self.last_number += 1
        self.layout.prose(
            (str(finding.severity), SEVERITY_STYLES[finding.severity]),
            ("  " + wording.heading(finding), "bold"),
            first=(f"{self.last_number:>3}", "dim"),
            indent=MARGIN,
        )
        self.layout.prose(visible(finding.message), indent=MARGIN)
        self.facts(wording.places(finding))
        if (seen := self.numbers.setdefault(identity, self.last_number)) != self.last_number:
            self.facts([("details", f"as in {seen}, above")])
            return
        self.code(finding)
        told = self.numbers.setdefault(reasons, self.last_number)
        again = [("why, fix", f"as in {told}, above")] if any(reasons) else []
        new = told == self.last_number
        self.facts(chain(wording.facts(finding), wording.explanation(finding) if new else again))

    def code(self, finding: Finding) -> None:
        place = finding.location
        if not finding.snippet.strip() or not place:
            return
        gutter = f"{'':{MARGIN}}{place.line or '':>{LABEL - 2}} │ "
        code, caret = excerpt(finding.snippet, place.column, self.layout.width - len(gutter))
        self.layout.line((gutter, "dim"), code)
        if place.column:
            under = " " * (len(gutter) - 2) + "│ "
            self.layout.line((under, "dim"), (" " * caret + "^", "bold red"))

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        for label, text in facts:
            if text:
                self.layout.prose(
                    (text, FACT_STYLES.get(label, "")),
                    first=(f"{'':{MARGIN}}{label}", "dim"),
                    indent=MARGIN + LABEL,
                )
