"""The options of ``cn-validator demo`` for the local Connectif API."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from validator.demo import Api, ApiOptions
from validator.demo.api.options import API_FAULTS, READ_ONLY_KEY, parse_faults

T = TypeVar("T")

API_PORT = 8803
"""Where --api keeps it, beside the ports of --serve."""


def demo_api_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a click command the options, and ``api: ApiOptions | None`` in their place."""

    @click.option(
        "--api", "wants_api", is_flag=True, help="Serve a local Connectif API, to try with."
    )
    @click.option(
        "--api-port",
        type=click.IntRange(0, 65_535),
        help=f"Its port. Default: {API_PORT}; for a run of scenarios, any free one.",
    )
    @click.option(
        "--api-state",
        metavar="FILE",
        help="Where it keeps its purchases (SQLite). Default: a file that is deleted.",
    )
    @click.option(
        "--api-fault",
        "faults",
        multiple=True,
        metavar="NAME=VALUE",
        help=f"Let it fail: {', '.join(API_FAULTS)}. As in 429=0.1. Repeatable.",
    )
    @click.option(
        "--api-domain",
        "domains",
        multiple=True,
        metavar="HOST",
        help="A domain that product URLs may have. Repeatable. Default: any.",
    )
    @functools.wraps(command)
    def with_api(
        *args: Any,
        wants_api: bool,
        api_port: int | None,
        api_state: str | None,
        faults: tuple[str, ...],
        domains: tuple[str, ...],
        **kwargs: Any,
    ) -> T:
        if not wants_api and (api_state or faults or domains):
            raise click.UsageError("--api-state, --api-fault and --api-domain need --api.")
        pairs = {name: value for name, _, value in (fault.partition("=") for fault in faults)}
        state = Path(api_state) if api_state else None
        # A run ends by itself, and several may run at once.
        is_run = not kwargs["serve"] and (kwargs["paths"] or kwargs["fault"])
        usual = 0 if is_run else API_PORT
        options = ApiOptions(
            usual if api_port is None else api_port, state, parse_faults(pairs), domains
        )
        return command(*args, api=options if wants_api else None, **kwargs)

    return with_api


def show_api_access(api: Api) -> None:
    """Print what a client of the API must be told."""
    click.echo(f"Connectif API {api.url}  (a local one: what it knows, for people)")
    click.echo(f"  export CONNECTIF_API_URL={api.url}")
    click.echo(f"  export CONNECTIF_API_KEY={api.key}")
    click.echo(f"  A key that may only read: {READ_ONLY_KEY}")
