"""The SVG is a whole XML document that fetches nothing."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from validator.core.result import Report
from validator.report.svg import svg_report


def test_it_is_xml_whatever_a_page_says(report: Report) -> None:
    result = replace(report.results[0], subject="<script>alert(1)</script>]]>\x00\x1b\ud800&")
    svg = svg_report(replace(report, results=(result,)), title="<b>&")
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    assert not [element for element in root.iter() if element.tag.endswith("script")]


def test_it_fetches_nothing(report: Report) -> None:
    svg = svg_report(report)
    assert "url(http" not in svg
    assert 'url("http' not in svg
    assert "@font-face" not in svg


def test_it_is_the_same_every_time(report: Report) -> None:
    assert svg_report(report) == svg_report(report)
