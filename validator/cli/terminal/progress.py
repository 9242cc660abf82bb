"""The progress of a run on standard error; reports go to standard output."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from validator.cli.terminal.capabilities import can_redraw
from validator.cli.terminal.echo import echo
from validator.core.result import Result
from validator.report.formatting import format_duration
from validator.report.sanitize import sanitize
from validator.run.progress import Progress, SilentProgress


class LineProgress(SilentProgress):
    """Prints a line for each finished result, for logs of CI servers."""

    def finished(self, result: Result) -> None:
        time = format_duration(result.duration_ms)
        echo(f"{result.verdict:<6}  {time:>6}  {sanitize(result.subject, 200)}", err=True)


@contextmanager
def progress(total: int, *, quiet: bool, color: bool) -> Iterator[Progress]:
    """Show the progress of a run of ``total`` results: live in a terminal, else in lines."""
    if quiet:
        yield SilentProgress()
    elif not can_redraw():
        yield LineProgress()
    else:
        from validator.cli.terminal.live_progress import live_display

        with live_display(total, color=color) as display:
            yield display
