"""Which evidence of a scenario is kept: screenshot, HTML, trace, HAR, video."""

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
    """What is kept of a journey, and where; without a folder nothing is.

    Pictures and HTML are made at the end, of what is kept. A trace and a video must be recorded
    from the first page on, whether or not they are kept.
    """

    when: KeepWhen = KeepWhen.ON_FAILURE
    trace: bool = False
    video: bool = False
    folder: Path | None = None

    def keeps(self, *, passed: bool) -> bool:
        return self.when is KeepWhen.ALWAYS or (self.when is KeepWhen.ON_FAILURE and not passed)

    def inside(self, folder: Path | None) -> EvidenceOptions:
        """Return the same for one result, whose files go to ``folder``."""
        return replace(self, folder=None if self.when is KeepWhen.NEVER else folder)
