"""The SARIF report fits its schema and says what code scanning shows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from validator.core.document import Location
from validator.core.finding import Finding
from validator.core.result import Report
from validator.report.sarif import sarif_report
from validator.rules.catalogue import RULES

SCHEMA = json.loads(
    (Path(__file__).parent / "schemas/sarif-2.1.0.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def run_of(report: Report) -> dict[str, Any]:
    log = json.loads(sarif_report(report))
    VALIDATOR.validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def with_findings(report: Report, *findings: Finding) -> Report:
    return replace(report, results=(replace(report.results[2], findings=findings),))


def place_of(location: dict[str, Any]) -> tuple[str, int, int | None]:
    physical = location["physicalLocation"]
    region = physical["region"]
    return physical["artifactLocation"]["uri"], region["startLine"], region.get("startColumn")


def test_a_finding_is_at_the_scenarios_line_and_the_tags_line_is_related(report: Report) -> None:
    found = run_of(report)["results"][1]
    assert place_of(found["locations"][0]) == ("scenarios/bank-transfer.yaml", 21, 3)
    [related] = found["relatedLocations"]
    assert place_of(related) == ("http://127.0.0.1:8800/order-confirmation/7", 43, 5)
    assert related["physicalLocation"]["region"]["snippet"]["text"].endswith("1.234,56</span>")
    assert related["message"]["text"] == "total_price"


def test_a_page_without_a_scenario_is_its_own_place(report: Report) -> None:
    found = run_of(report)["results"][0]
    assert place_of(found["locations"][0]) == ("orders/confirmation.html", 40, 3)
    assert "relatedLocations" not in found


def test_every_rule_can_be_written_with_its_help(report: Report) -> None:
    findings = [replace(report.results[2].findings[0], rule=rule.id) for rule in RULES]
    run = run_of(with_findings(report, *findings))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)
    assert [found["ruleIndex"] for found in run["results"]] == list(range(len(RULES)))
    assert sum("```html" in rule["help"]["markdown"] for rule in rules) > 20


def test_a_journey_that_broke_off_fails_the_run_and_is_no_finding(report: Report) -> None:
    run = run_of(replace(report, results=report.results[4:], interrupted=False))
    assert run["results"] == []
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 3
    [notice] = invocation["toolExecutionNotifications"][:1]
    assert "did not appear within 15s" in notice["message"]["text"]
    assert place_of(notice["locations"][0]) == ("scenarios/instalments.yaml", 18, 5)


def test_findings_alone_are_a_run_that_succeeded(report: Report) -> None:
    run = run_of(replace(report, results=report.results[:4], interrupted=False))
    assert run["invocations"][0]["executionSuccessful"] is True


def test_a_run_of_nothing_did_not_succeed(report: Report) -> None:
    run = run_of(replace(report, results=(), interrupted=False))
    assert run["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("scenarios\\pago con tarjeta.yaml", "scenarios/pago%20con%20tarjeta.yaml"),
        ("./scenarios/ñ#1.yaml", "scenarios/%C3%B1%231.yaml"),
        ("/srv/a b.yaml", "file:///srv/a%20b.yaml"),
        (str(Path.cwd() / "scenarios/card.yaml"), "scenarios/card.yaml"),
        ("C:\\shop\\a.yaml", "file:///C:/shop/a.yaml"),
        ("https://shop.example/a b?x=1", "https://shop.example/a%20b?x=1"),
    ],
)
def test_paths_are_uri_references(report: Report, source: str, uri: str) -> None:
    finding = replace(report.results[2].findings[0], scenario=Location(source, 1, 1))
    run = run_of(with_findings(report, finding))
    assert place_of(run["results"][0]["locations"][0])[0] == uri


def test_text_of_a_page_makes_no_link(report: Report) -> None:
    finding = replace(report.results[2].findings[0], message="[press](https://evil.example) \\")
    text = run_of(with_findings(report, finding))["results"][0]["message"]["text"]
    assert text.startswith("\\[press\\](https://evil.example) \\\\ (Guest")


def test_findings_of_one_line_have_different_line_hashes(report: Report) -> None:
    results = run_of(report)["results"]
    hashes = [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]
    assert len(set(hashes)) == len(hashes)
    assert all(re.fullmatch(r"[0-9a-f]{16}:1", each) for each in hashes)


def test_a_comparison_with_a_baseline_says_which_findings_are_new(report: Report) -> None:
    first, *others = report.results[2].findings
    marked = replace(
        report.results[2],
        findings=(replace(first, is_known=True), replace(others[0], is_known=False)),
    )
    results = run_of(replace(report, results=(marked,)))["results"]
    assert [each["baselineState"] for each in results] == ["unchanged", "new"]
