"""What the page shows of a report, in the order in which it shows it."""

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
"""So many results that did not pass are shown open; of more, a person chooses."""

_INSTANCE_NAME = re.compile(r"(.+?) \[([\w.-]+=[^=]*(?:, [\w.-]+=[^=]*)*)\]")


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding, the catalogue's entry of its rule, and its number within its result.

    ``explained_by`` is the number of the first finding with the same explanation; 0: it is this.
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
    """What broke the attempts before this one, each with links to its evidence."""
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
        """What a search looks into."""
        result, broken = self.result, self.broken
        place = result.location.source if result.location else ""
        parts = [result.subject, place, str(result.verdict), *result.labels, result.outcome.url]
        parts += [part for told in self.findings for part in (told.finding.rule,
                  told.finding.message, told.finding.severity)]  # fmt: skip
        parts += [broken.reason, broken.message] if broken else []
        return " ".join(parts).lower()


@dataclass(frozen=True, slots=True)
class RunOverview:
    """The whole run in a few words. ``bars`` are verdict, count, left edge and width of 1000."""

    verdict: Verdict
    headline: str
    meaning: str
    bars: tuple[tuple[Verdict, int, float, float], ...]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """One thing that is wrong. ``name`` is a rule, or why a page was not reached."""

    name: str
    title: str
    grade: str
    consequence: str
    cards: tuple[ResultCard, ...]
    example: str


@dataclass(frozen=True, slots=True)
class InstanceMatrix:
    """The instances of some scenarios: a row each, a column for each combination of values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ResultCard | None, ...]], ...]


def build_card(index: int, result: Result, album: EvidenceEmbedder) -> ResultCard:
    """Gather what is shown of one result."""
    told = tuple(_number_findings(result))
    evidence = result.outcome.evidence
    pictures = [album.picture(item) for item in evidence]
    return ResultCard(
        f"r{index}",
        result,
        told,
        tuple(picture for picture in reversed(pictures) if picture),
        tuple(album.link(item) for item in evidence),
        tuple(
            (broken, tuple(album.link(item) for item in broken.evidence))
            for broken in result.earlier
        ),
        tuple(sources(result, {id(each.finding): each.number for each in told})),
    )


def _number_findings(result: Result) -> Iterator[NumberedFinding]:
    # Imported here: the page may be of results that no rule has found anything in.
    from validator.rules.catalogue import RULES_BY_ID

    first: dict[tuple[str, str, str], int] = {}
    for number, finding in enumerate(formatting.sort_by_severity(result.findings), start=1):
        key = (finding.rule, finding.why, finding.hint)
        told = first.setdefault(key, number)
        yield NumberedFinding(
            number, finding, RULES_BY_ID.get(finding.rule), told if told != number else 0
        )


def build_overview(report: Report) -> RunOverview:
    """Say what the run came to."""
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
    """Return what is wrong, each thing once: what broke, errors, warnings, advice."""
    found: dict[tuple[str, str], list[tuple[ResultCard, str, NumberedFinding | None]]] = {}
    for each in cards:
        if each.broken:
            entry = (each, each.broken.message, None)
            found.setdefault(("broken", str(each.broken.reason)), []).append(entry)
        for told in each.findings:
            key = (str(told.finding.severity), told.finding.rule)
            found.setdefault(key, []).append((each, told.finding.message, told))
    order = [Severity.ERROR, "broken", Severity.WARNING, Severity.INFO]
    return tuple(
        _build_problem_group(name, grade, entries)
        for (grade, name), entries in sorted(
            found.items(), key=lambda item: order.index(item[0][0])
        )
    )


def _build_problem_group(
    name: str, grade: str, entries: list[tuple[ResultCard, str, NumberedFinding | None]]
) -> ProblemGroup:
    affected = {card.anchor: card for card, _, _ in entries}
    _, example, told = entries[0]
    title = told.rule.title if told and told.rule else ""
    consequence = (told and told.finding.consequence) or ""
    return ProblemGroup(name, title, grade, str(consequence), tuple(affected.values()), example)


def build_matrices(cards: Sequence[ResultCard]) -> tuple[InstanceMatrix, ...]:
    """Return a table for the scenarios that ran in the same combinations of values.

    An instance is named after its scenario and its values: ``NAME [device=Pixel 7, env=staging]``.
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
    """Yield the anchors of the results that are shown open."""
    bad = (Verdict.FAILED, Verdict.BROKEN)
    yield from [each.anchor for each in cards if each.result.verdict in bad][:MAX_OPEN_CARDS]
