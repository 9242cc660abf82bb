"""``cn-validator history``: verdicts and times over releases."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click
import cloup

from validator.cli.terminal.echo import echo
from validator.report.formatting import format_duration
from validator.report.sanitize import sanitize
from validator.report.terminal import VERDICT_MARKS
from validator.results.history import ReleaseStatistics, load_release_statistics, save_run
from validator.results.run_summary import load_run_summary

MAX_RUNS_SHOWN = 20
"""The number of runs of a release whose verdicts are shown, latest last."""


@cloup.command(name="history")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--add",
    "added",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="RESULTS",
    help="Save a run first: a file of --report json=FILE, or a run's folder. Repeatable.",
)
@click.option("--release", default="", metavar="NAME", help="The release of the runs of --add.")
@click.option("--flaky", "only_flaky", is_flag=True, help="Show only flaky scenarios.")
def command(file: Path, added: tuple[Path, ...], release: str, only_flaky: bool) -> int:
    """Show verdicts and times of scenarios over releases, and which are flaky.

    FILE is what `cn-validator run --history FILE --release NAME` writes. A scenario is flaky if it
    passed only at a second attempt, or had different verdicts in one release.
    """
    for run in [load_run_summary(path) for path in added]:
        save_run(file, run, release)
    kept = load_release_statistics(file)
    flaky = dict.fromkeys(period.subject for period in kept if period.is_flaky)
    for subject, group in groupby(kept, key=lambda period: period.subject):
        if subject in flaky or not only_flaky:
            echo(sanitize(subject, 200))
            _show(list(group))
    for subject in flaky:
        releases = "; ".join(
            f"{_release_label(period)}: {period.counts}"
            for period in kept
            if period.subject == subject and period.is_flaky
        )
        echo(f"flaky: {sanitize(subject, 200)} ({releases})")
    if not flaky:
        echo("no scenario is flaky")
    return 0


def _show(group: list[ReleaseStatistics]) -> None:
    width = max(len(_release_label(period)) for period in group)
    drawn = [_draw_marks(period) for period in group]
    for period, marks in zip(group, drawn, strict=True):
        tag = "no tag" if period.tag_ms is None else f"first tag {format_duration(period.tag_ms)}"
        echo(
            f"  {_release_label(period):<{width}}  {marks:<{max(map(len, drawn))}}  {tag:<16}"
            f"  {format_duration(period.duration_ms)}"
        )


def _draw_marks(period: ReleaseStatistics) -> str:
    """Return one mark for each run, latest last, and how many earlier ones are left out."""
    known = {str(verdict): mark for verdict, (mark, _) in VERDICT_MARKS.items()}
    marks = "".join(known.get(verdict, "?") for verdict in period.verdicts[-MAX_RUNS_SHOWN:])
    more = len(period.verdicts) - MAX_RUNS_SHOWN
    return f"({more} more) {marks}" if more > 0 else marks


def _release_label(period: ReleaseStatistics) -> str:
    return sanitize(period.release, 40) or "no release"
