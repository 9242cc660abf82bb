"""``run --every``: one run after the other, what monitoring is told of each, and a clean stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import click

from validator.cli.parameters import DurationType
from validator.core.errors import BrowserError, InputError
from validator.core.result import ExitCode, Report
from validator.core.urls import is_web_url
from validator.report.formatting import format_duration
from validator.report.terminal import format_input_errors

Command = TypeVar("Command", bound=Callable[..., Any])
WEBHOOK_KINDS = ("slack", "teams", "json")
NOTIFY_ON_CHOICES = ("change", "failure", "always")


class WebhookType(click.ParamType[Any]):
    """``slack=https://…``. What was typed is a secret: messages name its form."""

    name = "KIND=URL"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        kind, _, url = str(value).partition("=")
        if kind not in WEBHOOK_KINDS or not is_web_url(url):
            wanted = " or ".join(f"{each}=https://…" for each in WEBHOOK_KINDS)
            self.fail(f"expected {wanted}", param, ctx)
        return kind, url


@dataclass(slots=True)
class Schedule:
    """``every`` is in milliseconds; None: one run. Verdicts are those of the run before."""

    every: float | None
    webhooks: tuple[tuple[str, str], ...]
    notify_on: str
    metrics: Path | None
    otel: bool
    verdicts: Mapping[str, str] | None = None

    def play(self, once: Callable[[], Report]) -> int:
        """Run, and go on running until Ctrl-C or SIGTERM. Returns the exit code.

        What is wrong with the first run's input ends it; later on it is said, and tried again.
        """
        if self.every is None:
            report = once()
            self.tell(report)
            return report.exit_code
        with stop_signals() as stop:
            began = time.monotonic()
            report = once()
            self.tell(report)
            while not report.interrupted and not _wait_for_next_run(
                stop, began + self.every / 1000
            ):
                began = time.monotonic()
                try:
                    report = once()
                    self.tell(report)
                except InputError as error:
                    self._report_failure(format_input_errors(error.findings).rstrip())
                except BrowserError as error:
                    self._report_failure(f"error: {error}")
        click.echo("Stopped.", err=True)
        return ExitCode.INTERRUPTED

    def tell(self, report: Report) -> None:
        """Write metrics, and send what is to be sent: what fails there changes no verdict."""
        if report.interrupted:
            return
        if self.metrics:
            from validator.results.metrics import write_prometheus

            write_prometheus(report, self.metrics)
        if self.otel:
            from validator.results.opentelemetry import export_metrics

            if not export_metrics(report):
                click.echo("warning: OpenTelemetry: the metrics did not arrive", err=True)
        if self.webhooks:
            self._notify(report)

    def _report_failure(self, reason: str) -> None:
        """Say why nothing was checked: who is told of changes must not take silence for good."""
        click.echo(reason, err=True)
        if self.webhooks:
            self._notify(Report((), "", datetime.now(UTC).isoformat(timespec="seconds")))

    def _notify(self, report: Report) -> None:
        # Imported here: a run without notifications needs no HTTP client.
        from validator.results.webhooks import (
            Webhook,
            compare_verdicts,
            send_webhook,
            verdicts_by_subject,
        )

        now = verdicts_by_subject(report)
        changed = compare_verdicts(self.verdicts, now)
        self.verdicts = now
        is_failure = report.exit_code is not ExitCode.OK
        due = {"change": bool(changed), "failure": is_failure, "always": True}
        if not due[self.notify_on]:
            return
        for kind, url in self.webhooks:
            webhook = Webhook(kind, url)
            if reason := send_webhook(webhook, report, changed):
                click.echo(f"warning: {webhook.name} was not notified: {reason}", err=True)


def _wait_for_next_run(stop: Event, until: float) -> bool:
    """Wait for the next turn: not at all where the last run took longer. Tells of a stop."""
    seconds = max(until - time.monotonic(), 0)
    if not stop.is_set():
        click.echo(f"next run in {format_duration(seconds * 1000)}; Ctrl-C stops", err=True)
    return stop.wait(seconds)


@contextmanager
def stop_signals() -> Iterator[Event]:
    """Let Ctrl-C and SIGTERM set an event."""
    stop = Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def schedule_options(command: Command) -> Command:
    """Add the options; ``rounds_of`` reads them."""
    for option in (
        click.option(
            "--otel",
            is_flag=True,
            help="Send numbers by OpenTelemetry, to OTEL_EXPORTER_OTLP_ENDPOINT.",
        ),
        click.option(
            "--metrics",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write numbers for Prometheus: a text file for the node exporter.",
        ),
        click.option(
            "--notify-on",
            type=click.Choice(NOTIFY_ON_CHOICES),
            default="change",
            show_default=True,
            help="change: a verdict is another one than in the run before, where the first run "
            "is compared with all passed.",
        ),
        click.option(
            "--notify",
            "webhooks",
            type=WebhookType(),
            multiple=True,
            envvar="CN_VALIDATOR_NOTIFY",
            help=f"Tell a webhook: {', '.join(WEBHOOK_KINDS)}. Repeatable; better given as "
            "CN_VALIDATOR_NOTIFY, because its address is a secret.",
        ),
        click.option(
            "--every",
            type=DurationType(),
            help="Run again and again, so long from start to start; never two at once. Ctrl-C or "
            "SIGTERM stops, with exit code 130.",
        ),
    ):
        command = option(command)
    return command


def parse_schedule(given: dict[str, Any]) -> Schedule:
    """Take the options out of what click hands over."""
    names = ("every", "webhooks", "notify_on", "metrics", "otel")
    return Schedule(**{name: given.pop(name) for name in names})
