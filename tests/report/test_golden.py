"""One run in every format, as it was when somebody last looked at it and found it good.

``UPDATE_GOLDEN=1 pytest tests/report`` writes the files anew; look at their diff.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from validator.core.result import Report
from validator.report import FORMATS
from validator.report.svg import svg_report
from validator.report.terminal import terminal_report

GOLDEN = Path(__file__).parent / "golden"


def words_of_svg(report: Report) -> str:
    """What the picture says: its drawing is rich's, and changes with rich's version."""
    words = re.findall(r"<text[^>]*>(.*?)</text>", svg_report(report, title="A run"), re.DOTALL)
    return "\n".join(html.unescape(word).replace("\xa0", " ").rstrip() for word in words) + "\n"


def words_of_html(report: Report) -> str:
    """What the page says: how it looks is tested in a browser."""
    main = BeautifulSoup(FORMATS["html"](report), "html.parser").main
    assert main
    return "\n".join(main.stripped_strings) + "\n"


FILES: dict[str, Callable[[Report], str]] = {
    "report-80.txt": partial(terminal_report, width=80, color=False),
    "report-120.txt": partial(terminal_report, width=120, color=False),
    "report-80-quiet.txt": partial(terminal_report, width=80, color=False, quiet=True),
    "report-80-color.txt": partial(terminal_report, width=80, color=True),
    "report.json": FORMATS["json"],
    "report.xml": FORMATS["junit"],
    "report.recorded.json": FORMATS["recorded"],
    "report.svg.txt": words_of_svg,
    "report.html.txt": words_of_html,
    "report.markdown": FORMATS["markdown"],
    "report.github": FORMATS["github"],
    "report.gitlab": FORMATS["gitlab"],
    "report.sarif": FORMATS["sarif"],
    "report.tap": FORMATS["tap"],
    "report.csv": lambda report: FORMATS["csv"](report).replace("\r\n", "\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_report_is_as_it_was(report: Report, name: str) -> None:
    text = FILES[name](report)
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_format_has_a_golden_file() -> None:
    kinds = {
        "terminal": "report-80.txt",
        "junit": "report.xml",
        "recorded": "report.recorded.json",
        "svg": "report.svg.txt",
        "html": "report.html.txt",
    }
    lacking = {kinds.get(kind, f"report.{kind}") for kind in FORMATS} - set(FILES)
    assert not lacking, f"add {lacking} to FILES of this module, then run it with UPDATE_GOLDEN=1"


def test_every_format_has_its_row_in_the_guide(repository: Path) -> None:
    guide = (repository / "docs" / "reports.md").read_text(encoding="utf-8")
    lacking = [kind for kind in FORMATS if f"| `{kind}` |" not in guide]
    assert not lacking, f"add rows for {lacking} to the table of formats in docs/reports.md"
