"""Runs that were parts of one become one report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from validator.core.capture import Breakdown
from validator.core.exit_code import ExitCode
from validator.core.result import Report
from validator.report.merge import merge_reports


def part(report: Report, index: int, **changes: object) -> Report:
    alone = replace(report, results=report.results[index : index + 1], interrupted=False)
    return replace(alone, **changes)  # type: ignore[arg-type]


def test_results_stand_in_the_order_of_the_files(report: Report) -> None:
    merged = merge_reports([part(report, 4), part(report, 0)])
    assert merged.results == (report.results[4], report.results[0])


def test_the_gravest_part_decides(report: Report) -> None:
    passed, failed, broken = (part(report, index) for index in (0, 2, 4))
    assert merge_reports([passed, failed]).exit_code is ExitCode.FINDINGS
    assert merge_reports([passed, broken]).exit_code is ExitCode.BROKEN
    interrupted = replace(passed, interrupted=True)
    assert merge_reports([failed, interrupted]).exit_code is ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ((0, 0), ExitCode.OK),
        ((0, 1), ExitCode.FINDINGS),
        ((0, None), ExitCode.FINDINGS),
        ((None, None), ExitCode.FINDINGS),
    ],
)
def test_a_baseline_excuses_only_the_part_that_had_it(
    report: Report, new: tuple[int | None, int | None], code: ExitCode
) -> None:
    failed = [part(report, 2, new_findings=each) for each in new]
    assert merge_reports(failed).exit_code is code


def test_flaky_fails_where_it_fails_one_of_the_parts(report: Report) -> None:
    passed, broken = part(report, 0), report.results[4].outcome
    assert isinstance(broken, Breakdown)
    flaky = replace(passed, results=(replace(passed.results[0], earlier=(broken,)),))
    assert merge_reports([passed, flaky]).exit_code is ExitCode.OK
    assert (
        merge_reports([passed, replace(flaky, fails_on_flaky=True)]).exit_code is ExitCode.FINDINGS
    )


def test_parts_that_ran_side_by_side_took_as_long_as_from_first_to_last(report: Report) -> None:
    early = part(report, 0, started="2026-11-23T10:00:00+01:00", duration_ms=5_000)
    late = part(report, 1, started="2026-11-23T09:00:02+00:00", duration_ms=4_000)
    merged = merge_reports([late, early])
    assert merged.started == "2026-11-23T10:00:00+01:00"
    assert merged.duration_ms == 6_000


def test_runs_versions_and_notes_are_all_named_once(report: Report) -> None:
    other = part(report, 1, run_id="other", versions={"cn-validator": "0.1.0", "python": "3.13"})
    merged = merge_reports([part(report, 0), other])
    assert merged.run_id == "20261123-101500-a1b2+1"
    assert merged.versions == {
        "cn-validator": "0.1.0",
        "python": "3.11.9 / 3.13",
        "browser": "Chromium 142.0",
    }
    assert merged.notes == (
        *report.notes,
        "merged from the runs 20261123-101500-a1b2, other",
    )
