"""``cn-validator merge``: the results of several runs in one report."""

from __future__ import annotations

from pathlib import Path

import click
import cloup

from validator.cli.options.output import Output, output_options
from validator.core.command_line import expand_pattern
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.result import Report
from validator.report.json_reader import load_report
from validator.report.merge import merge_reports


@cloup.command(name="merge")
@click.argument(
    "results", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RESULTS..."
)
@output_options
def command(results: tuple[Path, ...], output: Output) -> int:
    """Merge the results of several runs, such as shards, into one report.

    RESULTS are files that --report json=FILE wrote, or folders of runs. The exit code is that of
    a run with all of these results; write them with --report json=FILE.
    """
    results = tuple(Path(each) for path in results for each in expand_pattern(str(path)))
    _reject_duplicates(results)
    reports = [load_report(path) for path in results]
    _reject_empty(results, reports)
    report = merge_reports(reports)
    return output.write(report).exit_code


def _reject_empty(paths: tuple[Path, ...], reports: list[Report]) -> None:
    """Raises InputError for a run without results: in a merged report it would go unnoticed."""
    for path, report in zip(paths, reports, strict=True):
        if not report.results:
            raise InputError.single(
                "results-empty",
                "it has no results: this part of the run has checked nothing",
                Location(str(path)),
                "Run it again, or leave it out.",
            )


def _reject_duplicates(results: tuple[Path, ...]) -> None:
    """Raises InputError for results that are named twice."""
    places = [path.resolve() for path in results]
    for path, place in zip(results, places, strict=True):
        if places.count(place) > 1:
            raise InputError.single(
                "results-twice",
                "these results are named twice",
                Location(str(path)),
                "Name each file once.",
            )
