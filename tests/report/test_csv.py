"""The CSV report is one row a finding, and nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from validator.core.result import Report
from validator.report.csv import COLUMNS, csv_report


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_report(report), newline=""), strict=True))


def test_each_finding_is_a_row_with_all_that_is_known(report: Report) -> None:
    row = rows(report)[1]
    assert tuple(row) == COLUMNS
    assert row["scenario"] == "Guest pays by bank transfer"
    assert (row["file"], row["line"]) == ("scenarios/bank-transfer.yaml", "21")
    assert (row["field"], row["rendered"], row["recorded"]) == ("total_price", "1.234,56", "1.234")
    assert (row["page_line"], row["page_column"]) == ("43", "5")


def test_what_broke_off_and_an_interruption_are_rows(report: Report) -> None:
    broken, whole = rows(report)[-2:]
    assert (broken["severity"], broken["rule"]) == ("broken", "step-failed")
    assert whole["message"].startswith("exit 130")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", '=\n,"']
)
def test_no_cell_is_a_formula(report: Report, text: str) -> None:
    finding = replace(report.results[2].findings[0], message=text, actual=text)
    result = replace(report.results[2], subject=text, findings=(finding,))
    [row] = rows(replace(report, results=(result,), interrupted=False))
    for cell in (row["message"], row["rendered"], row["scenario"]):
        assert cell[0] in "'\\"
        assert "\n" not in cell


def test_a_run_that_passed_is_a_header(report: Report) -> None:
    assert rows(replace(report, results=report.results[:1], interrupted=False)) == []
