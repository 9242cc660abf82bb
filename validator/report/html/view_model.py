"""The data that the HTML report shows, in the order in which it shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.core.capture import Breakdown, Capture
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result, Verdict
from validator.report import formatting
from validator.report.html.pictures import EmbeddedPicture, EvidenceEmbedder, EvidenceLink
from validator.report.html.tag_source import TagSource, sources

if TYPE_CHECKING:
    from validator.rules.rule import Rule

MAX_OPEN_CARDS = 3
"""The most results that are shown open from the start."""

_INSTANCE_NAME = re.compile(r"(.+?) \[([\w.-]+=[^=]*(?:, [\w.-]+=[^=]*)*)\]")


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding with the catalogue entry of its rule and its number within its result.

    ``explained_by`` is the number of the first finding with the same explanation; 0: this one.
    """

    number: int
    finding: Finding
    rule: Rule | None
    explained_by: int = 0


@dataclass(frozen=True, slots=True)
class ResultCard:
    """One result as it is shown. ``anchor`` is its id in the page."""

    anchor: str
    result: Result
    findings: tuple[NumberedFinding, ...]
    pictures: tuple[EmbeddedPicture, ...]
    links: tuple[EvidenceLink, ...]
    earlier: tuple[tuple[Breakdown, tuple[EvidenceLink, ...]], ...]
    """The breakdowns of the attempts before this one, each with links to its evidence."""
    sources: tuple[TagSource, ...]

    @property
    def broken(self) -> Breakdown | None:
        return self.result.breakdown

    @property
    def capture(self) -> Capture | None:
        outcome = self.result.outcome
        return outcome if isinstance(outcome, Capture) else None

    @property
    def slowest_ms(self) -> float:
        return max((step.ms for step in self.result.outcome.steps), default=0) or 1

    @property
    def words(self) -> str:
        """The text that a search looks into."""
        result, broken = self.result, self.broken
        place = result.location.source if result.location else ""
        parts = [result.subject, place, str(result.verdict), *result.labels, result.outcome.url]
        parts += [part for each in self.findings for part in (each.finding.rule,
                  each.finding.message, each.finding.severity)]  # fmt: skip
        parts += [broken.reason, broken.message] if broken else []
        return " ".join(parts).lower()


@dataclass(frozen=True, slots=True)
class RunOverview:
    """The whole run in short. ``bars`` are verdict, count, left edge and width, of 1000."""

    verdict: Verdict
    headline: str
    meaning: str
    bars: tuple[tuple[Verdict, int, float, float], ...]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """One thing that is wrong. ``name`` is a rule, or the reason of a breakdown."""

    name: str
    title: str
    severity: str
    consequence: str
    cards: tuple[ResultCard, ...]
    example: str


@dataclass(frozen=True, slots=True)
class InstanceMatrix:
    """The instances of scenarios: a row each, a column for each combination of values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ResultCard | None, ...]], ...]


def build_card(index: int, result: Result, album: EvidenceEmbedder) -> ResultCard:
    """Collect what is shown of one result."""
    findings = tuple(_number_findings(result))
    evidence = result.outcome.evidence
    pictures = [album.picture(item) for item in evidence]
    return ResultCard(
        f"r{index}",
        result,
        findings,
        tuple(picture for picture in reversed(pictures) if picture),
        tuple(album.link(item) for item in evidence),
        tuple(
            (broken, tuple(album.link(item) for item in broken.evidence))
            for broken in result.earlier
        ),
        tuple(sources(result, {id(each.finding): each.number for each in findings})),
    )


def _number_findings(result: Result) -> Iterator[NumberedFinding]:
    # Imported here: loading all rules takes time, and a page without findings does not need them.
    from validator.rules.catalogue import RULES_BY_ID

    first: dict[tuple[str, str, str], int] = {}
    for number, finding in enumerate(formatting.sort_by_severity(result.findings), start=1):
        key = (finding.rule, finding.why, finding.hint)
        explained = first.setdefault(key, number)
        yield NumberedFinding(
            number, finding, RULES_BY_ID.get(finding.rule), explained if explained != number else 0
        )


def build_overview(report: Report) -> RunOverview:
    """Summarise the run."""
    total = len(report.results)
    counts = {verdict: report.count(verdict) for verdict in Verdict}
    order = sorted(Verdict, key=lambda verdict: verdict.rank)
    worst = next((verdict for verdict in order if counts[verdict]), Verdict.PASSED)
    if report.interrupted or not total:
        worst = worst if worst is Verdict.FAILED else Verdict.BROKEN
    bars, left = [], 0.0
    for verdict in order:
        width = 1000 * counts[verdict] / total if total else 0.0
        bars.append((verdict, counts[verdict], round(left, 2), round(width, 2)))
        left += width
    meaning = formatting.format_exit_code(report).partition(": ")[2]
    return RunOverview(worst, _format_headline(report, counts), meaning, tuple(bars))


def _format_headline(report: Report, counts: Mapping[Verdict, int]) -> str:
    total = len(report.results)
    if not total:
        return "Nothing was checked"
    words = {
        "failed": "failed",
        "broken": "could not be checked",
        "flaky": "passed only when retried",
    }
    parts = [
        f"{counts[verdict]} {words[verdict]}"
        for verdict in sorted(counts, key=lambda verdict: verdict.rank)
        if verdict in words and counts[verdict]
    ]
    if parts:
        number, _, rest = parts[0].partition(" ")
        parts[0] = f"{number} of {total} {rest}"
    else:
        parts.append("Passed" if total == 1 else f"All {total} passed")
    if report.interrupted:
        parts.append("then it was interrupted")
    return ", ".join(parts)


def group_problems(cards: Sequence[ResultCard]) -> tuple[ProblemGroup, ...]:
    """Return what is wrong, each thing once: errors, breakdowns, warnings, info."""
    found: dict[tuple[str, str], list[tuple[ResultCard, str, NumberedFinding | None]]] = {}
    for each in cards:
        if each.broken:
            entry = (each, each.broken.message, None)
            found.setdefault(("broken", str(each.broken.reason)), []).append(entry)
        for numbered in each.findings:
            key = (str(numbered.finding.severity), numbered.finding.rule)
            found.setdefault(key, []).append((each, numbered.finding.message, numbered))
    order = [Severity.ERROR, "broken", Severity.WARNING, Severity.INFO]
    return tuple(
        _build_problem_group(name, severity, entries)
        for (severity, name), entries in sorted(
            found.items(), key=lambda item: order.index(item[0][0])
        )
    )


def _build_problem_group(
    name: str, severity: str, entries: list[tuple[ResultCard, str, NumberedFinding | None]]
) -> ProblemGroup:
    affected = {card.anchor: card for card, _, _ in entries}
    _, example, numbered = entries[0]
    title = numbered.rule.title if numbered and numbered.rule else ""
    consequence = (numbered and numbered.finding.consequence) or ""
    return ProblemGroup(name, title, severity, str(consequence), tuple(affected.values()), example)


def build_matrices(cards: Sequence[ResultCard]) -> tuple[InstanceMatrix, ...]:
    """Return a table of scenarios that ran in the same combinations of values.

    The name of an instance has its values: ``NAME [device=Pixel 7, env=staging]``.
    """
    instances: dict[str, dict[str, ResultCard]] = {}
    for each in cards:
        if named := _INSTANCE_NAME.fullmatch(each.result.subject):
            instances.setdefault(named[1], {})[named[2]] = each
    by_columns: dict[frozenset[str], list[str]] = {}
    for name, of in instances.items():
        by_columns.setdefault(frozenset(of), []).append(name)
    return tuple(
        InstanceMatrix(
            columns, tuple(_matrix_row(name, columns, instances[name]) for name in names)
        )
        for names in by_columns.values()
        for columns in [tuple(instances[names[0]])]
    )


def _matrix_row(
    name: str, columns: tuple[str, ...], of: Mapping[str, ResultCard]
) -> tuple[str, tuple[ResultCard | None, ...]]:
    return name, tuple(of.get(column) for column in columns)


def find_open_cards(cards: Sequence[ResultCard]) -> Iterator[str]:
    """Yield the anchors of the results that are open from the start."""
    bad = (Verdict.FAILED, Verdict.BROKEN)
    yield from [each.anchor for each in cards if each.result.verdict in bad][:MAX_OPEN_CARDS]
