"""Comparison of two runs: new and fixed findings, changed values and verdicts, slower steps.

Pure. Two findings are the same if subject, rule, JSON pointer and severity are; lines, amounts
and order numbers differ in each run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from validator.core.result import Report, Result
from validator.results.run_summary import (
    FindingSummary,
    ResultSummary,
    RunSummary,
    summarize,
    summarize_finding,
)

SLOWDOWN_FACTOR = 1.5
"""A step is slower if it takes at least this many times as long as before …"""
MIN_SLOWDOWN_MS = 500.0
"""… and at least this many milliseconds longer: short steps vary from run to run."""
PER_ORDER_FIELDS = frozenset({"purchase_id", "cart_id", "purchase_date"})
"""Fields whose value differs for each order: their changes are not reported."""


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """The value of a tag's field in both runs; None in a run without the field."""

    subject: str
    tag: str
    pointer: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SlowerStep:
    """A step that takes clearly longer. Times are milliseconds."""

    subject: str
    title: str
    before_ms: float
    after_ms: float


@dataclass(frozen=True, slots=True)
class ChangedVerdict:
    """The verdict of a subject in both runs; "" in a run without the subject."""

    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RunComparison:
    """``before`` and ``after`` are run ids.

    ``unknown`` are findings of the first run that the second could neither confirm nor rule out:
    the subject was not run or broke, the rule was not evaluated, or the tag is gone.
    """

    before: str
    after: str
    new: tuple[FindingSummary, ...]
    fixed: tuple[FindingSummary, ...]
    unchanged: tuple[FindingSummary, ...]
    unknown: tuple[FindingSummary, ...]
    values: tuple[ChangedValue, ...]
    slower: tuple[SlowerStep, ...]
    verdicts: tuple[ChangedVerdict, ...]

    @property
    def new_errors(self) -> int:
        """The number of new findings that fail a run."""
        return sum(finding.severity == "error" for finding in self.new)

    @property
    def summary(self) -> str:
        """``2 new findings, 1 fixed, 3 unchanged, 1 unknown``."""
        noun = "finding" if len(self.new) == 1 else "findings"
        counts = f"{len(self.new)} new {noun}, {len(self.fixed)} fixed, {len(self.unchanged)}"
        unknown = f", {len(self.unknown)} unknown" if self.unknown else ""
        return f"{counts} unchanged{unknown}"


def compare_runs(before: RunSummary, after: RunSummary) -> RunComparison:
    """Return what changed between two runs, in the order of their results."""
    old, now = _results_by_subject(before), _results_by_subject(after)
    there = _count_identities(before)
    unchanged, new = _separate_findings(after, there)
    gone = _separate_findings(before, _count_identities(after))[1]
    unknown = tuple(finding for finding in gone if not _is_evaluated(finding, old, now))
    return RunComparison(
        before.run_id,
        after.run_id,
        new,
        tuple(finding for finding in gone if finding not in unknown),
        unchanged,
        unknown,
        tuple(
            chain.from_iterable(
                _find_changed_values(old[name], now[name]) for name in now if name in old
            )
        ),
        tuple(
            chain.from_iterable(
                _find_slower_steps(old[name], now[name]) for name in now if name in old
            )
        ),
        tuple(_find_changed_verdicts(old, now)),
    )


def compare_with_baseline(baseline: RunSummary, report: Report) -> tuple[Report, RunComparison]:
    """Compare a finished run with an earlier one; return the report with known findings marked,
    and a note on the comparison."""
    comparison = compare_runs(baseline, summarize(report))
    note = f"compared with run {baseline.run_id}: {comparison.summary}"
    results = tuple(_mark_known_findings(baseline, report))
    return replace(report, results=results, notes=(*report.notes, note)), comparison


def _mark_known_findings(baseline: RunSummary, report: Report) -> Iterator[Result]:
    """Yield the results with findings that say whether the baseline has them."""
    left = _count_identities(baseline)
    for result in report.results:
        marked = []
        for finding in result.findings:
            identity = summarize_finding(result.subject, finding).identity
            marked.append(replace(finding, is_known=left[identity] > 0))
            left[identity] -= 1
        yield replace(result, findings=tuple(marked))


def _results_by_subject(run: RunSummary) -> Mapping[str, ResultSummary]:
    """Return the results by subject; of several with one subject, the last."""
    return {result.subject: result for result in run.results}


def _count_identities(run: RunSummary) -> Counter[tuple[str, ...]]:
    return Counter(finding.identity for result in run.results for finding in result.findings)


def _separate_findings(
    run: RunSummary, others: Counter[tuple[str, ...]]
) -> tuple[tuple[FindingSummary, ...], tuple[FindingSummary, ...]]:
    """Return the findings of a run that the other run has too, and those it does not have."""
    left = Counter(others)
    both: list[FindingSummary] = []
    alone: list[FindingSummary] = []
    for result in run.results:
        for finding in result.findings:
            (both if left[finding.identity] > 0 else alone).append(finding)
            left[finding.identity] -= 1
    return tuple(both), tuple(alone)


def _is_evaluated(
    finding: FindingSummary, old: Mapping[str, ResultSummary], now: Mapping[str, ResultSummary]
) -> bool:
    result = now.get(finding.subject)
    return bool(
        result
        and result.verdict != "broken"
        and finding.rule not in result.not_evaluated
        and _possible_tags(finding, old[finding.subject]) <= result.tags
    )


def _possible_tags(finding: FindingSummary, result: ResultSummary) -> frozenset[str]:
    """Return the tags that the field of a finding may belong to.

    If one of them is gone, the finding is not fixed.
    """
    if not finding.pointer:
        return frozenset()
    having = {tag.partition(" ")[0] for tag, at in result.values if at == finding.pointer}
    return frozenset(having) or result.tags


def _find_changed_values(old: ResultSummary, now: ResultSummary) -> Iterator[ChangedValue]:
    if "broken" in (old.verdict, now.verdict):
        return
    for tag, pointer in dict.fromkeys([*old.values, *now.values]):
        before, after = old.values.get((tag, pointer)), now.values.get((tag, pointer))
        if before != after and pointer.rpartition("/")[2] not in PER_ORDER_FIELDS:
            yield ChangedValue(now.subject, tag, pointer, before, after)


def _find_slower_steps(old: ResultSummary, now: ResultSummary) -> Iterator[SlowerStep]:
    times = dict(old.steps)
    for title, ms in now.steps:
        before = times.get(title)
        if before is not None and ms > before * SLOWDOWN_FACTOR and ms - before > MIN_SLOWDOWN_MS:
            yield SlowerStep(now.subject, title, before, ms)


def _find_changed_verdicts(
    old: Mapping[str, ResultSummary], now: Mapping[str, ResultSummary]
) -> Iterable[ChangedVerdict]:
    for subject in dict.fromkeys([*old, *now]):
        verdicts = [run[subject].verdict if subject in run else "" for run in (old, now)]
        if verdicts[0] != verdicts[1]:
            yield ChangedVerdict(subject, *verdicts)
