"""Export of the metrics of a run by OpenTelemetry: OTLP over HTTP.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/
"""

from __future__ import annotations

from validator.core.result import Report
from validator.results.metrics import build_metrics, missing_extra


def export_metrics(report: Report) -> bool:
    """Send the metrics of a run. Returns whether they arrived.

    The standard variables, such as OTEL_EXPORTER_OTLP_ENDPOINT, configure the exporter. Raises
    InputError if the extra "otel" is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import (
            InMemoryMetricReader,
            MetricExportResult,
        )
        from opentelemetry.sdk.resources import Resource
    except ImportError as error:
        raise missing_extra("otel", "--otel") from error
    reader = InMemoryMetricReader()
    resource = Resource.create({"service.name": "cn-validator"})
    provider = MeterProvider([reader], resource=resource)
    meter = provider.get_meter("cn-validator")
    for each in build_metrics(report):
        gauge = meter.create_gauge(f"cn_validator.{each.name}", each.unit, each.help)
        gauge.set(each.value, dict(each.labels))
    exporter = OTLPMetricExporter()
    try:
        data = reader.get_metrics_data()
        return data is not None and exporter.export(data) is MetricExportResult.SUCCESS
    finally:
        exporter.shutdown()
        provider.shutdown()
