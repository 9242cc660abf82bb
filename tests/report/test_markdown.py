"""The Markdown report, rendered by a parser that is not ours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from validator.core.result import Report
from validator.report.markdown import MAX_BYTES, markdown_report

GITHUB = MarkdownIt("commonmark", {"html": True}).enable("table")


def rendered(report: Report) -> BeautifulSoup:
    return BeautifulSoup(GITHUB.render(markdown_report(report)), "html.parser")


def test_the_summary_counts_and_lists_every_result(report: Report) -> None:
    page = rendered(report)
    assert page.h2
    assert page.h2.text == "⚠️ cn-validator: 2 passed, 2 failed, 1 broken, 2 warnings in 17.7s"
    assert "Interrupted: only these results are complete." in page.text
    table = page.table
    assert table
    names = [row.find_all("td")[1].text for row in table.find_all("tr")[1:]]
    worst_first = sorted(report.results, key=lambda result: result.verdict.rank)
    assert names == [result.subject for result in worst_first]
    assert names[0] == "Guest pays by bank transfer"


def test_a_finding_says_what_where_and_how_to_fix_it(report: Report) -> None:
    text = rendered(report).text
    for fact in (
        "🔴 error · total-price-format · recorded wrong",
        'total_price is "1.234,56", which is not a decimal number',
        "at: scenarios/bank-transfer.yaml:21:3",
        "recorded by Connectif: 1.234",
        "fix: Print the number without grouping",
        'the button "Pay in instalments" did not appear within 15s',
    ):
        assert fact in text


def test_each_tag_has_its_table_of_what_is_recorded(report: Report) -> None:
    rows = rendered(report).find_all("details")[0].find_all("tr")
    cells = [[cell.text for cell in row.find_all("td")] for row in rows]
    assert ["total_price", "1.234,56", "1.234", "❌ differs"] in cells


HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/p.png)",
    "[press](javascript:alert(1))",
    "https://evil.example",
    "`</code><img src=x>`",
    "a | b || c",
    "``",
    "\n# Heading\n- item",
    "&lt;b&gt;",
    "<!-- --><iframe>",
    "*** ~~a~~ __b__",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_page_is_shown_as_it_is_and_makes_no_markup(report: Report, text: str) -> None:
    finding = replace(
        report.results[2].findings[0], message=text, actual=text, expected=text, hint=text
    )
    reading = report.results[2].readings[0]
    field = replace(reading.fields[2], text=text, recorded=text)
    result = replace(
        report.results[2],
        subject=text,
        findings=(finding,),
        readings=(replace(reading, fields=(field,)),),
    )
    page = rendered(replace(report, results=(result,), notes=(text,)))
    assert not page.find_all(["script", "img", "a", "iframe", "h1", "s", "b"])
    shown = text.replace("\n", "\\n")
    assert page.text.count(shown) >= 6
    assert [len(row.find_all(["td", "th"])) for row in page.find_all("tr")] == [4] * 4


def test_nobody_is_mentioned(report: Report) -> None:
    result = replace(report.results[0], subject="ask @octocat about #12")
    text = markdown_report(replace(report, results=(result,)))
    assert "@octocat" not in text
    assert "ask @octocat about #12" in rendered(replace(report, results=(result,))).text


def test_a_summary_is_never_longer_than_github_takes(report: Report) -> None:
    many = replace(report, results=report.results * 900)
    text = markdown_report(many)
    assert 900_000 < len(text.encode()) <= MAX_BYTES
    assert "more parts: this is all that a job summary holds" in text.splitlines()[-1]
