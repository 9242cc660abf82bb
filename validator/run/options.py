"""The options of a run. Imports nothing heavy, because every command builds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.contract.contracts import Contracts
from validator.core.evidence_options import EvidenceOptions
from validator.core.page_options import PageOptions
from validator.core.run_context import RunContext
from validator.scenario.model.page_limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of a run. ``output`` is the folder for its files; None writes none."""

    run_id: str
    output: Path | None = None
    resumes: bool = False
    """Whether ``output`` has results of this run already, which are kept."""
    workers: int = 4
    """How many scenarios run at once, in all processes."""
    processes: int = 1
    """How many processes run them, each with a browser; 1 for the process of the run."""
    headed: bool = False
    fail_fast: bool = False
    browser: str | None = None
    hosts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Host name → the address it is resolved to, with or without a port."""
    only_allowed: bool = False
    """Whether pages may reach only the hosts that their scenario names or allows."""
    page: PageOptions = field(default_factory=PageOptions)
    contracts: Contracts = field(default_factory=Contracts)
    retries: int = 0
    """How often a broken scenario is run again, unless it placed an order."""
    slow_mo_ms: float = 0.0
    """How long the browser waits after each operation, in milliseconds."""
    debugger: Any = None
    """A ``validator.browser.debugger.Debugger`` that is called before each step, or None."""
    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    is_persistent_shop: bool = True
    """Whether the shop outlives the run, so that its purchase ids must not be used again."""
    max_orders: int | None = None
    """The largest number of orders the run may place; None for no limit."""
    force_live: bool = False
    """Whether live payment pages and real cards are allowed."""
    limits: Limits = DEFAULT_LIMITS
    context: RunContext = field(default_factory=RunContext)
    """Where the run takes place; its shops are those of the scenarios."""
    replay_options: tuple[str, ...] | None = None
    """The options with which ``cn-validator run`` repeats a scenario; None if it cannot."""
