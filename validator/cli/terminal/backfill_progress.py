"""The progress of a backfill on standard error: a bar in a terminal, else a line every 10 %."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from validator.backfill.order_results import OrderResult
from validator.cli.terminal.capabilities import can_redraw
from validator.cli.terminal.echo import echo
from validator.report.sanitize import sanitize

_Callbacks: TypeAlias = tuple[Callable[[OrderResult], None], Callable[[str, float], None]]


@contextmanager
def sending_progress(total: int) -> Iterator[_Callbacks]:
    """Yield the callbacks for each finished order and for each wait (reason, seconds)."""
    if not can_redraw():
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
    begun, done, shown = time.monotonic(), 0, 0

    def on_done(_: OrderResult) -> None:
        nonlocal done, shown
        done += 1
        tenth = done * 10 // max(total, 1)
        if tenth > shown:
            shown = tenth
            passed = time.monotonic() - begun
            left = passed / done * max(total - done, 0)
            rate = done / max(passed, 0.001) * 60
            echo(f"{done} of {total} · {rate:.0f} a minute · {left:.0f} s left", err=True)

    def on_wait(_reason: str, _seconds: float) -> None:
        """Waits are not logged, because there may be many; a failure is reported at the end."""

    return on_done, on_wait
