"""Results as the text of a failed test."""

from __future__ import annotations

from validator.core.result import Result
from validator.report.sanitize import sanitize
from validator.report.terminal import format_result
from validator.run.option_names import PYTEST_OPTIONS, rename_options


def sanitized_headline(result: Result) -> str:
    """Return what is wrong in one line: pytest's summary shows no more."""
    return sanitize(result.headline)


def describe_result(result: Result) -> str:
    """Return a result as the terminal report shows it, with the options of this plugin."""
    return rename_options(format_result(result, width=100).rstrip(), PYTEST_OPTIONS)
