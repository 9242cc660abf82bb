"""In which order scenarios run: one that needs a storage state follows those that save it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from validator.scenario.model.actions import Step
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.walk import walk_steps
from validator.scenario.syntax.node import FindingCollector, Node


def find_saved_states(steps: Iterable[Step]) -> Iterator[Path]:
    """Yield the files in which steps save a storage state."""
    for step in walk_steps(steps):
        if path := step.action.saved_state:
            yield path.resolve()


def find_prerequisites(scenarios: Sequence[Scenario]) -> Mapping[int, tuple[int, ...]]:
    """Return, by index, the other scenarios that save what a scenario begins with.

    A scenario that begins with the file that it saves renews it: no other one waits for it.
    """
    saving: dict[Path, list[int]] = {}
    for index, scenario in enumerate(scenarios):
        for saved in find_saved_states(scenario.steps):
            if saved != _required_state(scenario):
                saving.setdefault(saved, []).append(index)
    return {
        index: tuple(saving.get(path, ()))
        for index, scenario in enumerate(scenarios)
        if (path := _required_state(scenario))
    }


def _required_state(scenario: Scenario) -> Path | None:
    return scenario.page.storage_state and scenario.page.storage_state.resolve()


def reject_missing_states(scenarios: Sequence[Scenario], problems: FindingCollector) -> None:
    """Report scenarios that need a missing file which no other one saves, or wait in a circle."""
    others = find_prerequisites(scenarios)
    for index, scenario in enumerate(scenarios):
        state = scenario.page.storage_state
        if state and not state.is_file() and not others[index]:
            message = f"{state} does not exist, and no scenario of this run saves it"
            hint = "Also run the scenario that saves it, by the step save_storage_state."
            _add("state-missing", message, scenario, hint, problems)
    try:
        TopologicalSorter(others).prepare()
    except CycleError as error:
        names = [scenarios[index].name for index in error.args[1]]
        message = f"scenarios wait for each other in a circle: {' → '.join(names)}"
        hint = "Remove storage_state from one of them."
        _add("state-cycle", message, scenarios[error.args[1][0]], hint, problems)


def _add(
    rule: str, message: str, scenario: Scenario, hint: str, problems: FindingCollector
) -> None:
    root = Node.root(scenario.document)
    problems.add(rule, message, root.get("storage_state") or root, hint)
