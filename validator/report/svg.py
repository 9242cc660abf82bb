"""The terminal report as a picture."""

from __future__ import annotations

from validator.report.terminal import compose
from validator.result import Report


def svg_report(report: Report, *, title: str = "cn-validator", width: int = 100) -> str:
    """An SVG of the terminal report, ``width`` columns wide."""
    from validator.report.layout import Layout

    layout = Layout(width)
    compose(report, layout)
    return layout.svg(title)
