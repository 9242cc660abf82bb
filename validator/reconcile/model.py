"""What is asked of a reconciliation, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType


class DifferenceKind(StrEnum):
    """What can be wrong between the shop and Connectif."""

    MISSING = "missing"
    """A paid order that Connectif did not record."""
    TWICE = "twice"
    """Recorded more than once."""
    TOTAL = "total"
    QUANTITY = "quantity"
    DATE = "date"
    UNPAID = "unpaid"
    """Recorded, though the order is not paid."""
    EXTRA = "extra"
    """Recorded, and the shop knows no such order."""


DEFAULT_FAIL_ON = (
    DifferenceKind.MISSING,
    DifferenceKind.TWICE,
    DifferenceKind.TOTAL,
    DifferenceKind.QUANTITY,
    DifferenceKind.UNPAID,
)
"""What makes the command exit 1 unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How one of the two sources is read. An empty option is found out, and reported.

    ``side`` is "orders" or "recorded", as the options of the command begin.
    ``columns``: our name of a field → the source's column. ``only``: column → values, the rows
    that count. ``decimal`` is "." or ","; ``date_format`` "day-first", "month-first" or a
    strptime pattern; ``timezone`` an IANA name, for dates that name no zone; ``sheet`` the name of
    a spreadsheet's sheet. ``query``, ``preset``
    and ``prefix`` are of databases; ``timeout`` is the most seconds of a query, 0 for no limit.
    """

    side: str = "orders"
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    only: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    date_format: str = ""
    timezone: str = ""
    sheet: str = ""
    query: str = ""
    preset: str = ""
    prefix: str | None = None
    timeout: float = 0


@dataclass(frozen=True, slots=True)
class ReconcileOptions:
    """Which orders count, and what is the same. Dates are UTC, without a zone."""

    paid: tuple[str, ...] = ()
    are_paid_of_preset: bool = False
    """``paid`` are all that the platform has, of which a shop may use some."""
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    """The moment from which ``grace`` counts back; None is now."""
    grace: timedelta = timedelta()
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Column → values of orders that no browser made, such as those of a till."""
    exclude_emails: tuple[str, ...] = ()
    """Patterns with ``*`` and ``?``, of any case."""
    id_map: str = ""
    """A CSV file of two columns: the order's id, and the id that Connectif knows it by."""
    group_by: tuple[str, ...] = ()
    """Further columns of the orders in which causes are looked for."""
    tolerance: Decimal = Decimal("0.005")
    date_tolerance: timedelta = timedelta(days=1)
    allow_disjoint: bool = False
    repeated_ids: str = ""
    """"lines": rows of one id are one order, whatever they differ in."""
    match_ids: tuple[str, ...] = ()
    """Names of ``ID_SPELLINGS`` that do not count when ids are compared."""
    recorded_covers: str = ""
    """"all": RECORDED is whole; "both": only the time of which it has purchases counts."""
    failing: tuple[DifferenceKind, ...] = DEFAULT_FAIL_ON
    fail_above: float = 0
    """The share of missing orders above which they fail; 0: each does."""


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """What was understood of a source: our field → its column, and what else must be said."""

    label: str
    rows: int
    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderDifference:
    """One order or purchase that is not as it should be; values as text, None where unknown."""

    kind: DifferenceKind
    id: str
    date: str | None = None
    in_shop: str | None = None
    recorded: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What stands out among the missing orders, and on how many orders that rests.

    ``missing_here`` of ``orders_here`` orders with ``value`` are missing, and ``missing_rest`` of
    ``orders_rest`` others. ``p`` is the corrected probability of so much by chance, ``least_ratio``
    the lower end of the 95% confidence interval of how many times likelier it is here.
    ``within``: the value of another conclusion in which this one was found.
    """

    dimension: str
    value: str
    sentence: str
    means: str
    missing_here: int
    orders_here: int
    missing_rest: int
    orders_rest: int
    p: float
    least_ratio: float
    rules: tuple[str, ...]
    scenario: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Orders with one value of a dimension; "" where they have none."""

    dimension: str
    value: str
    missing: int
    orders: int


@dataclass(frozen=True, slots=True)
class CauseAnalysis:
    """``asked``: what could be tested, each with the number of its values. None tested: empty."""

    conclusions: tuple[Conclusion, ...]
    asked: Mapping[str, int]
    missing: int
    orders: int
    note: str = ""
    groups: tuple[GroupCount, ...] = ()
    """By dimension, the most missing first; of each the first few values."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """Missing orders of one day (UTC) by one payment method; "" where neither is known."""

    day: str
    payment: str
    missing: int
    orders: int


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """The whole answer. ``listed`` holds the first of each kind, ``counts`` all of them."""

    orders: SourceSummary
    recorded: SourceSummary
    counted: int
    left_out: Mapping[str, int]
    counts: Mapping[DifferenceKind, int]
    not_compared: tuple[str, ...]
    notes: tuple[str, ...]
    listed: Mapping[DifferenceKind, tuple[OrderDifference, ...]]
    why: CauseAnalysis
    days: tuple[DayCount, ...]
    missing_total: Decimal | None
    failing: tuple[DifferenceKind, ...] = DEFAULT_FAIL_ON
    fail_above: float = 0
    limit: int = field(default=100_000)

    @property
    def has_failed(self) -> bool:
        """Whether there is anything that was asked to fail on."""
        return any(self._fails(kind) for kind in self.failing)

    def _fails(self, kind: DifferenceKind) -> bool:
        count = self.counts.get(kind, 0)
        if kind is DifferenceKind.MISSING and self.fail_above:
            return count > self.fail_above * self.counted
        return count > 0
