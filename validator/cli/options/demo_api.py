"""The options of ``cn-validator demo`` for the local Connectif API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from validator.cli.options.option_group import OptionGroup
from validator.cli.terminal.echo import echo
from validator.demo import Api, ApiOptions
from validator.demo.api.options import API_FAULTS, READ_ONLY_KEY, parse_faults

API_PORT = 8803
"""The default port of the API, next to those of --serve."""


@dataclass(frozen=True, slots=True)
class LocalApi:
    """The options of the local API; ``port`` is None if none was given."""

    port: int | None
    state: Path | None
    faults: Mapping[str, str]
    domains: tuple[str, ...]

    def options(self, default_port: int) -> ApiOptions:
        """Return the options of the server. Raises InputError for an unusable fault."""
        port = default_port if self.port is None else self.port
        return ApiOptions(port, self.state, parse_faults(self.faults), self.domains)


def _build_local_api(
    *,
    api: bool,
    api_port: int | None,
    api_state: str | None,
    faults: tuple[str, ...],
    domains: tuple[str, ...],
) -> LocalApi | None:
    if not api and (api_state or faults or domains):
        raise click.UsageError("--api-state, --api-fault and --api-domain need --api.")
    pairs = {name: value for name, _, value in (fault.partition("=") for fault in faults)}
    return (
        LocalApi(api_port, Path(api_state) if api_state else None, pairs, domains) if api else None
    )


demo_api_options = OptionGroup(
    "Local Connectif API",
    "api",
    click.option("--api", is_flag=True, help="Serve a local Connectif API to experiment with."),
    click.option(
        "--api-port",
        type=click.IntRange(0, 65_535),
        metavar="PORT",
        help=f"The port. Default: {API_PORT}; for a run of scenarios, any free one.",
    ),
    click.option(
        "--api-state",
        metavar="FILE",
        help="The SQLite file of its purchases. Default: a temporary file.",
    ),
    click.option(
        "--api-fault",
        "faults",
        multiple=True,
        metavar="NAME=VALUE",
        help=f"Inject a fault, as in 429=0.1: {', '.join(API_FAULTS)}. Repeatable.",
    ),
    click.option(
        "--api-domain",
        "domains",
        multiple=True,
        metavar="HOST",
        help="A domain that product URLs may have. Default: any. Repeatable.",
    ),
    build=_build_local_api,
)


def show_api_access(api: Api) -> None:
    """Print the URL and the keys for a client of the local API."""
    echo(f"Connectif API {api.url}  (local; open it to see its data)")
    echo(f"  export CONNECTIF_API_URL={api.url}")
    echo(f"  export CONNECTIF_API_KEY={api.key}")
    echo(f"  A key that may only read: {READ_ONLY_KEY}")
