"""Annotations are workflow commands that GitHub reads, and no more of them than it shows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from validator.core.document import Location
from validator.core.finding import Severity
from validator.core.result import Report
from validator.report.github import github_report

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*,?)+)::([^\r\n]*)")


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """Read the commands as GitHub's runner does."""
    read = []
    for line in github_report(report).splitlines():
        found = COMMAND.fullmatch(line)
        assert found, line
        named = dict(part.split("=", 1) for part in found[2].split(","))
        read.append(
            (found[1], {key: plain(value) for key, value in named.items()}, plain(found[3]))
        )
    return read


def plain(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_a_finding_is_at_the_scenarios_line_with_what_to_do(report: Report) -> None:
    kind, named, text = commands(report)[1]
    assert kind == "error"
    assert named == {
        "title": "Guest pays by bank transfer: total-price-format",
        "file": "scenarios/bank-transfer.yaml",
        "line": "21",
        "col": "3",
    }
    assert text.splitlines()[0] == 'total_price is "1.234,56", which is not a decimal number'
    assert text.splitlines()[-1].startswith("fix: Print the number")


def test_what_broke_off_and_what_was_interrupted_are_errors(report: Report) -> None:
    told = [(kind, named["title"]) for kind, named, _ in commands(report)]
    assert ("error", "Customer pays in instalments: step-failed") in told
    assert ("error", "cn-validator") in told


def test_a_page_of_the_web_has_no_file_to_annotate(report: Report) -> None:
    finding = replace(
        report.results[1].findings[0], location=Location("https://shop.example/x", 1, 1)
    )
    result = replace(report.results[1], subject="https://shop.example/x", findings=(finding,))
    [(_, named, _)] = commands(replace(report, results=(result,), interrupted=False))
    assert set(named) == {"title"}


def test_text_of_a_page_cannot_end_the_command_or_begin_another(report: Report) -> None:
    hostile = "100%\r\n::error::x,file=a::b %0A"
    finding = replace(report.results[2].findings[0], message=hostile)
    result = replace(report.results[2], subject=hostile, findings=(finding,))
    [(_, named, text)] = commands(replace(report, results=(result,), interrupted=False))
    shown = r"100%\r\n::error::x,file=a::b %0A"
    assert named["title"] == f"{shown}: total-price-format"
    assert text.splitlines()[0] == shown


def test_no_more_are_written_than_github_shows_and_the_rest_is_counted(report: Report) -> None:
    finding = report.results[2].findings[0]
    many = (finding,) * 30 + (replace(finding, severity=Severity.WARNING),) * 10
    result = replace(report.results[2], findings=many)
    told = commands(replace(report, results=(result,), interrupted=False))
    assert Counter(kind for kind, _, _ in told) == {"error": 10, "warning": 10}
    assert [text for _, _, text in told if "more" in text] == ["and 21 more: see the job's summary"]


def test_a_run_that_passed_has_nothing_to_annotate(report: Report) -> None:
    assert github_report(replace(report, results=report.results[:1], interrupted=False)) == ""
