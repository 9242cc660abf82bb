"""Splits the scenarios of a run between machines: ``--shard 2/3`` runs the second of three parts.

Machines do not talk to each other, so each must come to the same split: it depends only on the
scenarios, their order, and the recorded durations that all machines are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.result import Report
from validator.scenario.model.scenario import Scenario
from validator.scenario.safety.scenario_order import find_prerequisites


@dataclass(frozen=True, slots=True)
class Shard:
    """Part ``number`` of ``count``; the first is 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def select(
        self, scenarios: Sequence[Scenario], durations: Mapping[str, float]
    ) -> tuple[Scenario, ...]:
        """Return the scenarios of this part, in their order.

        ``durations`` are milliseconds by the name of a scenario. One that has none counts as the
        median of the others; without any, all count alike. A scenario that begins with a storage
        state is in the part of the one that saves it. Raises InputError for a part without
        scenarios: it would look like a pass.
        """
        usual = median(durations.values()) if durations else 1.0
        weights = [durations.get(each.name, usual) for each in scenarios]
        own = self._split(_groups(scenarios), weights)[self.number - 1]
        if not own:
            raise InputError.single(
                "nothing-selected",
                f"this part has none of the {len(scenarios)} scenarios",
                Location(f"--shard {self}"),
                hint="Use fewer parts.",
            )
        return tuple(scenarios[index] for index in sorted(own))

    def _split(self, groups: Iterable[Sequence[int]], weights: Sequence[float]) -> list[list[int]]:
        """Give each group, the longest first, to the part that has the least to do.

        This is the LPT rule: the longest part takes at most a third more than the best split.
        """
        parts: list[list[int]] = [[] for _ in range(self.count)]
        loads = [(0.0, part) for part in range(self.count)]
        timed = [(sum(weights[index] for index in group), group) for group in groups]
        for weight, group in sorted(timed, key=lambda each: (-each[0], each[1][0])):
            load, part = min(loads)
            loads[part] = (load + weight, part)
            parts[part] += group
        return parts


def _groups(scenarios: Sequence[Scenario]) -> list[list[int]]:
    """Return the positions of the scenarios, those that wait for one another together."""
    group_of = {index: [index] for index in range(len(scenarios))}
    for index, others in find_prerequisites(scenarios).items():
        for other in others:
            if group_of[other] is not group_of[index]:
                joined = sorted(group_of[other] + group_of[index])
                group_of |= dict.fromkeys(joined, joined)
    return [group for index, group in group_of.items() if group[0] == index]


def recorded_durations(report: Report) -> Mapping[str, float]:
    """Return the duration of each scenario of an earlier run in milliseconds, by its name."""
    return {result.subject: result.duration_ms for result in report.results if result.duration_ms}
