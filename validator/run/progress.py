"""How a run reports its progress to whoever started it."""

from __future__ import annotations

from typing import Protocol

from validator.core.result import Result


class Progress(Protocol):
    """Receives the events of a run as they happen."""

    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


class SilentProgress:
    """Shows nothing."""

    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...
