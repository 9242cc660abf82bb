"""What is made of a run's report before it is written: compared, and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from validator.core.result import Report
from validator.results.comparison import compare_runs
from validator.results.history import open_history, save_run
from validator.results.run_summary import RunSummary, load_run_summary, summarize

Command = TypeVar("Command", bound=Callable[..., Any])
FAIL_ON_CHOICES = ("new", "flaky")


@dataclass(frozen=True, slots=True)
class PostRunActions:
    """What ``run`` is asked to do with its results. ``baseline`` was read before the run."""

    fail_on: tuple[str, ...] = ()
    baseline: RunSummary | None = None
    history: Path | None = None
    release: str = ""

    def judged(self, report: Report, *, quiet: bool) -> Report:
        """Return the report with what it came to beside the baseline, which is shown."""
        report = replace(report, fails_on_flaky="flaky" in self.fail_on)
        if self.baseline is None:
            return report
        from validator.cli.diff import comparison_lines

        found = compare_runs(self.baseline, summarize(report))
        if not quiet:
            click.echo("\n".join(comparison_lines(found)) + "\n", err=True)
        return replace(
            report,
            notes=(*report.notes, f"compared with run {self.baseline.run_id}: {found.summary}"),
            new_findings=found.new_errors if "new" in self.fail_on else None,
        )

    def keep(self, report: Report) -> None:
        """Keep the report in the history, where there is one. Raises InputError."""
        if self.history:
            save_run(self.history, summarize(report), self.release)


NO_POST_RUN_ACTIONS = PostRunActions()


def post_run_options(command: Command) -> Command:
    """Add the options; ``aftermath_of`` reads them."""
    for option in (
        click.option(
            "--release",
            default="",
            metavar="NAME",
            help="The release of the shop that --history keeps the results of.",
        ),
        click.option(
            "--history",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Keep verdicts and times in this file, for `cn-validator history`.",
        ),
        click.option(
            "--baseline",
            type=click.Path(path_type=Path),
            metavar="RESULTS",
            help="Compare with an earlier run: a file of --report json=FILE, or a run's folder.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(FAIL_ON_CHOICES),
            multiple=True,
            help="new: only findings that --baseline does not have fail the run. flaky: a flaky "
            "scenario fails it too. Repeatable.",
        ),
    ):
        command = option(command)
    return command


def parse_post_run_actions(given: dict[str, Any]) -> PostRunActions:
    """Take the options out of what click hands over. Raises UsageError, InputError."""
    fail_on, baseline = given.pop("fail_on"), given.pop("baseline")
    history, release = given.pop("history"), given.pop("release")
    if "new" in fail_on and baseline is None:
        raise click.UsageError("--fail-on new compares with an earlier run: give --baseline.")
    if release and history is None:
        raise click.UsageError("--release names what --history keeps: give --history too.")
    if history:
        with open_history(history):  # before the run: an hour of checkouts must not be lost
            pass
    return PostRunActions(
        fail_on, load_run_summary(baseline) if baseline else None, history, release
    )
