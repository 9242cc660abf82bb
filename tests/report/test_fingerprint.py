"""A finding keeps its fingerprint from run to run, and shares it with none."""

from __future__ import annotations

from dataclasses import replace

from validator.core.result import Report
from validator.report.fingerprint import fingerprints


def digests(report: Report) -> list[str]:
    return [digest for _, _, digest in fingerprints(report)]


def test_every_finding_of_a_report_has_its_own(report: Report) -> None:
    doubled = replace(report, results=report.results * 2)
    assert len(set(digests(doubled))) == len(digests(doubled)) == 2 * len(digests(report))


def test_another_order_number_amount_or_line_makes_no_other_finding(report: Report) -> None:
    found = report.results[2].findings[0]
    later = replace(
        found, message='total_price is "9,99"', actual="9,99", location=None, scenario=None
    )
    results = [replace(report.results[2], findings=(finding,)) for finding in (found, later)]
    first, second = (digests(replace(report, results=(result,))) for result in results)
    assert first == second


def test_another_field_or_scenario_does(report: Report) -> None:
    found = report.results[2].findings[0]
    one = replace(report.results[2], findings=(found,))
    others = [
        replace(one, findings=(replace(found, pointer="/total_quantity"),)),
        replace(one, findings=(replace(found, rule="other"),)),
        replace(one, subject="Another scenario"),
    ]
    seen = {digests(replace(report, results=(result,)))[0] for result in (one, *others)}
    assert len(seen) == 4
