"""``cn-validator diff``: the comparison of two runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
import cloup

from validator.cli.options.report_targets import TextReports, report_options
from validator.core.exit_code import ExitCode
from validator.results.comparison import RunComparison, compare_runs
from validator.results.comparison_text import comparison_lines
from validator.results.run_summary import load_run_summary


@cloup.command(name="diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice(["new"]),
    help="Exit with 1 if new findings fail the run.",
)
@report_options("terminal", "json")
def command(old: Path, new: Path, fail_on: str | None, reports: TextReports) -> int:
    """Compare the results of two runs: files of --report json=FILE, or folders of runs.

    Two findings are the same if scenario, rule and field are. With --fail-on new, the exit code is
    3 if a scenario broke or was not run in NEW, because its findings are unknown.
    """
    comparison = compare_runs(load_run_summary(old), load_run_summary(new))
    reports.write(
        {
            "terminal": lambda: "\n".join(comparison_lines(comparison)) + "\n",
            "json": lambda: _json_text(comparison),
        }
    )
    if not fail_on:
        return ExitCode.OK
    if comparison.new_errors:
        return ExitCode.FINDINGS
    is_incomplete = any(change.after in ("", "broken") for change in comparison.verdicts)
    return ExitCode.BROKEN if comparison.unknown or is_incomplete else ExitCode.OK


def _json_text(comparison: RunComparison) -> str:
    return json.dumps({"summary": comparison.summary, **asdict(comparison)}, indent=2) + "\n"
