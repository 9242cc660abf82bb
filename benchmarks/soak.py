"""Runs many short scenarios in one run, and shows whether memory grows or something is left.

    python -m benchmarks.soak                     # 2,000 scenarios
    python -m benchmarks.soak --scenarios 300

Prints the memory (proportional set size, in MB) of the tool and of its browser and driver as the
run goes on, and then the processes and temporary folders that are left. Linux only. Exits with 1
if the memory of the last quarter is more than 1.25 times that of the second, if a scenario did not
pass or if anything is left.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from validator.core.result import Result, Verdict
from validator.run.options import RunOptions
from validator.run.progress import SilentProgress
from validator.run.runner import run_scenarios
from validator.scenario.load import load_scenarios

SAMPLES = 20
MAX_GROWTH = 1.25
SCENARIO = """
name: Guest reads a thank-you page
base_url: http://127.0.0.1:{port}
steps: [{{goto: /}}, {{click: {{text: Next}}}}]
confirmation: {{css: h1}}
expect: {{cn_purchase: none, within: 100ms}}
"""
PAGES = {"/": b'<a href="/thanks">Next</a>', "/thanks": b"<h1>Thanks</h1>"}


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing but the measurements."""


def find_descendants(process: int) -> Iterator[int]:
    """Yield the processes below one."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            listed = children.read_text().split()
        except OSError:  # the thread has ended meanwhile
            continue
        for child in map(int, listed):
            yield child
            yield from find_descendants(child)


def read_memory_mb(process: int) -> float:
    """Return the proportional set size of a process; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@dataclass(slots=True)
class Meter(SilentProgress):
    """Measures memory now and then, as scenarios finish."""

    every: int
    finished_count: int = 0
    not_passed: int = 0
    rows: list[tuple[float, float]] = field(default_factory=list)

    def finished(self, result: Result) -> None:
        self.finished_count += 1
        self.not_passed += result.verdict is not Verdict.PASSED
        if self.finished_count % self.every:
            return
        tool, children = os.getpid(), set(find_descendants(os.getpid()))
        row = read_memory_mb(tool), sum(map(read_memory_mb, children))
        self.rows.append(row)
        print(f"{self.finished_count:>10} {row[0]:>10.0f} {row[1]:>10.0f}", flush=True)

    def growth(self) -> tuple[float, float]:
        """Return how the last quarter compares with the second, for the tool and its children."""
        quarter = max(1, len(self.rows) // 4)
        early, late = self.rows[quarter : 2 * quarter], self.rows[-quarter:]
        tool, children = (
            sum(row[column] for row in late) / sum(row[column] for row in early)
            for column in (0, 1)
        )
        return tool, children


def soak(count: int) -> int:
    shop = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scratch = folder / "scratch"
        scratch.mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = str(scratch)
        (folder / "a.yaml").write_text(SCENARIO.format(port=shop.server_port))
        (scenario,) = load_scenarios([folder / "a.yaml"], environ={}, run_id="soak")
        meter = Meter(max(1, count // SAMPLES))
        print(f"{'scenarios':>10} {'tool MB':>10} {'browser MB':>10}")
        run_scenarios(
            [scenario] * count, RunOptions(run_id="soak", output=folder / "results"), meter
        )
        left = [
            *map(str, find_descendants(os.getpid())),
            *(each.name for each in scratch.iterdir()),
        ]
        tempfile.tempdir = None
    shop.shutdown()
    tool, children = meter.growth()
    wrong = meter.not_passed
    print(f"last quarter to the second: tool x{tool:.2f}, browser and driver x{children:.2f}")
    print(f"not passed: {wrong}; left behind: {', '.join(left) or 'nothing'}")
    return int(bool(wrong or left) or max(tool, children) > MAX_GROWTH)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--scenarios", type=int, default=2_000, metavar="N")
    return soak(parser.parse_args(arguments).scenarios)


if __name__ == "__main__":
    sys.exit(main())
