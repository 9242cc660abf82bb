"""The terminal report as a picture."""

from __future__ import annotations

from validator.core.result import Report
from validator.report.terminal import lay_out_report


def svg_report(report: Report, *, title: str = "cn-validator", width: int = 100) -> str:
    """An SVG of the terminal report, ``width`` columns wide."""
    from validator.report.text_layout import Layout

    layout = Layout(width)
    lay_out_report(report, layout)
    return layout.svg(title)
