"""``cn-validator merge``: the results of several runs as those of one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from validator.cli.report_options import Output, output_options
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.result import Report
from validator.report.json_reader import load_report
from validator.report.merge import merge_reports


@click.command(name="merge")
@click.argument(
    "results", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RESULTS..."
)
@partial(output_options, option="--format")
def command(results: tuple[Path, ...], output: Output) -> int:
    """Put the results of several runs, such as shards, into one report.

    RESULTS are files that --report json=FILE wrote, or folders of runs. The exit code is that of
    a run that has all of these results; write it with --format json=FILE.
    """
    _reject_duplicates(results)
    reports = [load_report(path) for path in results]
    _reject_empty(results, reports)
    report = merge_reports(reports)
    output.write(report)
    return report.exit_code


def _reject_empty(paths: tuple[Path, ...], reports: list[Report]) -> None:
    """Among results that are right, a part that checked nothing would not be seen."""
    for path, report in zip(paths, reports, strict=True):
        if not report.results:
            raise InputError.single(
                "results-empty",
                "there is no result in it: this part of the run has checked nothing",
                Location(str(path)),
                "Run it again, or leave it out.",
            )


def _reject_duplicates(results: tuple[Path, ...]) -> None:
    """Counting a run twice would make a merged report say what never happened."""
    places = [path.resolve() for path in results]
    for path, place in zip(results, places, strict=True):
        if places.count(place) > 1:
            raise InputError.single(
                "results-twice",
                "these results are named twice",
                Location(str(path)),
                "Name each file once.",
            )
