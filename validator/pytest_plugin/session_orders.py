"""The orders of a test session, counted over all processes that run its scenarios.

A test runner may share a session among several processes, replace a process that crashed, and run
a test again. Each order is claimed before it is placed, by creating a file in a folder of the
session, which only one process can do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from validator.scenario.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class SessionOrders:
    """``folder`` is shared by all processes of the session, and empty when it begins.

    ``max_orders`` is the largest number of orders of the session; None for no limit. ``option``
    names it in messages.
    """

    folder: Path
    max_orders: int | None = None
    option: str = "--max-orders"

    def has_begun(self, test: str) -> bool:
        """Return whether a test has begun to place an order, in this or another process."""
        return self._file("begun", test).exists()

    def begin(self, test: str, scenario: Scenario) -> str:
        """Record that a test is about to place an order. Returns why it must not, or ""."""
        source, most = scenario.location.source, scenario.limits.max_orders
        claimed = self._claim(f"file {source}", most)
        if claimed is None:
            return f"{source} has placed {most} orders in this session: its max_orders is {most}"
        if self._claim("session", self.max_orders) is None:
            claimed.unlink(missing_ok=True)
            most = self.max_orders
            return f"this session has placed {most} orders, and {self.option} is {most}"
        self._file("begun", test).touch()
        return ""

    def _claim(self, limit: str, most: int | None) -> Path | None:
        """Claim one of the orders that a limit allows. Returns None if all are taken."""
        if most is None:
            return self.folder / "unlimited"
        for number in range(most):
            file = self._file(str(number), limit)
            try:
                file.touch(exist_ok=False)
            except FileExistsError:
                continue
            return file
        return None

    def _file(self, kind: str, subject: str) -> Path:
        return self.folder / f"{hashlib.sha256(subject.encode()).hexdigest()[:32]}-{kind}"
