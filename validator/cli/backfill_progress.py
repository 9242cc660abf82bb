"""How a backfill goes on, on standard error: a bar in a terminal, else a line at each tenth."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from validator.backfill.order_results import OrderResult
from validator.report.sanitize import sanitize

_Callbacks: TypeAlias = tuple[Callable[[OrderResult], None], Callable[[str, float], None]]


@contextmanager
def sending_progress(total: int) -> Iterator[_Callbacks]:
    """Yield what is told of each order that ends, and of each wait."""
    if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        yield _line_callbacks(total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[wait]}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("orders", total=total, rate="", wait="")
        begun = time.monotonic()

        def on_done(_: OrderResult) -> None:
            done = progress.tasks[0].completed + 1
            rate = f"{done / max(time.monotonic() - begun, 0.001) * 60:.0f} a minute"
            progress.update(task, advance=1, rate=rate, wait="")

        def on_wait(reason: str, seconds: float) -> None:
            progress.update(task, wait=f"waiting {seconds:.0f} s: {sanitize(reason, 80)}")

        yield on_done, on_wait


def _line_callbacks(total: int) -> _Callbacks:
    begun, done, said = time.monotonic(), 0, 0

    def on_done(_: OrderResult) -> None:
        nonlocal done, said
        done += 1
        tenth = done * 10 // max(total, 1)
        if tenth > said:
            said = tenth
            passed = time.monotonic() - begun
            left = passed / done * max(total - done, 0)
            rate = done / max(passed, 0.001) * 60
            click.echo(f"{done} of {total} · {rate:.0f} a minute · {left:.0f} s left", err=True)

    def on_wait(_reason: str, _seconds: float) -> None:
        """A log would be full of waits; what they were for is told if they do not help."""

    return on_done, on_wait
