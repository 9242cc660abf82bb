"""The numbers of a run: read back by Prometheus' own parser and OpenTelemetry's own format."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from prometheus_client.parser import text_string_to_metric_families

from validator.core.capture import Breakdown, Capture, CapturedTag, Placement, Reason
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result
from validator.results.metrics import write_prometheus
from validator.results.opentelemetry import export_metrics

TAG = CapturedTag("cn_purchase", "", Placement.DOCUMENT, Location("page"), appeared_ms=250.0)
REPORT = Report(
    (
        Result(
            'a "quoted"\nname',
            Capture("http://shop.example/thanks", rendered=True, tags=(TAG,)),
            (Finding("decimal-format", Severity.ERROR, "a comma"),),
            duration_ms=1_500,
        ),
        Result("gone", Breakdown(Reason.TIMEOUT, "no answer"), duration_ms=30_000),
    ),
    "r1",
    "2026-11-23T10:15:00+00:00",
    31_000,
)
NAME = r'a "quoted"\nname'


def test_prometheus_reads_verdicts_findings_and_times(tmp_path: Path) -> None:
    file = tmp_path / "textfile" / "cn.prom"
    write_prometheus(REPORT, file)
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(file.read_text())
        for sample in family.samples
    }

    def value(name: str, **labels: str) -> float:
        return found[(f"cn_validator_{name}", *sorted(labels.items()))]

    assert value("scenario_verdict", scenario=NAME, verdict="failed") == 1
    assert value("scenario_verdict", scenario=NAME, verdict="passed") == 0
    assert value("scenario_verdict", scenario="gone", verdict="broken") == 1
    assert value("scenario_findings", scenario=NAME, severity="error") == 1
    assert value("scenario_duration_seconds", scenario=NAME) == 1.5
    assert value("scenario_first_tag_seconds", scenario=NAME) == 0.25
    assert value("last_run_exit_code") == 1
    assert value("last_run_time_seconds") == 1_795_428_931
    assert [path.name for path in file.parent.iterdir()] == ["cn.prom"]


def test_a_file_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="the metrics cannot be written"):
        write_prometheus(REPORT, tmp_path / "taken" / "cn.prom")


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue[bytes]]:
    """A server that is sent OTLP over HTTP, and what it was sent."""
    bodies: Queue[bytes] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200 if self.path == "/v1/metrics" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output to what they say."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    yield bodies
    server.shutdown()
    thread.join()
    server.server_close()


def test_numbers_that_do_not_arrive_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    assert export_metrics(REPORT) is False


def test_opentelemetry_is_sent_the_same_numbers(collector: Queue[bytes]) -> None:
    assert export_metrics(REPORT) is True
    request = ExportMetricsServiceRequest.FromString(collector.get(timeout=10))
    (resource,) = request.resource_metrics
    found = {
        (metric.name, *sorted(each.value.string_value for each in point.attributes)): (
            point.as_double if point.HasField("as_double") else point.as_int,
            metric.unit,
        )
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.gauge.data_points
    }
    assert found["cn_validator.scenario_verdict", NAME, "failed"] == (1, "")
    assert found["cn_validator.scenario_duration", "gone"] == (30, "s")
    names = {each.value.string_value for each in resource.resource.attributes}
    assert "cn-validator" in names
