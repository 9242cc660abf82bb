"""How much a page may do before its scenario is ended, so that it does not harm others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``messages`` and ``requests`` are counted for each scenario, over all of its pages.

    Messages are what a page says or does that is not asked for: lines on the console, errors,
    dialogs, windows, downloads and changes of its address.
    """

    messages: int = 5_000
    requests: int = 10_000
    scenario_time_ms: float = 30 * 60_000.0
    run_time_ms: float | None = None
    """None is no limit."""


DEFAULT_LIMITS = Limits()
