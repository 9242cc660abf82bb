"""What became of each order, and what that makes of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from validator.core.document import Json
from validator.core.exit_code import ExitCode
from validator.page.purchase_difference import PurchaseFieldDifference


class OrderOutcome(StrEnum):
    """How an order ended."""

    CREATED = "created"
    REPLACED = "replaced"
    ALREADY_THERE = "already there"
    DONE_BEFORE = "done before"
    """A run before this one created it and saw it recorded as it should be."""
    DIFFERS = "recorded differently"
    REFUSED = "refused"
    NOT_FOUND = "not found afterwards"
    FAILED = "failed"
    """The API did not answer; it is not known whether it is there. The next run finds out."""
    NOT_SENDABLE = "not sendable"
    NOT_REACHED = "not reached"


SUCCESSFUL_OUTCOMES = (
    OrderOutcome.CREATED,
    OrderOutcome.REPLACED,
    OrderOutcome.ALREADY_THERE,
    OrderOutcome.DONE_BEFORE,
)


@dataclass(frozen=True, slots=True)
class OrderResult:
    """One order's end. ``differences`` are what is recorded otherwise than in the file."""

    purchase_id: str
    fate: OrderOutcome
    message: str = ""
    differences: tuple[PurchaseFieldDifference, ...] = ()

    def as_json(self) -> dict[str, Json]:
        found: list[Json] = [
            {"field": each.name, "expected": each.expected, "recorded": each.recorded}
            for each in self.differences
        ]
        return {
            "purchaseId": self.purchase_id,
            "fate": str(self.fate),
            "message": self.message,
            "differences": found,
        }


@dataclass(slots=True)
class Summary:
    """The whole of a run, as it grows. ``stopped`` is why it ended early, if it did."""

    told: list[OrderResult] = field(default_factory=list)
    stopped: str = ""
    hint: str = ""

    def counts(self) -> Mapping[OrderOutcome, int]:
        return Counter(each.fate for each in self.told)

    @property
    def exit_code(self) -> ExitCode:
        """3 where the API did not let us finish, 1 where an order is not there as it should be."""
        fates = {each.fate for each in self.told}
        if self.stopped or fates & {OrderOutcome.FAILED, OrderOutcome.NOT_REACHED}:
            return ExitCode.BROKEN
        return ExitCode.OK if fates <= set(SUCCESSFUL_OUTCOMES) else ExitCode.FINDINGS
