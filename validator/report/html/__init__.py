"""The HTML report for people: one file that loads nothing else."""

from __future__ import annotations

from pathlib import Path

from validator.core.result import Report


def html_report(report: Report, folder: Path | None = None) -> str:
    """Return the page; ``folder`` is where it will be kept, for its relative links to evidence.

    Pictures are embedded, other evidence is linked. The page makes no network requests.
    """
    # Imported here: only this report needs the template engine.
    from validator.report.html.renderer import render

    return render(report, folder or Path())
