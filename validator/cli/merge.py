"""``cn-validator merge``: the results of several runs as those of one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from validator.cli.output import Output, output_options
from validator.document import Location
from validator.errors import InputError
from validator.report.load import load_report
from validator.report.merge import merge


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
    _refuse_the_same_twice(results)
    report = merge([load_report(path) for path in results])
    output.write(report)
    return report.exit_code


def _refuse_the_same_twice(results: tuple[Path, ...]) -> None:
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
