"""The options for repeated runs, notifications and metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from validator.cli.options.option_group import OptionGroup
from validator.cli.options.value_types import DurationType
from validator.core.urls import is_web_url
from validator.run.schedule import NOTIFY_ON_CHOICES, WEBHOOK_KINDS, Schedule


class WebhookType(click.ParamType[Any]):
    """``slack=https://…``. The URL is a secret, so messages do not quote the value."""

    name = "KIND=URL"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        kind, _, url = str(value).partition("=")
        if kind not in WEBHOOK_KINDS or not is_web_url(url):
            forms = " or ".join(f"{each}=https://…" for each in WEBHOOK_KINDS)
            self.fail(f"expected {forms}", param, ctx)
        return kind, url


schedule_options = OptionGroup(
    "Monitoring",
    "schedule",
    click.option(
        "--every",
        type=DurationType(),
        help="Run repeatedly, at this interval from start to start; runs never overlap. Ctrl-C or "
        "SIGTERM stops, with exit code 130.",
    ),
    click.option(
        "--notify",
        "webhooks",
        type=WebhookType(),
        multiple=True,
        envvar="CN_VALIDATOR_NOTIFY",
        help=f"Notify a webhook: {', '.join(WEBHOOK_KINDS)}. Repeatable. The URL is a secret, so "
        "prefer the variable CN_VALIDATOR_NOTIFY.",
    ),
    click.option(
        "--notify-on",
        type=click.Choice(NOTIFY_ON_CHOICES),
        default="change",
        show_default=True,
        help="change: a verdict differs from the run before; on the first run, a scenario did not "
        "pass.",
    ),
    click.option(
        "--metrics",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write metrics for Prometheus: a text file for the node exporter.",
    ),
    click.option(
        "--otel",
        is_flag=True,
        help="Send metrics by OpenTelemetry, to OTEL_EXPORTER_OTLP_ENDPOINT.",
    ),
    build=Schedule,
)
