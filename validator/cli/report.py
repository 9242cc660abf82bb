"""``cn-validator report``: the results of a run, once more, in any format."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from validator.cli.report_options import Output, output_options
from validator.report.json_reader import load_report


@click.command(name="report")
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@partial(output_options, option="--format")
def command(results: Path, output: Output) -> int:
    """Show the results of an earlier run, or write them in other formats.

    RESULTS is a file that --report json=FILE wrote, or the folder of a run, also of one that
    crashed. The exit code is that of the run.
    """
    report = load_report(results)
    output.write(report)
    return report.exit_code
