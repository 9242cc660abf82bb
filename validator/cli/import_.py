"""``cn-validator import``: a recording of Chrome DevTools, as a scenario."""

from __future__ import annotations

from pathlib import Path

import click

from validator.cli.record import FOLDER, slugify, write_scenario
from validator.contract.readers import read_file
from validator.recording.devtools import find_unsupported_steps, parse_devtools
from validator.report.sanitize import sanitize


@click.command(name="import")
@click.argument("recording", type=click.Path(path_type=Path), metavar="RECORDING.json")
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    help="Where the scenario goes. Default: scenarios/TITLE.yaml.",
)
@click.option("--name", metavar="TEXT", help="What the scenario is called.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def command(recording: Path, *, file: str | None, name: str | None, force: bool) -> int:
    """Make a scenario of what Chrome DevTools' Recorder exports as JSON."""
    document = read_file(recording)
    read = parse_devtools(document)
    title = name or read.title.strip() or recording.stem
    path = Path(file or f"{FOLDER}/{slugify(title)}.yaml")
    write_scenario(read, title, path, force=force)
    if missing := find_unsupported_steps(document):
        click.echo(f"left out, as no step does the same: {sanitize(', '.join(missing))}", err=True)
    return 0
