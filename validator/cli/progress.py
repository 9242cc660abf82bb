"""What is shown on standard error while a run goes on; the report goes to standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from validator.core.result import Result
from validator.report.formatting import format_duration
from validator.report.sanitize import sanitize

if TYPE_CHECKING:
    from validator.run.scenario_run import Progress


class SilentProgress:
    """Shows nothing."""

    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


class LineProgress(SilentProgress):
    """A line as each result finishes, for CI logs."""

    def finished(self, result: Result) -> None:
        time = format_duration(result.duration_ms)
        click.echo(f"{result.verdict:<6}  {time:>6}  {sanitize(result.subject, 200)}", err=True)


@contextmanager
def progress(total: int, *, quiet: bool, color: bool) -> Iterator[Progress]:
    """Show how a run of ``total`` results goes on: live in a terminal, else in lines."""
    if quiet:
        yield SilentProgress()
    elif not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        yield LineProgress()
    else:
        from validator.cli.live_progress import live_display

        with live_display(total, color=color) as display:
            yield display
