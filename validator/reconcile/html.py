"""The answer as one HTML file that fetches nothing. Everything in it is escaped by Jinja."""

from __future__ import annotations

from importlib import resources

from validator.core.errors import InputError
from validator.core.version import __version__
from validator.reconcile import chart
from validator.reconcile.engine import EXTRA
from validator.reconcile.model import Kind, Outcome
from validator.reconcile.terminal import WORDS, chance
from validator.reconcile.why import percent
from validator.report.sanitize import visible

SHOWN = 1_000
"""Differences of each kind in the file; the rest are counted."""


def html_text(outcome: Outcome) -> str:
    """Return the whole page. Raises InputError where the extra is not installed."""
    try:
        import jinja2
    except ImportError as error:
        raise InputError.single(
            "extra-missing", "the HTML report needs Jinja, which is not installed", hint=EXTRA
        ) from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["seen"] = visible
    source = resources.files("validator.reconcile").joinpath("report.html.j2")
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        outcome=outcome,
        missing=outcome.counts.get(Kind.MISSING, 0),
        share=percent(outcome.counts.get(Kind.MISSING, 0), outcome.counted),
        kinds=[(kind, WORDS[kind], outcome.counts.get(kind, 0)) for kind in Kind],
        failing=outcome.failing,
        chart=chart.chart(outcome.days),
        size=chart,
        chance=chance,
        percent=percent,
        shown=SHOWN,
        version=__version__,
    )
