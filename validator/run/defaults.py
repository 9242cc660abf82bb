"""What a run uses where nothing else is given: folders, the number of workers, the run's id."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime

DEFAULT_PATH = "scenarios"
"""The folder in which scenarios are looked for."""
DEFAULT_OUTPUT = "cn-validator-results"
"""The folder in which each run makes one for its results and evidence."""


def default_workers() -> int:
    """Return how many pages are open at once.

    Checkouts wait more than they compute, so one core serves several; benchmarks/ measures it.
    """
    return min(16, 4 * (os.cpu_count() or 1))


def new_run_id() -> str:
    """Return an id that sorts by time and is safe in e-mail addresses and file names."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
