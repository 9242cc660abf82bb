"""Why orders are missing: what the missing ones have in common that the recorded ones lack.

The group that explains most comes first; the next is looked for among the orders outside of it,
so that what only goes with a cause (the country where all pay by the same bank) is not called one.
Inside of a group it is looked once for what narrows it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from validator.reconcile import cause_catalogue
from validator.reconcile.dimensions import (
    Dimension,
    count_distinct_values,
    count_missing_by_dimension,
    find_dimensions,
)
from validator.reconcile.duckdb_engine import Engine, quote_literal
from validator.reconcile.model import CauseAnalysis, Conclusion
from validator.reconcile.significance import (
    Group,
    Strength,
    correct_for_multiple_tests,
    extend_to_known_ends,
    find_best_interval,
    strength,
)

SIGNIFICANCE_LEVEL = 0.01
MIN_RISK_RATIO = 2.0
"""Less than twice as likely is not worth a name, however sure it is."""
MIN_MISSING = 5
MIN_EXCESS_SHARE = 0.05
"""A group must hold so much of the missing orders beyond what would be missing there anyway."""
MAX_CONCLUSIONS = 3


@dataclass(frozen=True, slots=True)
class CauseCandidate:
    """A group that may stand out: ``where`` is SQL of its orders."""

    dimension: str
    value: str
    where: str
    group: Group
    strength: Strength


class CauseSearch:
    """Looks for causes in the view ``tested``. ``local`` is SQL of the shop's own time."""

    def __init__(
        self, engine: Engine, local: str, asked: Sequence[Dimension], has_date: bool
    ) -> None:
        self.engine = engine
        self.local = local
        self.asked = asked
        self.has_date = has_date

    def best(self, where: str) -> tuple[CauseCandidate, float] | None:
        """Return what stands out most among some orders, with its corrected probability."""
        candidates = [*self._values(where)]
        if self.has_date:
            candidates += [*self._times(where), *self._hours(where)]
        chances = correct_for_multiple_tests([candidate.strength.p for candidate in candidates])
        total = sum(self._sums(where))
        good = [
            (candidate, p)
            for candidate, p in zip(candidates, chances, strict=True)
            if _is_significant(candidate, p) and total
        ]
        return max(good, key=lambda each: each[0].strength.weight, default=None)

    def _sums(self, where: str) -> tuple[int, int]:
        missing, orders = self.engine.row(
            f"SELECT count(*) FILTER (is_missing), count(*) FROM tested WHERE {where}"
        )
        return missing, orders

    def _values(self, where: str) -> Iterator[CauseCandidate]:
        for asked in self.asked:
            rows = self.engine.rows(
                f"SELECT value, count(*) FILTER (is_missing), count(*) FROM "
                f"(SELECT {asked.sql} AS value, is_missing FROM tested WHERE {where}) "
                f"GROUP BY value ORDER BY 2 DESC, 1"
            )
            missing, orders = (sum(row[at] for row in rows) for at in (1, 2))
            for value, lost, count in rows:
                group = Group(lost, count, missing - lost, orders - count)
                if group.is_testable:
                    same = f"= {quote_literal(value)}" if value is not None else "IS NULL"
                    yield CauseCandidate(
                        asked.name, value or "", f"{asked.sql} {same}", group, strength(group)
                    )

    def _times(self, where: str) -> Iterator[CauseCandidate]:
        """Yield the one interval of hours in which most stand out as missing."""
        rows = self.engine.rows(
            f"SELECT date_trunc('hour', {self.local}), count(*) FILTER (is_missing), count(*) "
            f"FROM tested WHERE {where} AND date IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        if not rows:
            return
        first = rows[0][0]
        steps = int((rows[-1][0] - first) / timedelta(hours=1)) + 1
        missing, orders = [0] * steps, [0] * steps
        for moment, lost, count in rows:
            at = int((moment - first) / timedelta(hours=1))
            missing[at], orders[at] = lost, count
        interval = find_best_interval(missing, orders)
        if interval is not None:
            interval = extend_to_known_ends(interval, missing, orders)
        if interval is None or not interval.group.is_testable:
            return
        start, end = (first + timedelta(hours=at) for at in (interval.start, interval.end))
        bounds = []
        if interval.start > 0:
            bounds.append(f"{self.local} >= TIMESTAMP '{start}'")
        if interval.end < steps:
            bounds.append(f"{self.local} < TIMESTAMP '{end}'")
        name, value = _name_interval(
            start if interval.start else None, end if interval.end < steps else None
        )
        yield CauseCandidate(
            name,
            value,
            " AND ".join(bounds),
            interval.group,
            strength(interval.group, interval.looks),
        )

    def _hours(self, where: str) -> Iterator[CauseCandidate]:
        """Yield the one range of hours of the day in which most stand out."""
        counts = {
            hour: (lost, count)
            for hour, lost, count in self.engine.rows(
                f"SELECT hour({self.local}), count(*) FILTER (is_missing), count(*) "
                f"FROM tested WHERE {where} AND date IS NOT NULL GROUP BY 1"
            )
        }
        missing, orders = ([counts.get(hour, (0, 0))[at] for hour in range(24)] for at in (0, 1))
        interval = find_best_interval(missing, orders)
        if interval is None or not interval.group.is_testable:
            return
        yield CauseCandidate(
            "hour",
            f"between {interval.start:02}:00 and {interval.end % 24:02}:00",
            f"hour({self.local}) BETWEEN {interval.start} AND {interval.end - 1}",
            interval.group,
            strength(interval.group, interval.looks),
        )


def _is_significant(candidate: CauseCandidate, p: float) -> bool:
    group = candidate.group
    expected = group.orders_here * group.missing_rest / group.orders_rest
    return (
        p < SIGNIFICANCE_LEVEL
        and candidate.strength.least_ratio >= MIN_RISK_RATIO
        and group.missing_here >= MIN_MISSING
        and group.missing_here - expected
        >= MIN_EXCESS_SHARE * (group.missing_here + group.missing_rest)
    )


def _name_interval(start: datetime | None, end: datetime | None) -> tuple[str, str]:
    if start and end:
        return "between", f"between {format_moment(start)} and {format_moment(end)}"
    return ("since", format_moment(start)) if start else ("before", format_moment(end))  # type: ignore[arg-type]  # one of them is there


def format_moment(moment: datetime) -> str:
    """A moment as people say it: "2 November 2026 14:00"."""
    return f"{moment.day} {moment:%B %Y %H:%M}"


def find_causes(
    engine: Engine, *, columns: Mapping[str, str], further: Sequence[str], local: str
) -> CauseAnalysis:
    """Look for causes in the table ``judged``. ``columns`` are those of the orders."""
    missing, orders = engine.row("SELECT count(*) FILTER (is_missing), count(*) FROM judged")
    asked, notes = find_dimensions(engine, columns, further, local)
    has_date = engine.row("SELECT count(date) > 0 FROM judged")[0]
    tested = {each.name: count_distinct_values(engine, each) for each in asked}
    if has_date:
        tested |= {"time": 1, "hour": 24}
    note = _note_without_search(missing, orders, tested)
    if note is not None:
        told = " ".join([note, *notes]) if missing else ""
        return CauseAnalysis((), MappingProxyType(tested), missing, orders, told)
    sampled = _sample_customers(engine)
    if sampled:
        notes.append(sampled)
    search = CauseSearch(engine, local, asked, has_date)
    found = tuple(_find_conclusions(search))
    if not found:
        few = missing < 4 * MIN_MISSING
        notes.insert(
            0,
            cause_catalogue.TOO_FEW_NOTE.format(missing) if few else cause_catalogue.NO_CAUSE_NOTE,
        )
    hours = [Dimension("hour", f"strftime({local}, '%H:00')")] if has_date else []
    groups = count_missing_by_dimension(engine, [*asked, *hours])
    return CauseAnalysis(found, MappingProxyType(tested), missing, orders, " ".join(notes), groups)


def _sample_customers(engine: Engine) -> str:
    """Make the view ``tested``: one order of each customer, chosen by a hash of its id.

    The orders of one customer are not independent: who blocks scripts loses all of them. Returns
    a sentence where orders are left out of the tests, else "".
    """
    customer = "coalesce(lower(contact_email), 'order ' || id)"
    customers, orders = engine.row(f"SELECT count(DISTINCT {customer}), count(*) FROM judged")
    if customers == orders:
        engine.run("CREATE VIEW tested AS SELECT * FROM judged")
        return ""
    engine.run(
        "CREATE TABLE tested AS SELECT * FROM judged QUALIFY row_number() OVER "
        f"(PARTITION BY {customer} ORDER BY hash(id), id) = 1"
    )
    return (
        f"Causes were tested on one order of each customer, {customers:,} of {orders:,} orders: "
        "those of one customer are often lost together."
    )


def _note_without_search(missing: int, orders: int, tested: Mapping[str, int]) -> str | None:
    if not missing:
        return ""
    if missing == orders:
        return cause_catalogue.ALL_MISSING_NOTE
    return None if tested else cause_catalogue.NO_DIMENSIONS_NOTE


def _find_conclusions(search: CauseSearch) -> Iterator[Conclusion]:
    outside = "true"
    for _ in range(MAX_CONCLUSIONS):
        best = search.best(outside)
        if best is None:
            return
        yield _build_conclusion(*best)
        inside = f"{outside} AND ({best[0].where})"
        narrower = search.best(inside)
        if narrower is not None:
            yield _build_conclusion(*narrower, within=best[0])
        outside = f"{outside} AND NOT coalesce(({best[0].where}), false)"


def _build_conclusion(
    found: CauseCandidate, p: float, within: CauseCandidate | None = None
) -> Conclusion:
    cause = _find_cause(found) or cause_catalogue.OTHER_CAUSE
    value = found.value or "(empty)"
    had = cause.predicate.format(value)
    if cause is cause_catalogue.OTHER_CAUSE:
        had = f"have {found.dimension} {value}"
    group = found.group
    all_missing = group.missing_here + group.missing_rest
    recorded = group.orders_here - group.missing_here
    all_recorded = group.orders_here + group.orders_rest - all_missing
    of = f"the missing orders that {_predicate(within)}" if within else "the missing orders"
    sentence = (
        f"{format_percent(group.missing_here, all_missing)} of {of} {had}; "
        f"{format_percent(recorded, all_recorded)} of the recorded ones."
    )
    return Conclusion(
        dimension=found.dimension,
        value=value,
        sentence=sentence,
        means=cause.means,
        missing_here=group.missing_here,
        orders_here=group.orders_here,
        missing_rest=group.missing_rest,
        orders_rest=group.orders_rest,
        p=p,
        least_ratio=found.strength.least_ratio,
        rules=cause.rules,
        scenario=cause.scenario.format(value),
        within=(within.value or "(empty)") if within else "",
    )


def _find_cause(found: CauseCandidate) -> cause_catalogue.Cause | None:
    """Return what is known of a value, else of its dimension."""
    of_value = cause_catalogue.CAUSES.get(f"{found.dimension}: {found.value}")
    return of_value or cause_catalogue.CAUSES.get(found.dimension)


def _predicate(found: CauseCandidate) -> str:
    cause = _find_cause(found)
    value = found.value or "(empty)"
    return cause.predicate.format(value) if cause else f"have {found.dimension} {value}"


def format_percent(part: int, whole: int) -> str:
    """A share in whole percents; what is not nothing is not "0%", nor what lacks one "100%"."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 1:
        return "less than 1%"
    return "more than 99%" if 99 < share < 100 else f"{share:.0f}%"
