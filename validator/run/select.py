"""Selects scenarios by their names, paths and labels, and writes the command that selects one."""

from __future__ import annotations

from collections.abc import Sequence

from validator.core.command_line import join_words
from validator.core.document import Location
from validator.core.errors import InputError
from validator.scenario.model.scenario import Scenario


def select_scenarios(
    scenarios: Sequence[Scenario], keywords: Sequence[str], labels: Sequence[str]
) -> tuple[Scenario, ...]:
    """Return the scenarios that match any of the keywords and any of the labels.

    A keyword matches in the name or the path, in any case of letters. No keywords, or no labels,
    match every scenario. Raises InputError if no scenario is left.
    """
    selected = tuple(
        scenario
        for scenario in scenarios
        if _has_keyword(scenario, keywords) and (not labels or set(labels) & set(scenario.labels))
    )
    if not selected:
        filters = [f"-k {word}" for word in keywords] + [f"--label {label}" for label in labels]
        known = sorted({label for scenario in scenarios for label in scenario.labels})
        raise InputError.single(
            "nothing-selected",
            f"none of the {len(scenarios)} scenarios matches",
            Location(" ".join(filters)),
            hint=f"labels in use: {', '.join(known) or 'none'}; see `cn-validator run --list`",
        )
    return selected


def _has_keyword(scenario: Scenario, keywords: Sequence[str]) -> bool:
    path = scenario.location.source
    slashed = path.replace("\\", "/")
    # The path as it is, and with the slashes that people write on every system.
    text = f"{scenario.name} {path} {slashed}".lower()
    return not keywords or any(keyword.lower() in text for keyword in keywords)


def format_replay_command(scenario: Scenario, options: Sequence[str]) -> str:
    """Return ``cn-validator run FILE -k NAME --seed NUMBER``, quoted for the shells of all systems.

    ``options`` are those of the run that select the shop and its settings. The seed repeats the
    values that were made up.
    """
    seed = ("--seed", str(scenario.seed)) if scenario.seed is not None else ()
    source = scenario.location.source
    return join_words(("cn-validator", "run", source, "-k", scenario.name, *options, *seed))
