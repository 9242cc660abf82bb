"""``cn-validator history``: verdicts and times over releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click
import cloup

from validator.cli.options.report_targets import TextReports, report_options
from validator.report.formatting import format_duration
from validator.report.sanitize import sanitize
from validator.report.terminal import VERDICT_MARKS
from validator.results.history import (
    ReleaseStatistics,
    load_release_statistics,
    load_saved_runs,
    save_run,
)
from validator.results.run_summary import load_run_summary
from validator.results.trends import render_trends

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
@report_options("terminal", "html")
def command(
    file: Path, *, added: tuple[Path, ...], release: str, only_flaky: bool, reports: TextReports
) -> int:
    """Show verdicts and times of scenarios over releases, and which are flaky.

    FILE is what `cn-validator run --history FILE --release NAME` writes. A scenario is flaky if it
    passed only at a second attempt, or had different verdicts in one release. The HTML report has
    the verdicts of all runs, and their times as lines.
    """
    for path, run in [(path, load_run_summary(path)) for path in added]:
        save_run(file, run, release, _find_html_report(path))
    kept = load_release_statistics(file)
    page = next((target.path for target in reports.targets if target.kind == "html"), None)
    reports.write(
        {
            "terminal": lambda: "".join(
                f"{line}\n" for line in _format_lines(kept, only_flaky=only_flaky)
            ),
            "html": lambda: render_trends(
                load_saved_runs(file), kept, page.parent if page else Path()
            ),
        }
    )
    return 0


def _find_html_report(results: Path) -> Path | None:
    """Return the HTML report beside a run's results: of the same name, or report.html."""
    folder = results if results.is_dir() else results.parent
    candidates = (results.with_suffix(".html"), folder / "report.html")
    return next((each for each in candidates if each.is_file()), None)


def _format_lines(kept: Sequence[ReleaseStatistics], *, only_flaky: bool) -> Iterator[str]:
    flaky = dict.fromkeys(period.subject for period in kept if period.is_flaky)
    for subject, group in groupby(kept, key=lambda period: period.subject):
        if subject in flaky or not only_flaky:
            yield sanitize(subject, 200)
            yield from _release_lines(list(group))
    for subject in flaky:
        releases = "; ".join(
            f"{_release_label(period)}: {period.counts}"
            for period in kept
            if period.subject == subject and period.is_flaky
        )
        yield f"flaky: {sanitize(subject, 200)} ({releases})"
    if not flaky:
        yield "no scenario is flaky"


def _release_lines(group: list[ReleaseStatistics]) -> Iterator[str]:
    width = max(len(_release_label(period)) for period in group)
    drawn = [_draw_marks(period) for period in group]
    for period, marks in zip(group, drawn, strict=True):
        tag = "no tag" if period.tag_ms is None else f"first tag {format_duration(period.tag_ms)}"
        yield (
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
