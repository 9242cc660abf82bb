"""A TAP consumer reads the verdicts as they are."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import pytest

from validator.core.result import Report
from validator.report.tap import tap_report

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from tap.parser import Parser  # type: ignore[import-untyped]  # it has no types


def lines(report: Report, category: str) -> list[Any]:
    return [line for line in Parser().parse_text(tap_report(report)) if line.category == category]


def test_each_result_is_a_test_point(report: Report) -> None:
    points = lines(report, "test")
    assert [point.ok for point in points] == [True, True, False, False, False, False]
    assert [point.number for point in points] == [1, 2, 3, 4, 5, 6]
    assert points[2].description == "- Guest pays by bank transfer"
    [plan] = lines(report, "plan")
    assert plan.expected_tests == 6
    assert lines(report, "unknown") == []


def test_what_is_known_of_a_failure_is_its_yaml(report: Report) -> None:
    _, _, failed, _, broken, _ = lines(report, "test")
    finding = failed.yaml_block["findings"][1]
    assert finding["rule"] == "item-price-format"
    assert finding["rendered"] == "€ 617,28 → recorded by Connectif: nothing"
    assert broken.yaml_block["reason"] == "step-failed"


@pytest.mark.parametrize(
    "name", ["a # SKIP b", "# TODO", "x\n1..0 # skip all\nok 2", "--- \\#skip"]
)
def test_a_name_cannot_make_a_pass_of_a_failure(report: Report, name: str) -> None:
    hostile = replace(report.results[2], subject=name)
    run = replace(report, results=(hostile,), interrupted=False)
    [point] = lines(run, "test")
    assert (point.ok, point.skip, point.todo) == (False, False, False)
    assert len(lines(run, "plan")) == 1


def test_a_run_that_checked_nothing_is_not_ok(report: Report) -> None:
    [point] = lines(replace(report, results=(), interrupted=False), "test")
    assert not point.ok
