"""Merges the reports of several runs, such as those of shards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from validator.core.result import Report
from validator.core.run_context import RunContext


def merge_reports(reports: Sequence[Report]) -> Report:
    """Merge the results of one or more reports, in the given order.

    The merged run starts with the first run and lasts until the last has ended. It is interrupted
    if one of the runs was. Versions that differ are all named. Its id is that of the first run and
    the number of others, such as ``20261123-101500-a1b2+2``; a note names all ids.
    """
    starts = [datetime.fromisoformat(report.started) for report in reports]
    first = min(starts)
    ends = [
        start + timedelta(milliseconds=report.duration_ms)
        for start, report in zip(starts, reports, strict=True)
    ]
    runs = list(dict.fromkeys(report.run_id for report in reports))
    notes = (note for report in reports for note in report.notes)
    merged = [f"merged from the runs {', '.join(runs)}"] if len(runs) > 1 else []
    return replace(
        reports[0],
        results=tuple(result for report in reports for result in report.results),
        run_id=runs[0] + (f"+{len(runs) - 1}" if len(runs) > 1 else ""),
        started=reports[starts.index(first)].started,
        duration_ms=(max(ends) - first) / timedelta(milliseconds=1),
        versions=_join_versions(reports),
        notes=tuple(dict.fromkeys((*notes, *merged))),
        interrupted=any(report.interrupted for report in reports),
        new_findings=_sum_new_findings(reports),
        fails_on_flaky=any(report.fails_on_flaky for report in reports),
        context=_join_contexts([report.context for report in reports]),
        orders=tuple(order for report in reports for order in report.orders),
    )


def _join_contexts(contexts: Sequence[RunContext]) -> RunContext:
    """Return all shops, and all values of the other fields where they differ."""

    def join(values: Iterable[str]) -> str:
        return " / ".join(dict.fromkeys(filter(None, values)))

    return RunContext(
        tuple(dict.fromkeys(shop for each in contexts for shop in each.shops)),
        join(each.environment for each in contexts),
        join(each.release for each in contexts),
        join(each.commit for each in contexts),
        # Not joined: it is one address.
        next((each.ci_url for each in contexts if each.ci_url), ""),
    )


def _sum_new_findings(reports: Sequence[Report]) -> int | None:
    """Return the sum; None where one of the runs has no baseline, so that all findings count."""
    new = [report.new_findings for report in reports]
    return None if None in new else sum(filter(None, new))


def _join_versions(reports: Sequence[Report]) -> Mapping[str, str]:
    names = dict.fromkeys(name for report in reports for name in report.versions)
    return MappingProxyType(
        {
            name: " / ".join(
                dict.fromkeys(
                    report.versions[name] for report in reports if name in report.versions
                )
            )
            for name in names
        }
    )
