"""The JUnit report is what CI servers read, and never greener than the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import junitparser
import pytest
import xmlschema

from validator.core.exit_code import ExitCode
from validator.core.result import Report
from validator.report.junit import junit_report

XSD = xmlschema.XMLSchema(Path(__file__).parent / "junit.xsd")


def parsed(report: Report) -> ET.Element:
    xml = junit_report(report)
    XSD.validate(xml)
    return ET.fromstring(xml)  # noqa: S314 - our own text


def test_a_finding_is_a_failure_and_a_breakdown_an_error(report: Report) -> None:
    kinds = [
        [child.tag for child in case if child.tag not in ("system-out", "properties")]
        for case in parsed(replace(report, interrupted=False)).iter("testcase")
    ]
    assert kinds == [[], [], ["failure"], ["failure"], ["error"]]


def test_the_totals_count_test_cases(report: Report) -> None:
    totals = parsed(replace(report, interrupted=False)).attrib
    assert totals["tests"] == "5"
    assert totals["failures"] == "2"
    assert totals["errors"] == "1"
    assert totals["time"] == "17.740"


def test_a_failure_tells_all_its_findings(report: Report) -> None:
    failure = parsed(report).findall(".//failure")[0]
    assert failure.get("type") == "total-price-format, item-price-format"
    assert (failure.get("message") or "").startswith("2 findings, the first is total-price-format")
    assert "1.234,56 → recorded by Connectif: 1.234" in (failure.text or "")
    assert "unit_price of item 1" in (failure.text or "")


def test_a_warning_is_told_without_failing(report: Report) -> None:
    case = parsed(report).findall(".//testcase")[1]
    assert [child.tag for child in case] == ["system-out"]
    assert "cart-id-missing" in (case[0].text or "")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("scenarios/payment/card.yaml", "scenarios.payment.card"),
        ("./scenarios/card.yaml", "scenarios.card"),
        ("..\\shop\\card.yaml", "shop.card"),
        ("card", "card"),
    ],
)
def test_a_scenario_file_becomes_a_class_name(report: Report, source: str, name: str) -> None:
    first = report.results[0]
    assert first.location
    moved = replace(first, location=replace(first.location, source=source))
    case = parsed(replace(report, results=(moved,))).find(".//testcase")
    assert case is not None
    assert case.get("classname") == name


@pytest.mark.parametrize("changes", [{"interrupted": True}, {"results": (), "interrupted": False}])
def test_a_run_that_says_nothing_is_not_green(report: Report, changes: dict[str, object]) -> None:
    unsure = replace(report, **({"results": report.results[:1]} | changes))  # type: ignore[arg-type]
    assert unsure.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT)
    assert parsed(unsure).get("errors") == "1"


@pytest.mark.parametrize(
    "text", ["]]>", "\x00\x0b\x1b[31m", "\ud800", "\ufffe", "<script>&\"'", "\u202e", "a\nb"]
)
def test_hostile_text_leaves_the_xml_whole(report: Report, text: str) -> None:
    result = report.results[2]
    finding = replace(result.findings[0], message=text, actual=text, hint=text)
    hostile = replace(result, subject=text, findings=(finding,))
    xml = junit_report(replace(report, results=(hostile,), notes=(text,)))
    XSD.validate(xml)
    xml.encode("utf-8")


def test_a_huge_value_is_cut(report: Report) -> None:
    finding = replace(report.results[2].findings[0], actual="9" * 10_000_000)
    result = replace(report.results[2], findings=(finding,))
    assert len(junit_report(replace(report, results=(result,)))) < 10_000


def test_an_invented_element_would_be_noticed(report: Report) -> None:
    xml = junit_report(report).replace("<properties>", "<extra /><properties>")
    assert not XSD.is_valid(xml)


def test_another_program_reads_it_as_it_was_meant(report: Report) -> None:
    (suite,) = junitparser.JUnitXml.fromstring(junit_report(report).encode())
    assert [case.classname for case in suite][:2] == ["scenarios.card", "check"]
    assert [type(result) for case in suite for result in case.result] == [
        junitparser.Failure,
        junitparser.Failure,
        junitparser.Error,
        junitparser.Error,
    ]


def test_a_test_case_names_its_file_its_line_and_its_keys_in_test_management(
    report: Report,
) -> None:
    first = replace(report.results[0], properties={"test_key": "SHOP-42"})
    card, _, _, _, broken = parsed(
        replace(report, results=(first, *report.results[1:]), interrupted=False)
    ).iter("testcase")
    assert (card.get("file"), card.get("line")) == ("scenarios/card.yaml", "1")
    properties = [(each.get("name"), each.get("value")) for each in card.iter("property")]
    assert properties == [("test_key", "SHOP-42"), ("label", "smoke"), ("label", "payment")]
    assert (broken.get("file"), broken.get("line")) == ("scenarios/instalments.yaml", "18")


def test_evidence_is_attached_by_the_lines_that_jenkins_and_gitlab_read(report: Report) -> None:
    *_, broken = parsed(replace(report, interrupted=False)).iter("testcase")
    lines = (broken.findtext("system-out") or "").splitlines()
    assert lines[-2:] == [
        "[[ATTACHMENT|evidence/instalments/failed.png]]",
        "[[ATTACHMENT|evidence/instalments/failed.html]]",
    ]
