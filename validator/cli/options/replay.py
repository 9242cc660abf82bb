"""The options of a run that its scenarios need again when one of them is replayed."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.core import ParameterSource

from validator.core.severities import OFF
from validator.core.urls import split_credentials


def given_replay_options() -> tuple[str, ...]:
    """Return the options of the command line that select the shop and its settings.

    Environment variables are left out: they have the same values at a replay. A user and password
    in a URL are left out too.
    """
    return tuple(_iter_options(click.get_current_context()))


def _iter_options(context: click.Context) -> Iterator[str]:
    given = {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    for name in ("config", "env", "secrets_file", "device", "locale", "schema", "browser"):
        if name in given:
            yield from (f"--{name.replace('_', '-')}", str(given[name]))
    if "base_url" in given:
        yield from ("--base-url", split_credentials(given["base_url"])[0])
    for option, name in (("--var", "variables"), ("--host", "hosts")):
        for key, value in given.get(name, ()):
            yield from (option, f"{key}={value}")
    for rule, override in given.get("rules", ()):
        yield from ("--rule", f"{rule}={override.severity or OFF}")
    yield from (
        f"--{name.replace('_', '-')}" for name in ("insecure", "force_live") if given.get(name)
    )
