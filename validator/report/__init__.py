"""Report formats: each is one function from a finished Report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from validator.core.result import Report
from validator.report.csv import csv_report
from validator.report.github import github_report
from validator.report.gitlab import gitlab_report
from validator.report.html import html_report
from validator.report.json import json_report
from validator.report.junit import junit_report
from validator.report.markdown import markdown_report
from validator.report.recorded import recorded_report
from validator.report.sarif import sarif_report
from validator.report.svg import svg_report
from validator.report.tap import tap_report
from validator.report.terminal import terminal_report

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "terminal": partial(terminal_report, width=100, color=False),
        "json": json_report,
        "junit": junit_report,
        "recorded": recorded_report,
        "html": html_report,
        "svg": svg_report,
        "markdown": markdown_report,
        "github": github_report,
        "gitlab": gitlab_report,
        "sarif": sarif_report,
        "tap": tap_report,
        "csv": csv_report,
    }
)
"""The format after ``--report`` → its function. A new format is a new line here."""


def render_report(kind: str, report: Report, folder: Path | None = None) -> str:
    """Return a report in a format. ``folder`` is where it will be kept, for relative links."""
    return html_report(report, folder) if kind == "html" else FORMATS[kind](report)
