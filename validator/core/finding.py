"""The type of all findings, whatever they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from validator.core.document import Location


class Severity(StrEnum):
    """How severe a finding is, from the most to the least. Only an error fails a run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe: a sort key."""
        return tuple(Severity).index(self)


class Consequence(StrEnum):
    """What a finding in a tag means for what Connectif records."""

    PURCHASE_LOST = "purchase lost"
    ITEM_LOST = "item lost"
    TAG_LOST = "tag lost"
    """Connectif records nothing of a tag other than the purchase's."""
    RECORDED_WRONG = "recorded wrong"
    NOT_AS_DOCUMENTED = "not as documented"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: what, where, what was expected, why it matters, how to fix it.

    ``location`` is the place in the page, the tag or the author's file; ``scenario`` is the
    scenario's line that led there. ``recorded`` is what Connectif would record instead of
    ``actual``, where the two differ: a JSON value as text, or "nothing".
    """

    rule: str
    severity: Severity
    message: str
    pointer: str = ""
    location: Location | None = None
    consequence: Consequence | None = None
    expected: str = ""
    actual: str = ""
    recorded: str = ""
    why: str = ""
    hint: str = ""
    snippet: str = ""
    scenario: Location | None = None
    is_known: bool | None = None
    """Whether the baseline has it too; None without a baseline."""


MAX_REPEATED = 20
"""Findings of one rule in one file that a list for people shows."""


@dataclass(slots=True)
class RepetitionLimit:
    """Limits a list for people to the first findings of each rule in each file."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Source of the location, rule → how many findings were offered."""

    def admits(self, finding: Finding) -> bool:
        """Count a finding, and return whether the list has room for it."""
        kind = (finding.location.source if finding.location else "", finding.rule)
        self.counts[kind] += 1
        return self.counts[kind] <= MAX_REPEATED

    def omitted(self) -> Iterator[str]:
        """Yield a line for each kind that has more findings than the list shows."""
        for (source, rule), count in self.counts.items():
            if count > MAX_REPEATED:
                place = f"{source}: " if source else ""
                yield f"{place}{count - MAX_REPEATED:,} more {rule} not shown"
