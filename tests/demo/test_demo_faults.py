from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from validator.demo import FAULTS, find_scenario_label
from validator.scenario.files import bundled_scenarios
from validator.scenario.load import load_scenarios


@pytest.fixture(scope="module")
def labels() -> Counter[str]:
    scenarios = load_scenarios([Path(bundled_scenarios())], environ={}, run_id="test")
    return Counter(label for scenario in scenarios for label in scenario.labels)


@pytest.mark.parametrize("fault", FAULTS)
def test_one_bundled_scenario_shows_each_fault(fault: str, labels: Counter[str]) -> None:
    assert labels[find_scenario_label(fault)] == 1
