"""The command that runs one scenario of a run again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from validator.scenario.model.scenario import Scenario


def format_replay_command(scenario: Scenario, options: Sequence[str]) -> str:
    """Return ``cn-validator run FILE -k NAME --seed NUMBER``, quoted for a shell.

    ``options`` are those of the run that select the shop and its settings. The seed repeats the
    values that were made up.
    """
    seed = ("--seed", str(scenario.seed)) if scenario.seed is not None else ()
    source = scenario.location.source
    return shlex.join(("cn-validator", "run", source, "-k", scenario.name, *options, *seed))
