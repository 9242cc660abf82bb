"""``cn-validator report``: the results of an earlier run in any format."""

from __future__ import annotations

from pathlib import Path

import click
import cloup

from validator.cli.options.output import Output, output_options
from validator.report.json_reader import load_report


@cloup.command(name="report")
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@output_options
def command(results: Path, output: Output) -> int:
    """Show the results of an earlier run, or write them in other formats.

    RESULTS is a file that --report json=FILE wrote, or the folder of a run, also of one that
    crashed. The exit code is that of the run.
    """
    report = load_report(results)
    return output.write(report).exit_code
