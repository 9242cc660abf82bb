"""What a process and all that it started cost: seconds on the clock and seconds of CPU."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """``cpu`` is user and system time of the process and of those it has waited for, in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two commands that do the same work, the medians of their costs, and the goal of the ratio."""

    name: str
    ours: Cost
    raw: Cost
    goal: float

    @property
    def cpu_ratio(self) -> float:
        return self.ours.cpu / self.raw.cpu

    @property
    def wall_ratio(self) -> float:
        return self.ours.wall / self.raw.wall


def measure(command: Sequence[str], environ: Mapping[str, str]) -> Cost:
    """Run a process. Exits if it fails."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")
            sys.exit(f"{' '.join(command)} exited {process.returncode}:\n{said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def compare(
    name: str,
    ours: Sequence[str],
    raw: Sequence[str],
    *,
    goal: float,
    runs: int,
    environ: Mapping[str, str],
) -> Comparison:
    """Run the commands alternately, after one run of each that fills caches.

    A single run of each has no such run before it.
    """
    if runs > 1:
        measure(ours, environ)
        measure(raw, environ)
    costs = [(measure(ours, environ), measure(raw, environ)) for _ in range(runs)]
    ours_cost, raw_cost = (median_cost(column) for column in zip(*costs, strict=True))
    return Comparison(name, ours_cost, raw_cost, goal)


def median_cost(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))
