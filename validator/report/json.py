"""The report for programs: everything that is known, as schemas/results.schema.json describes.

Pure ASCII: characters that could confuse a reader of the text (bidi overrides, lone surrogates,
control characters) are JSON escapes, and decode to exactly what the page said.
"""

from __future__ import annotations

import json

from validator.core.document import Json
from validator.core.result import Report, Verdict
from validator.core.result_json import result_object, value_to_json

SCHEMA_VERSION = 1
"""Increased when a reader of the old form would misread the new one, not for new keys."""


def json_report(report: Report) -> str:
    """Return the whole run as one JSON object; ends with a newline."""
    data: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "run_id": report.run_id,
        "started": report.started,
        "duration_ms": round(report.duration_ms, 3),
        "interrupted": report.interrupted,
        "exit_code": report.exit_code.value,
        "new_findings": report.new_findings,
        "fails_on_flaky": report.fails_on_flaky,
        "failure": None if report.failure is None else report.failure.value,
        "counts": {str(verdict): report.count(verdict) for verdict in Verdict},
        "versions": value_to_json(report.versions),
        "notes": list(report.notes),
        "context": value_to_json(report.context),
        "orders": value_to_json(report.orders),
        "results": [result_object(result) for result in report.results],
    }
    return json.dumps(data, indent=2, allow_nan=False) + "\n"
