"""Tests of proportion: are so many missing here by chance? By scipy; the one door to it.

A group is compared with all orders outside of it by Fisher's exact test, one-sided. Many groups
are looked at, so the probabilities are corrected after Benjamini and Yekutieli, which holds however
the groups depend on each other. Intervals of time are a scan: each start with each end is a group,
and the best one's probability is multiplied by their number (Bonferroni).

https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.fisher_exact.html
https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.false_discovery_control.html
https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.contingency.relative_risk.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from validator.core.errors import InputError
from validator.core.installation import install_command

try:
    import numpy as np
    from scipy import stats
    from scipy.stats.contingency import relative_risk
except ImportError as error:
    raise InputError.single(
        "extra-missing",
        "finding causes needs scipy, which is not installed",
        hint=install_command("reconcile"),
    ) from error

MAX_TIME_BUCKETS = 600
"""Steps of time that are scanned: 180,000 intervals. More hours are put together, then refined."""

END_LEVEL = 0.001
"""That trouble has begun or ended is said below this probability of chance; many ends are tried."""
MIN_END_RATIO = 2
"""Beyond an end, orders are missing at most half as often."""


@dataclass(frozen=True, slots=True)
class Group:
    """``missing_here`` of ``orders_here`` are missing inside of it, the others outside."""

    missing_here: int
    orders_here: int
    missing_rest: int
    orders_rest: int

    @property
    def is_testable(self) -> bool:
        """Whether there is an inside and an outside, and some are missing and some are not."""
        missing = self.missing_here + self.missing_rest
        return bool(self.orders_here and self.orders_rest) and (
            0 < missing < self.orders_here + self.orders_rest
        )


@dataclass(frozen=True, slots=True)
class Strength:
    """``p`` not yet corrected; ``least_ratio`` as of a Conclusion; ``weight`` ranks groups."""

    p: float
    least_ratio: float
    weight: float


def strength(group: Group, looks: int = 1) -> Strength:
    """Test one group. ``looks``: it is the best of so many. The group must be testable."""
    here = [group.missing_here, group.orders_here - group.missing_here]
    rest = [group.missing_rest, group.orders_rest - group.missing_rest]
    p = float(stats.fisher_exact([here, rest], alternative="greater").pvalue)
    weight = stats.chi2_contingency([here, rest], correction=False, lambda_="log-likelihood")
    # Of none outside there is no ratio: as if it were one, which is less than what is so.
    outside = max(group.missing_rest, 1)
    if not group.missing_here:
        return Strength(1.0, 0.0, 0.0)
    risk = relative_risk(group.missing_here, group.orders_here, outside, group.orders_rest)
    least = float(risk.confidence_interval(0.95).low)
    return Strength(min(p * looks, 1.0), least, float(weight.statistic))


def correct_for_multiple_tests(probabilities: Sequence[float]) -> tuple[float, ...]:
    """Return the probabilities corrected for their number, in the same order."""
    if not probabilities:
        return ()
    return tuple(map(float, stats.false_discovery_control(probabilities, method="by")))


@dataclass(frozen=True, slots=True)
class Interval:
    """Steps of time from ``start`` up to, not with, ``end``; the best of ``looks`` of them."""

    start: int
    end: int
    group: Group
    looks: int


def find_best_interval(missing: Sequence[int], orders: Sequence[int]) -> Interval | None:
    """Return the steps in a row where most stand out as missing; None where nothing can.

    Both hold one count a step. Not all steps together: outside of them must be orders too.
    """
    lost, all_of = (np.asarray(counts, dtype=np.int64) for counts in (missing, orders))
    size = -(-len(lost) // MAX_TIME_BUCKETS) or 1
    edges = np.append(np.arange(0, len(lost), size), len(lost))
    starts, ends = np.triu_indices(len(edges), k=1)
    best = _scan_intervals(lost, all_of, edges[starts], edges[ends])
    if best is None:
        return None
    looks = len(starts)
    start, end = best
    if size > 1:
        near = np.arange(max(start - size, 0), min(start + size, end - 1) + 1)
        start = (_scan_intervals(lost, all_of, near, np.full(len(near), end)) or best)[0]
        near = np.arange(max(end - size, start + 1), min(end + size, len(lost)) + 1)
        end = (_scan_intervals(lost, all_of, np.full(len(near), start), near) or (start, end))[1]
        looks += 4 * size
    start, end = _trim_empty_steps(all_of, start, end)
    inside, here = int(lost[start:end].sum()), int(all_of[start:end].sum())
    group = Group(inside, here, int(lost.sum()) - inside, int(all_of.sum()) - here)
    return Interval(start, end, group, looks)


def extend_to_known_ends(
    interval: Interval, missing: Sequence[int], orders: Sequence[int]
) -> Interval | None:
    """Move an end outwards where the time beyond it is not significantly better.

    That the trouble has begun, or ended, is said only where the data show it. Returns None where
    neither end is known.
    """
    lost, all_of = (np.asarray(counts, dtype=np.int64) for counts in (missing, orders))
    start, end = interval.start, interval.end

    def is_better(beyond: slice) -> bool:
        here = [int(lost[start:end].sum()), int(all_of[start:end].sum())]
        there = [int(lost[beyond].sum()), int(all_of[beyond].sum())]
        table = [[here[0], here[1] - here[0]], [there[0], there[1] - there[0]]]
        p = stats.fisher_exact(table, alternative="greater").pvalue
        return bool(p < END_LEVEL and there[0] * here[1] * MIN_END_RATIO <= here[0] * there[1])

    if end < len(lost) and not is_better(slice(end, None)):
        end = len(lost)
    if start > 0 and not is_better(slice(0, start)):
        start = 0
    if start == 0 and end == len(lost):
        return None
    inside, here = int(lost[start:end].sum()), int(all_of[start:end].sum())
    group = Group(inside, here, int(lost.sum()) - inside, int(all_of.sum()) - here)
    return Interval(start, end, group, interval.looks)


def _trim_empty_steps(orders: np.ndarray, start: int, end: int) -> tuple[int, int]:
    """Begin and end where there are orders."""
    there = np.flatnonzero(orders[start:end])
    return start + int(there[0]), start + int(there[-1]) + 1


def _scan_intervals(
    missing: np.ndarray, orders: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[int, int] | None:
    """Return the interval of the highest likelihood ratio (Kulldorff's scan statistic)."""
    lost, all_of = (np.concatenate(([0], np.cumsum(counts))) for counts in (missing, orders))
    here, inside = all_of[ends] - all_of[starts], lost[ends] - lost[starts]
    rest, outside = all_of[-1] - here, lost[-1] - inside
    is_good = (here > 0) & (rest > 0) & (inside * rest > outside * here)
    if not is_good.any():
        return None
    ratio = _log_likelihood(inside, here) + _log_likelihood(outside, rest)
    at = int(np.argmax(np.where(is_good, ratio, -np.inf)))
    return int(starts[at]), int(ends[at])


def _log_likelihood(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The logarithm of the likelihood of ``part`` of ``whole``, at its own rate."""
    other = whole - part
    base = np.maximum(whole, 1)
    likelihood: np.ndarray = part * np.log(np.maximum(part, 1) / base)
    likelihood += other * np.log(np.maximum(other, 1) / base)
    return likelihood
