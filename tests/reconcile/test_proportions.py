"""The tests of proportion, on counts whose answer is known."""

from __future__ import annotations

import pytest

from validator.reconcile.significance import (
    Group,
    correct_for_multiple_tests,
    find_best_interval,
    strength,
)


def test_a_group_like_all_others_is_chance() -> None:
    assert strength(Group(10, 1000, 20, 2000)).p > 0.5


def test_a_group_apart_is_none() -> None:
    found = strength(Group(100, 1000, 10, 9000))
    assert found.p < 1e-50
    assert found.least_ratio > 40


def test_fewer_missing_than_elsewhere_never_stand_out() -> None:
    assert strength(Group(1, 1000, 100, 1000)).p > 0.99


def test_ten_million_orders_are_no_trouble() -> None:
    found = strength(Group(60_000, 4_000_000, 10_000, 6_000_000))
    assert found.p < 1e-200
    assert 8 < found.least_ratio < 9


def test_a_look_at_many_makes_each_less_certain() -> None:
    group = Group(12, 100, 40, 1000)
    assert strength(group, looks=50).p == pytest.approx(50 * strength(group).p)
    assert correct_for_multiple_tests([0.001] * 10)[0] > 0.001
    assert correct_for_multiple_tests([]) == ()


@pytest.mark.parametrize("steps", [48, 5_000], ids=["hours", "hours-put-together"])
@pytest.mark.parametrize("until", [None, 30], ids=["to-the-end", "for-a-while"])
def test_the_hours_in_which_orders_are_missing_are_found(steps: int, until: int | None) -> None:
    start, end = 20, until or steps
    orders = [10] * steps
    missing = [9 if start <= at < end else int(at % 9 == 0) for at in range(steps)]
    interval = find_best_interval(missing, orders)
    assert interval is not None
    assert (interval.start, interval.end) == (start, end)
    assert interval.group.orders_here == 10 * (end - start)


def test_an_interval_begins_and_ends_with_orders() -> None:
    interval = find_best_interval([0, 0, 0, 5, 0, 5, 0, 0], [5, 5, 0, 5, 0, 5, 0, 5])
    assert interval is not None
    assert (interval.start, interval.end) == (3, 6)


@pytest.mark.parametrize(("missing", "orders"), [([], []), ([3], [5]), ([0, 0], [5, 5])])
def test_where_nothing_can_stand_out_there_is_no_interval(
    missing: list[int], orders: list[int]
) -> None:
    assert find_best_interval(missing, orders) is None
