"""Compares the run time of the validator with raw Playwright scripts that do the same work.

The two of each pair alternate, as whole processes against the bundled shop, so that both run under
the same load of the machine. Prints medians and their ratio; only ratios compare across machines.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from validator.browser.chromium.discover import find_browser
from validator.demo import Demo, demo_servers

HERE = Path(__file__).parent
ROOT = HERE.parent


@dataclass(frozen=True, slots=True)
class Pair:
    """Two commands that do the same work. Both must exit 0."""

    name: str
    ours: Sequence[str]
    raw: Sequence[str]


def pairs(demo: Demo, browser: str, confirmation: str) -> tuple[Pair, ...]:
    """Return the pairs to compare."""
    python, quiet = sys.executable, ("--quiet", "--browser", browser)
    ours = (python, "-m", "validator")
    return (
        Pair(
            "check URL",
            (*ours, "check", confirmation, *quiet),
            (python, str(HERE / "raw_check.py"), browser, confirmation),
        ),
        Pair(
            "checkout by card, through the payment page",
            (*ours, "run", str(ROOT / "scenarios" / "guest-pays-by-card.yaml"), *quiet),
            (python, str(HERE / "raw_checkout.py"), browser, demo.shop_url),
        ),
    )


def seconds(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """Return the seconds of one run of a process; exit if the run fails."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} exited {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


@click.command()
@click.option(
    "--runs", default=7, show_default=True, type=click.IntRange(1), help="Runs of each command."
)
def main(runs: int) -> None:
    """Compare the validator with raw Playwright scripts, interleaved."""
    browser = find_browser(None, os.environ)
    print(f"{browser.version} ({browser.kind}), {os.cpu_count()} cores, {runs} runs of each\n")
    print(f"{'whole process, median':<44}{'ours':>9}{'raw':>9}{'ratio':>8}")
    with demo_servers() as demo:
        environ = {**os.environ, "SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url}
        # The warm-up runs compile the modules, as the installation of a package does.
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        raw_checkout = [sys.executable, str(HERE / "raw_checkout.py"), str(browser.path)]
        ordered = subprocess.run(  # prints the URL for `check URL`
            [*raw_checkout, demo.shop_url, "--print-url"],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        for pair in pairs(demo, str(browser.path), ordered.stdout.strip()):
            seconds(pair.ours, environ)
            seconds(pair.raw, environ)
            times = [(seconds(pair.ours, environ), seconds(pair.raw, environ)) for _ in range(runs)]
            ours, raw = (median(column) for column in zip(*times, strict=True))
            print(f"{pair.name:<44}{ours:>8.2f}s{raw:>8.2f}s{ours / raw:>8.2f}")


if __name__ == "__main__":
    main()
