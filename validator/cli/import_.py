"""``cn-validator import``: a recording of Chrome DevTools as a scenario."""

from __future__ import annotations

from pathlib import Path

import click
import cloup

from validator.cli.record import slugify, write_scenario
from validator.cli.terminal.echo import echo
from validator.contract.readers import read_file
from validator.recording.devtools import find_unsupported_steps, parse_devtools
from validator.report.sanitize import sanitize
from validator.run.defaults import DEFAULT_PATH


@cloup.command(name="import")
@click.argument("recording", type=click.Path(path_type=Path), metavar="RECORDING.json")
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    help="The file of the scenario. Default: scenarios/TITLE.yaml.",
)
@click.option("--name", metavar="TEXT", help="The name of the scenario.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def command(recording: Path, *, file: str | None, name: str | None, force: bool) -> int:
    """Convert a recording that Chrome DevTools' Recorder exported as JSON to a scenario."""
    document = read_file(recording)
    read = parse_devtools(document)
    title = name or read.title.strip() or recording.stem
    path = Path(file or f"{DEFAULT_PATH}/{slugify(title)}.yaml")
    write_scenario(read, title, path, force=force)
    if missing := find_unsupported_steps(document):
        echo(f"left out, because no step does the same: {sanitize(', '.join(missing))}", err=True)
    return 0
