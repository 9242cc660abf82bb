"""How a run is carried out. Imports nothing heavy: the command line builds these options first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.contract.contracts import Contracts
from validator.core.evidence_options import EvidenceOptions
from validator.core.page_options import PageOptions


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is carried out. ``output`` is the folder for this run's files; None: none."""

    run_id: str
    output: Path | None = None
    workers: int = 4
    headed: bool = False
    fail_fast: bool = False
    browser: str | None = None
    hosts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Host names → the address, with or without a port, that they lead to in this run."""
    page: PageOptions = field(default_factory=PageOptions)
    contracts: Contracts = field(default_factory=Contracts)
    retries: int = 0
    """How often a scenario that broke is played again, where it placed no order."""
    slow_mo_ms: float = 0.0
    """How long the browser waits after each of its operations, for a person to watch."""
    debugger: Any = None
    """A ``validator.browser.debugger.Debugger``, which is asked before each step; None: nobody."""
    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    is_persistent_shop: bool = True
    """Whether the shop is there after the run, so that its purchase ids must never come back."""
    max_orders: int | None = None
    """How many orders the run may place, at most; None: as many as its scenarios do."""
    force_live: bool = False
    """Whether payment pages and cards may be real."""
