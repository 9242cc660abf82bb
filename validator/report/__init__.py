"""Report formats: each is one function from a finished Report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from validator.core.result import Report
from validator.report.terminal import terminal_report


def _format(name: str) -> Callable[[Report], str]:
    """Return the function of a format, whose module is imported when it is called."""

    def render(report: Report) -> str:
        module = import_module(f"validator.report.{name}")
        text: str = getattr(module, f"{name}_report")(report)
        return text

    return render


def _terminal(report: Report) -> str:
    return terminal_report(report, width=100, color=False)


_OTHERS = (
    "json",
    "junit",
    "recorded",
    "html",
    "svg",
    "markdown",
    "github",
    "gitlab",
    "sarif",
    "tap",
    "csv",
)
FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"terminal": _terminal, **{name: _format(name) for name in _OTHERS}}
)
"""The format after ``--report`` → its function. The format NAME is ``NAME_report`` in its module
NAME; a new format is a new name here."""


def render_report(kind: str, report: Report, folder: Path | None = None) -> str:
    """Return a report in a format. ``folder`` is where it will be kept, for relative links."""
    from validator.report.html import html_report

    return html_report(report, folder) if kind == "html" else FORMATS[kind](report)
