"""How commands ask the Connectif API: the key from the environment, the rest by option."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from validator.cli.parameters import DurationType
from validator.connectif_api.api_settings import DEFAULT_REQUESTS_PER_MINUTE, ApiSettings
from validator.core.api_key import load_key_and_url
from validator.scenario.settings.environment import load_environment

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """What the options say. The key is read when it is needed: a dry run needs none."""

    per_minute: float
    timeout: float
    attempts: int
    first_wait: float
    workers: int

    def settings(self) -> ApiSettings:
        """Return all that it takes to ask. Raises InputError where there is no usable key."""
        key, url = load_key_and_url(load_environment(os.environ, Path.cwd()))
        return ApiSettings(
            key,
            url,
            per_minute=self.per_minute,
            timeout=self.timeout,
            attempts=self.attempts,
            first_wait=self.first_wait,
        )


def api_access_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a click command the options, and ``access: ApiAccess`` in their place."""

    @click.option(
        "--rate",
        "per_minute",
        type=click.FloatRange(min=1, max=60_000),
        default=DEFAULT_REQUESTS_PER_MINUTE,
        show_default=f"{DEFAULT_REQUESTS_PER_MINUTE:g}",
        metavar="N",
        help="Requests a minute, at most. Connectif has a limit and does not publish it.",
    )
    @click.option(
        "--timeout", type=DurationType(), default="30s", show_default=True, help="For each answer."
    )
    @click.option(
        "--attempts",
        type=click.IntRange(1, 20),
        default=6,
        show_default=True,
        help="How often a request is tried that fails in passing.",
    )
    @click.option(
        "--first-wait",
        type=DurationType(),
        default="500ms",
        show_default=True,
        help="Before the second attempt; then twice as long each time. A Retry-After wins.",
    )
    @click.option(
        "--workers",
        type=click.IntRange(1, 32),
        default=4,
        show_default=True,
        help="How many requests at the same time.",
    )
    @functools.wraps(command)
    def with_access(
        *args: Any,
        per_minute: float,
        timeout: float,
        attempts: int,
        first_wait: float,
        workers: int,
        **kwargs: Any,
    ) -> T:
        access = ApiAccess(per_minute, timeout / 1000, attempts, first_wait / 1000, workers)
        return command(*args, access=access, **kwargs)

    return with_access
