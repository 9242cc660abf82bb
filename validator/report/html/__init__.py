"""The report for people: one HTML page that needs nothing but itself."""

from __future__ import annotations

from pathlib import Path

from validator.core.result import Report


def html_report(report: Report, folder: Path | None = None) -> str:
    """The page; ``folder`` is where it will be kept, from which its links lead to evidence.

    Pictures are in it; whatever else was kept is linked to. Nothing of it asks the network.
    """
    # Imported here: no other report, and no command without one, needs the template engine.
    from validator.report.html.renderer import render

    return render(report, folder or Path())
