"""Scenarios that begin where others end: the files that a ``storage_state`` needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from validator.core.page_options import MIN_SECRET_COOKIE_CHARS
from validator.scenario.model.actions import Frame, Popup, SaveStorageState, Step
from validator.scenario.model.payment import Payment
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Secret
from validator.scenario.syntax.node import FindingCollector, Node


def find_saved_states(steps: Iterable[Step]) -> Iterator[Path]:
    """Yield the files that steps keep cookies and local storage in."""
    for step in steps:
        match step.action:
            case SaveStorageState(path=path):
                yield path.resolve()
            case Popup(opens=opens, steps=inner):
                yield from find_saved_states((opens, *inner))
            case Frame(steps=inner) | Payment(steps=inner):
                yield from find_saved_states(inner)


def find_prerequisites(scenarios: Sequence[Scenario]) -> Mapping[int, tuple[int, ...]]:
    """Return, by index, the other scenarios that save what a scenario begins with.

    Those that begin with the very file they save renew it: nobody waits for them.
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
    """Note which scenarios begin with a file that is not there, and that no other one saves.

    Also those that wait for each other without end.
    """
    others = find_prerequisites(scenarios)
    for index, scenario in enumerate(scenarios):
        state = scenario.page.storage_state
        if state and not state.is_file() and not others[index]:
            message = f"{state} is not there, and no scenario of this run saves it"
            hint = "Run the one that does too: its step is save_storage_state."
            _add("state-missing", message, scenario, hint, problems)
    try:
        TopologicalSorter(others).prepare()
    except CycleError as error:
        names = [scenarios[index].name for index in error.args[1]]
        message = f"scenarios wait for each other in a circle: {' → '.join(names)}"
        hint = "Let one of them begin without storage_state."
        _add("state-cycle", message, scenarios[error.args[1][0]], hint, problems)


def _add(
    rule: str, message: str, scenario: Scenario, hint: str, problems: FindingCollector
) -> None:
    root = Node.root(scenario.document)
    problems.add(rule, message, root.get("storage_state") or root, hint)


def describe_unusable_state(path: Path) -> str:
    """Say what is wrong with the file a scenario begins with; nothing where it is good."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    except ValueError:
        return f"{path} is no storage state: it is no JSON"
    is_state = isinstance(state, dict) and isinstance(state.get("cookies"), list)
    return "" if is_state else f"{path} is no storage state: it has no cookies"


def read_state_secrets(path: Path) -> Iterator[Secret]:
    """Yield the cookies that scripts cannot read: they are what logs a shopper in."""
    for cookie in json.loads(path.read_text(encoding="utf-8"))["cookies"]:
        value = str(cookie.get("value", ""))
        if cookie.get("httpOnly") and len(value) >= MIN_SECRET_COOKIE_CHARS:
            yield Secret(str(cookie.get("name")), value)
