"""The terminal report as an SVG picture."""

from __future__ import annotations

from validator.core.result import Report
from validator.report.terminal import lay_out_report


def svg_report(report: Report, *, title: str = "cn-validator", width: int = 100) -> str:
    """Return the terminal report as SVG, ``width`` columns wide."""
    from validator.report.text_layout import Layout

    layout = Layout(width)
    lay_out_report(report, layout)
    return layout.svg(title)
