"""Options for the evidence of a scenario: screenshot, HTML, trace, HAR, video."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path


class KeepWhen(StrEnum):
    """For which results evidence is kept."""

    ALWAYS = "always"
    ON_FAILURE = "on-failure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """Which evidence is kept and where; without a folder, none.

    Screenshots and HTML are made at the end. A trace and a video must be recorded from the first
    page on, even if they are not kept.
    """

    when: KeepWhen = KeepWhen.ON_FAILURE
    trace: bool = False
    video: bool = False
    folder: Path | None = None

    def keeps(self, *, passed: bool) -> bool:
        return self.when is KeepWhen.ALWAYS or (self.when is KeepWhen.ON_FAILURE and not passed)

    def inside(self, folder: Path | None) -> EvidenceOptions:
        """Return the same options for one result, whose files go to ``folder``."""
        return replace(self, folder=None if self.when is KeepWhen.NEVER else folder)
