"""The answer as one HTML file that fetches nothing. Everything in it is escaped by Jinja."""

from __future__ import annotations

from importlib import resources

from validator.core.errors import InputError
from validator.core.installation import __version__, install_command
from validator.reconcile import chart
from validator.reconcile.cause_search import format_percent
from validator.reconcile.model import DifferenceKind, ReconcileResult
from validator.reconcile.terminal_report import KIND_LABELS, format_p_value
from validator.report.sanitize import sanitize

MAX_DIFFERENCES_SHOWN = 1_000
"""Differences of each kind in the file; the rest are counted."""


def html_text(outcome: ReconcileResult) -> str:
    """Return the whole page. Raises InputError where the extra is not installed."""
    try:
        import jinja2
    except ImportError as error:
        raise InputError.single(
            "extra-missing",
            "the HTML report needs Jinja, which is not installed",
            hint=install_command("reconcile"),
        ) from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["seen"] = sanitize
    source = resources.files("validator.reconcile").joinpath("report.html.j2")
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        outcome=outcome,
        missing=outcome.counts.get(DifferenceKind.MISSING, 0),
        share=format_percent(outcome.counts.get(DifferenceKind.MISSING, 0), outcome.counted),
        kinds=[(kind, KIND_LABELS[kind], outcome.counts.get(kind, 0)) for kind in DifferenceKind],
        failing=outcome.failing,
        chart=chart.build_chart(outcome.days),
        size=chart,
        chance=format_p_value,
        percent=format_percent,
        shown=MAX_DIFFERENCES_SHOWN,
        version=__version__,
    )
