"""The metrics of a run for monitoring, and the file in which Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from validator.core.capture import Capture
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Severity
from validator.core.installation import install_command
from validator.core.result import Report, Result, Verdict
from validator.report.sanitize import sanitize


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``unit`` is "s" for seconds, "" for a count or a state (0 or 1)."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str]
    unit: str = ""


def build_metrics(report: Report) -> Iterator[Metric]:
    """Yield the metrics of a run. A scenario has one state for each verdict, 0 or 1."""
    ended = datetime.fromisoformat(report.started).timestamp() + report.duration_ms / 1000
    yield Metric("last_run_time", "When the last run ended, since 1970.", ended, {}, "s")
    yield Metric("last_run_exit_code", "How the last run ended.", report.exit_code.value, {})
    for result in report.results:
        yield from _build_result_metrics(result)


def _build_result_metrics(result: Result) -> Iterator[Metric]:
    name = {"scenario": sanitize(result.subject, 200)}
    for verdict in Verdict:
        state = float(result.verdict is verdict)
        labels = {**name, "verdict": str(verdict)}
        yield Metric("scenario_verdict", "1 for the verdict of the last run.", state, labels)
    for severity in Severity:
        number = sum(finding.severity is severity for finding in result.findings)
        labels = {**name, "severity": str(severity)}
        yield Metric("scenario_findings", "Findings in the last run.", number, labels)
    seconds = result.duration_ms / 1000
    yield Metric("scenario_duration", "How long the scenario took.", seconds, name, "s")
    if isinstance(result.outcome, Capture):
        times = [tag.appeared_ms for tag in result.outcome.tags if tag.appeared_ms is not None]
        if times:
            text = "When the first tag appeared, from navigation start."
            yield Metric("scenario_first_tag", text, times[0] / 1000, name, "s")


def write_prometheus(report: Report, file: Path) -> None:
    """Write a text file for the node exporter's textfile collector, atomically.

    https://github.com/prometheus/node_exporter#textfile-collector
    Raises InputError if it cannot be written, or the extra "metrics" is not installed.
    """
    try:
        from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
    except ImportError as error:
        raise missing_extra("metrics", "--metrics") from error
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for each in build_metrics(report):
        name = f"cn_validator_{each.name}{'_seconds' if each.unit else ''}"
        if name not in gauges:
            gauges[name] = Gauge(name, each.help, list(each.labels), registry=registry)
        gauge = gauges[name].labels(**each.labels) if each.labels else gauges[name]
        gauge.set(each.value)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_to_textfile(str(file), registry)
    except OSError as error:
        raise InputError.single(
            "metrics-not-writable",
            f"the metrics cannot be written: {error.strerror or error}",
            Location(str(file)),
            hint="name a file in a folder you may write to",
        ) from error


def missing_extra(extra: str, option: str) -> InputError:
    """Return the error of an option whose extra is not installed."""
    return InputError.single(
        "extra-missing",
        f"{option} needs packages that are not installed",
        Location(option),
        hint=install_command(extra),
    )
