"""Repeated runs: an interval, what is sent and written after each run, and a clean stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from validator.core.crashes import internal_errors
from validator.core.errors import BrowserError, InputError, InternalError
from validator.core.exit_code import ExitCode
from validator.core.result import Report
from validator.core.stop_signals import StopRequest, stop_signals
from validator.report.formatting import format_duration
from validator.report.terminal import format_input_errors

WEBHOOK_KINDS = ("slack", "teams", "json")
NOTIFY_ON_CHOICES = ("change", "failure", "always")


@dataclass(slots=True)
class Schedule:
    """When scenarios run, and who receives the results.

    ``every`` is the interval from start to start in milliseconds; None for a single run.
    ``webhooks`` are (kind, URL) pairs, ``notify_on`` is one of ``NOTIFY_ON_CHOICES``, ``metrics``
    the Prometheus file to write. ``verdicts`` are those of the run before, by subject.
    """

    every: float | None
    webhooks: tuple[tuple[str, str], ...]
    notify_on: str
    metrics: Path | None
    otel: bool
    verdicts: Mapping[str, str] | None = None

    def run(self, once: Callable[[], Report], on_message: Callable[[str], None]) -> int:
        """Run once, or repeatedly until Ctrl-C or SIGTERM. Returns the exit code.

        ``on_message`` receives warnings and the time of the next run, for standard error.
        Raises InputError and BrowserError of the first run; those of later runs are messages.
        """
        if self.every is None:
            report = once()
            self._publish(report, on_message)
            return report.exit_code
        with stop_signals() as stop:
            began = time.monotonic()
            report = once()
            self._publish(report, on_message)
            while not report.interrupted and not _wait_for_next_run(
                stop, began + self.every / 1000, on_message
            ):
                began = time.monotonic()
                try:
                    with internal_errors("a repeated run"):
                        report = once()
                        self._publish(report, on_message)
                except InputError as error:
                    self._publish_failure(format_input_errors(error.findings).rstrip(), on_message)
                except (BrowserError, InternalError) as error:
                    self._publish_failure(f"error: {error}", on_message)
        on_message("Stopped.")
        return ExitCode.INTERRUPTED

    def _publish(self, report: Report, on_message: Callable[[str], None]) -> None:
        """Write and send metrics and notifications; a failure here changes no verdict."""
        if report.interrupted:
            return
        if self.metrics:
            from validator.results.metrics import write_prometheus

            write_prometheus(report, self.metrics)
        if self.otel:
            from validator.results.opentelemetry import export_metrics

            if not export_metrics(report):
                on_message("warning: OpenTelemetry: the metrics did not arrive")
        if self.webhooks:
            self._notify(report, on_message)

    def _publish_failure(self, reason: str, on_message: Callable[[str], None]) -> None:
        """Report a run that checked nothing: without a notification it would look successful."""
        on_message(reason)
        if self.webhooks:
            started = datetime.now(UTC).isoformat(timespec="seconds")
            failed = Report((), "", started, notes=(reason,))
            self._notify(failed, on_message)

    def _notify(self, report: Report, on_message: Callable[[str], None]) -> None:
        # Imported here: a run without notifications needs no HTTP client.
        from validator.results.webhooks import (
            Webhook,
            compare_verdicts,
            is_notification_due,
            send_webhook,
            verdicts_by_subject,
        )

        now = verdicts_by_subject(report)
        changed = compare_verdicts(self.verdicts, now)
        self.verdicts = now
        if not is_notification_due(self.notify_on, report, changed):
            return
        for kind, url in self.webhooks:
            webhook = Webhook(kind, url)
            if reason := send_webhook(webhook, report, changed):
                on_message(f"warning: {webhook.name} was not notified: {reason}")


def _wait_for_next_run(stop: StopRequest, until: float, on_message: Callable[[str], None]) -> bool:
    """Wait until a time of the monotonic clock. Returns whether a stop was asked for."""
    seconds = max(until - time.monotonic(), 0)
    if not stop.is_set():
        on_message(f"next run in {format_duration(seconds * 1000)}; Ctrl-C stops")
    return stop.wait(seconds)
