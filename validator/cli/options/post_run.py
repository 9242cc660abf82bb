"""The options for what happens to a run's report: comparison with a baseline, and the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from validator.cli.options.option_group import OptionGroup
from validator.cli.terminal.echo import echo
from validator.core.result import Report
from validator.results.comparison import compare_with_baseline
from validator.results.comparison_text import comparison_lines
from validator.results.history import open_history, save_run
from validator.results.run_summary import RunSummary, load_run_summary, summarize

FAIL_ON_CHOICES = ("new", "flaky")


@dataclass(frozen=True, slots=True)
class PostRunActions:
    """What follows a run. ``baseline`` was read before the run, None without a comparison."""

    fail_on: Sequence[str] = ()
    baseline: RunSummary | None = None
    history: Path | None = None
    release: str = ""

    def compare(self, report: Report, *, quiet: bool) -> Report:
        """Return the report with the result of the comparison, which is printed unless quiet."""
        report = replace(report, fails_on_flaky="flaky" in self.fail_on)
        if self.baseline is None:
            return report
        report, comparison = compare_with_baseline(self.baseline, report)
        if not quiet:
            echo("\n".join(comparison_lines(comparison)) + "\n", err=True)
        return replace(
            report, new_findings=comparison.new_errors if "new" in self.fail_on else None
        )

    def save(self, report: Report, html: Path | None = None) -> None:
        """Save the report in the history, if there is one; ``html`` is the file of its HTML report.

        Raises InputError.
        """
        if self.history:
            save_run(self.history, summarize(report), self.release, html)


NO_POST_RUN_ACTIONS = PostRunActions()


def _build_actions(
    fail_on: tuple[str, ...], baseline: Path | None, history: Path | None, release: str
) -> PostRunActions:
    if "new" in fail_on and baseline is None:
        raise click.UsageError("--fail-on new compares with an earlier run: give --baseline.")
    if history:
        with open_history(history):  # fails before the run: an hour of checkouts must not be lost
            pass
    return PostRunActions(
        fail_on, load_run_summary(baseline) if baseline else None, history, release
    )


post_run_options = OptionGroup(
    "Comparison and history",
    "post_run",
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON_CHOICES),
        multiple=True,
        help="new: only findings that --baseline does not have fail the run. flaky: flaky "
        "scenarios fail it too. Repeatable.",
    ),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="RESULTS",
        help="Compare with an earlier run: a file of --report json=FILE, or a run's folder.",
    ),
    click.option(
        "--history",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Save verdicts and times in this file, for `cn-validator history`.",
    ),
    click.option(
        "--release",
        default="",
        metavar="NAME",
        help="The release of the shop, which reports, webhooks and --history name.",
    ),
    build=_build_actions,
)
