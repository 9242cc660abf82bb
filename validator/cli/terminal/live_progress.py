"""Progress in a terminal: one line for each running scenario, removed when the run ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from validator.core.result import Result, Verdict
from validator.report.formatting import format_duration
from validator.report.sanitize import sanitize

VERDICT_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FLAKY: "yellow",
    Verdict.FAILED: "red",
    Verdict.BROKEN: "yellow",
}


@dataclass(slots=True)
class _RunningScenario:
    since: float
    step: str = ""


@dataclass(slots=True)
class LiveDisplay:
    """The display; rich renders it from another thread."""

    total: int
    spinner: Spinner = field(default_factory=lambda: Spinner("dots"))
    running: dict[str, _RunningScenario] = field(default_factory=dict)
    counts: Counter[Verdict] = field(default_factory=Counter)

    def started(self, name: str) -> None:
        self.running[name] = _RunningScenario(time.monotonic())

    def step(self, name: str, title: str) -> None:
        # Two scenarios may share a name; the first one that finishes removes the line.
        self.running.setdefault(name, _RunningScenario(time.monotonic())).step = title

    def finished(self, result: Result) -> None:
        self.running.pop(result.subject, None)
        self.counts[result.verdict] += 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        frame = self.spinner.render(console.get_time())
        for name, running in tuple(self.running.items())[: max(options.max_height - 2, 1)]:
            line = Text(no_wrap=True, overflow="ellipsis")
            line.append_text(frame if isinstance(frame, Text) else Text())
            line.append(f" {sanitize(name, 60)}", "bold")
            line.append(f"  {format_duration((time.monotonic() - running.since) * 1000)}", "dim")
            line.append(f"  {sanitize(running.step, 200)}", "dim")
            yield line
        yield self._totals()

    def _totals(self) -> Text:
        line = Text(f"{sum(self.counts.values())} of {self.total}", no_wrap=True)
        for verdict, style in VERDICT_STYLES.items():
            if number := self.counts[verdict]:
                line.append(" · ", "dim").append(f"{number} {verdict}", style)
        return line


@contextmanager
def live_display(total: int, *, color: bool) -> Iterator[LiveDisplay]:
    """Show a display for a run of ``total`` results on standard error."""
    display = LiveDisplay(total)
    console = Console(stderr=True, no_color=not color)
    with Live(display, console=console, transient=True, refresh_per_second=8):
        yield display
