"""What the shop says of the Connectif script, where a page alone cannot show it."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_MARGIN_MS = 100.0


@dataclass(frozen=True, slots=True)
class ScriptExpectation:
    """``is_live`` says that customers get the script, whether or not this page loads it.

    ``tag_margin_ms`` is the shortest safe time between the last change of a tag and its reading.
    None is not said.
    """

    is_live: bool | None = None
    tag_margin_ms: float | None = None

    def then(self, other: ScriptExpectation) -> ScriptExpectation:
        """Return this with what is said more specifically, which takes precedence."""
        return ScriptExpectation(
            self.is_live if other.is_live is None else other.is_live,
            self.tag_margin_ms if other.tag_margin_ms is None else other.tag_margin_ms,
        )

    @property
    def margin_ms(self) -> float:
        return DEFAULT_MARGIN_MS if self.tag_margin_ms is None else self.tag_margin_ms


NOTHING_SAID = ScriptExpectation()
