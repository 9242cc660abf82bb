"""The split of a run between machines."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.page_options import PageOptions
from validator.run.shards import Shard
from validator.scenario.model.actions import SaveStorageState, Step
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation

STATE = Path(".auth/shopper.json")


def scenario(name: str) -> Scenario:
    return Scenario(
        name=name,
        document=Document("a.yaml", None),
        location=Location("a.yaml"),
        steps=(),
        expect=TagExpectation("cn_purchase", 1, 5_000),
    )


def parts(names: str, count: int, durations: dict[str, float]) -> list[str]:
    scenarios = [scenario(name) for name in names]
    return [
        "".join(each.name for each in Shard(number, count).select(scenarios, durations))
        for number in range(1, count + 1)
    ]


def test_without_durations_each_part_has_as_many_scenarios() -> None:
    assert parts("abcdefg", 3, {}) == ["adg", "be", "cf"]


def test_a_part_with_a_long_scenario_has_fewer() -> None:
    assert parts("abcde", 2, {"a": 40, "b": 10, "c": 10, "d": 10, "e": 10}) == ["a", "bcde"]


def test_a_scenario_without_a_duration_counts_as_the_median() -> None:
    assert parts("abc", 2, {"a": 10, "b": 30}) == ["b", "ac"]


@given(
    st.lists(st.floats(1, 1e6), min_size=9, max_size=40),
    st.integers(1, 9),
)
def test_the_parts_together_are_all_scenarios_once(times: list[float], count: int) -> None:
    names = [chr(ord("A") + number) for number in range(len(times))]
    split = parts("".join(names), count, dict(zip(names, times, strict=True)))
    assert sorted(chain.from_iterable(split)) == sorted(names)


def test_who_begins_with_a_storage_state_is_with_the_one_that_saves_it() -> None:
    saves = replace(
        scenario("saves"),
        steps=(
            Step(action=SaveStorageState(path=STATE), location=Location("a.yaml"), title="save"),
        ),
    )
    begins = replace(scenario("begins"), page=PageOptions(storage_state=STATE))
    scenarios = [scenario("a"), saves, scenario("b"), begins]
    split = [Shard(number, 2).select(scenarios, {}) for number in (1, 2)]
    assert [[each.name for each in part] for part in split] == [["saves", "begins"], ["a", "b"]]


def test_a_part_without_scenarios_is_no_pass() -> None:
    with pytest.raises(InputError, match="none of the 2 scenarios"):
        Shard(3, 3).select([scenario("a"), scenario("b")], {})
