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

from validator.reconcile import causes
from validator.reconcile.dimensions import Asked, count_groups, count_values, dimensions
from validator.reconcile.engine import Engine, literal
from validator.reconcile.model import Conclusion, Why
from validator.reconcile.proportions import Group, Strength, best_interval, corrected, strength

ALPHA = 0.01
LEAST_RATIO = 2.0
"""Less than twice as likely is not worth a name, however sure it is."""
LEAST_MISSING = 5
LEAST_SHARE = 0.05
"""A group must hold so much of the missing orders beyond what would be missing there anyway."""
MOST_CONCLUSIONS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group that may stand out: ``where`` is SQL of its orders."""

    dimension: str
    value: str
    where: str
    group: Group
    strength: Strength


class Search:
    """Looks for causes among the table ``judged``. ``local`` is SQL of the shop's own time."""

    def __init__(self, engine: Engine, local: str, asked: Sequence[Asked], has_date: bool) -> None:
        self.engine = engine
        self.local = local
        self.asked = asked
        self.has_date = has_date

    def best(self, where: str) -> tuple[Candidate, float] | None:
        """Return what stands out most among some orders, with its corrected probability."""
        candidates = [*self._values(where)]
        if self.has_date:
            candidates += [*self._times(where), *self._hours(where)]
        chances = corrected([candidate.strength.p for candidate in candidates])
        total = sum(self._sums(where))
        good = [
            (candidate, p)
            for candidate, p in zip(candidates, chances, strict=True)
            if _is_worth_naming(candidate, p) and total
        ]
        return max(good, key=lambda each: each[0].strength.weight, default=None)

    def _sums(self, where: str) -> tuple[int, int]:
        missing, orders = self.engine.row(
            f"SELECT count(*) FILTER (is_missing), count(*) FROM judged WHERE {where}"
        )
        return missing, orders

    def _values(self, where: str) -> Iterator[Candidate]:
        for asked in self.asked:
            rows = self.engine.rows(
                f"SELECT value, count(*) FILTER (is_missing), count(*) FROM "
                f"(SELECT {asked.sql} AS value, is_missing FROM judged WHERE {where}) "
                f"GROUP BY value ORDER BY 2 DESC, 1"
            )
            missing, orders = (sum(row[at] for row in rows) for at in (1, 2))
            for value, lost, count in rows:
                group = Group(lost, count, missing - lost, orders - count)
                if group.is_testable:
                    same = f"= {literal(value)}" if value is not None else "IS NULL"
                    yield Candidate(
                        asked.name, value or "", f"{asked.sql} {same}", group, strength(group)
                    )

    def _times(self, where: str) -> Iterator[Candidate]:
        """Yield the one interval of hours in which most stand out as missing."""
        rows = self.engine.rows(
            f"SELECT date_trunc('hour', {self.local}), count(*) FILTER (is_missing), count(*) "
            f"FROM judged WHERE {where} AND date IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        if not rows:
            return
        first = rows[0][0]
        steps = int((rows[-1][0] - first) / timedelta(hours=1)) + 1
        missing, orders = [0] * steps, [0] * steps
        for moment, lost, count in rows:
            at = int((moment - first) / timedelta(hours=1))
            missing[at], orders[at] = lost, count
        interval = best_interval(missing, orders)
        if interval is None or not interval.group.is_testable:
            return
        start, end = (first + timedelta(hours=at) for at in (interval.start, interval.end))
        bounds = []
        if interval.start > 0:
            bounds.append(f"{self.local} >= TIMESTAMP '{start}'")
        if interval.end < steps:
            bounds.append(f"{self.local} < TIMESTAMP '{end}'")
        name, value = _named(
            start if interval.start else None, end if interval.end < steps else None
        )
        yield Candidate(
            name,
            value,
            " AND ".join(bounds),
            interval.group,
            strength(interval.group, interval.looks),
        )

    def _hours(self, where: str) -> Iterator[Candidate]:
        """Yield the one range of hours of the day in which most stand out."""
        counts = {
            hour: (lost, count)
            for hour, lost, count in self.engine.rows(
                f"SELECT hour({self.local}), count(*) FILTER (is_missing), count(*) "
                f"FROM judged WHERE {where} AND date IS NOT NULL GROUP BY 1"
            )
        }
        missing, orders = ([counts.get(hour, (0, 0))[at] for hour in range(24)] for at in (0, 1))
        interval = best_interval(missing, orders)
        if interval is None or not interval.group.is_testable:
            return
        yield Candidate(
            "hour",
            f"between {interval.start:02}:00 and {interval.end % 24:02}:00",
            f"hour({self.local}) BETWEEN {interval.start} AND {interval.end - 1}",
            interval.group,
            strength(interval.group, interval.looks),
        )


def _is_worth_naming(candidate: Candidate, p: float) -> bool:
    group = candidate.group
    expected = group.orders_here * group.missing_rest / group.orders_rest
    return (
        p < ALPHA
        and candidate.strength.least_ratio >= LEAST_RATIO
        and group.missing_here >= LEAST_MISSING
        and group.missing_here - expected >= LEAST_SHARE * (group.missing_here + group.missing_rest)
    )


def _named(start: datetime | None, end: datetime | None) -> tuple[str, str]:
    if start and end:
        return "between", f"between {spoken(start)} and {spoken(end)}"
    return ("since", spoken(start)) if start else ("before", spoken(end))  # type: ignore[arg-type]  # one of them is there


def spoken(moment: datetime) -> str:
    """A moment as people say it: "2 November 2026 14:00"."""
    return f"{moment.day} {moment:%B %Y %H:%M}"


def explain(
    engine: Engine, *, columns: Mapping[str, str], further: Sequence[str], local: str
) -> Why:
    """Look for causes in the table ``judged``. ``columns`` are those of the orders."""
    missing, orders = engine.row("SELECT count(*) FILTER (is_missing), count(*) FROM judged")
    asked, notes = dimensions(engine, columns, further)
    has_date = engine.row("SELECT count(date) > 0 FROM judged")[0]
    tested = {each.name: count_values(engine, each) for each in asked}
    if has_date:
        tested |= {"time": 1, "hour": 24}
    note = _without_search(missing, orders, tested)
    if note is not None:
        told = " ".join([note, *notes]) if missing else ""
        return Why((), MappingProxyType(tested), missing, orders, told)
    search = Search(engine, local, asked, has_date)
    found = tuple(_conclusions(search))
    if not found:
        few = missing < 4 * LEAST_MISSING
        notes.insert(0, causes.TOO_FEW.format(missing) if few else causes.NO_CAUSE)
    hours = [Asked("hour", f"strftime({local}, '%H:00')")] if has_date else []
    groups = count_groups(engine, [*asked, *hours])
    return Why(found, MappingProxyType(tested), missing, orders, " ".join(notes), groups)


def _without_search(missing: int, orders: int, tested: Mapping[str, int]) -> str | None:
    if not missing:
        return ""
    if missing == orders:
        return causes.ALL_MISSING
    return None if tested else causes.NOTHING_TESTED


def _conclusions(search: Search) -> Iterator[Conclusion]:
    outside = "true"
    for _ in range(MOST_CONCLUSIONS):
        best = search.best(outside)
        if best is None:
            return
        yield _concluded(*best)
        inside = f"{outside} AND ({best[0].where})"
        narrower = search.best(inside)
        if narrower is not None:
            yield _concluded(*narrower, within=best[0])
        outside = f"{outside} AND NOT coalesce(({best[0].where}), false)"


def _concluded(found: Candidate, p: float, within: Candidate | None = None) -> Conclusion:
    cause = causes.CAUSES.get(found.dimension, causes.OTHER)
    value = found.value or "(empty)"
    had = cause.had.format(value)
    if cause is causes.OTHER:
        had = f"have {found.dimension} {value}"
    group = found.group
    all_missing = group.missing_here + group.missing_rest
    recorded = group.orders_here - group.missing_here
    all_recorded = group.orders_here + group.orders_rest - all_missing
    of = f"the missing orders that {_had(within)}" if within else "the missing orders"
    sentence = (
        f"{percent(group.missing_here, all_missing)} of {of} {had}; "
        f"{percent(recorded, all_recorded)} of the recorded ones."
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


def _had(found: Candidate) -> str:
    cause = causes.CAUSES.get(found.dimension)
    value = found.value or "(empty)"
    return cause.had.format(value) if cause else f"have {found.dimension} {value}"


def percent(part: int, whole: int) -> str:
    """A share in whole percents; what is not nothing is not "0%", nor what lacks one "100%"."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 1:
        return "less than 1%"
    return "more than 99%" if 99 < share < 100 else f"{share:.0f}%"
