"""The options for access to the Connectif API."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from validator.cli.options.option_group import OptionGroup
from validator.cli.options.value_types import DurationType
from validator.connectif_api.api_settings import DEFAULT_REQUESTS_PER_MINUTE, ApiSettings
from validator.core.api_key import load_key_and_url
from validator.scenario.settings.environment import load_environment


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """The options. ``timeout`` and ``first_wait`` are in milliseconds."""

    per_minute: float
    timeout: float
    attempts: int
    first_wait: float
    workers: int

    def settings(self) -> ApiSettings:
        """Return the settings with the key of the environment or of .env.

        The key is read here because a dry run needs none. Raises InputError without a usable key.
        """
        key, url = load_key_and_url(load_environment(os.environ, Path.cwd()))
        return ApiSettings(
            key,
            url,
            per_minute=self.per_minute,
            timeout=self.timeout / 1000,
            attempts=self.attempts,
            first_wait=self.first_wait / 1000,
        )


api_access_options = OptionGroup(
    "Connectif API",
    "access",
    click.option(
        "--rate",
        "per_minute",
        type=click.FloatRange(min=1, max=60_000),
        default=f"{DEFAULT_REQUESTS_PER_MINUTE:g}",
        show_default=True,
        metavar="N",
        help="The largest number of requests a minute. Connectif has a limit, but does not "
        "publish it.",
    ),
    click.option(
        "--timeout",
        type=DurationType(),
        default="30s",
        show_default=True,
        help="The timeout of each request.",
    ),
    click.option(
        "--attempts",
        type=click.IntRange(1, 20),
        metavar="N",
        default=6,
        show_default=True,
        help="How often a request is sent that fails with a transient error.",
    ),
    click.option(
        "--first-wait",
        type=DurationType(),
        default="500ms",
        show_default=True,
        help="The wait before the second attempt; it doubles with each attempt. A Retry-After "
        "header has precedence.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 32),
        metavar="N",
        default=4,
        show_default=True,
        help="How many requests are sent at the same time.",
    ),
    build=ApiAccess,
)
