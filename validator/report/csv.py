"""The CSV report (RFC 4180) for spreadsheets: one row per finding."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from validator.core.result import Report
from validator.report import formatting
from validator.report.fingerprint import fingerprints
from validator.report.incidents import Incident, iter_incidents
from validator.report.sanitize import sanitize

COLUMNS = (
    "run", "scenario", "file", "line", "verdict", "severity", "rule", "consequence", "field",
    "message", "rendered", "recorded", "expected", "page", "page_line", "page_column", "element",
    "why", "fix", "fingerprint",
)  # fmt: skip

# Starts of what spreadsheets take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_START = re.compile("^[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def csv_report(report: Report) -> str:
    """Return a header and the rows.

    A broken result is a row of severity ``broken``, a result that passed only at a retry a row of
    severity ``flaky``. A cell that a spreadsheet would take for a formula starts with an
    apostrophe; each cell is one line of text.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    incidents = (_incident_row(report, each) for each in iter_incidents(report))
    for row in (*_finding_rows(report), *incidents):
        writer.writerow({name: _safe_cell(value) for name, value in row.items()})
    return text.getvalue()


def _finding_rows(report: Report) -> Iterator[dict[str, object]]:
    for result, finding, digest in fingerprints(report):
        place, scenario = finding.location, finding.scenario or result.location
        yield {
            "run": report.run_id,
            "scenario": result.subject,
            "file": scenario.source if scenario else "",
            "line": (scenario.line if scenario else None) or "",
            "verdict": result.verdict,
            "severity": finding.severity,
            "rule": finding.rule,
            "consequence": finding.consequence or "",
            "field": formatting.format_field(finding.pointer) if finding.pointer else "",
            "message": finding.message,
            "rendered": finding.actual,
            "recorded": finding.recorded,
            "expected": finding.expected,
            "page": place.source if place else "",
            "page_line": (place and place.line) or "",
            "page_column": (place and place.column) or "",
            "element": (place and place.css) or "",
            "why": finding.why,
            "fix": finding.hint,
            "fingerprint": digest,
        }


def _incident_row(report: Report, incident: Incident) -> dict[str, object]:
    row: dict[str, object] = {
        "run": report.run_id,
        "severity": incident.verdict,
        "message": "; ".join(incident.messages),
        "fix": incident.hint,
    }
    if (result := incident.result) is not None:
        broken = result.breakdown
        place = (broken and broken.location) or result.location
        row |= {
            "scenario": result.subject,
            "file": place.source if place else "",
            "line": (place and place.line) or "",
            "verdict": result.verdict,
            "rule": broken.reason if broken else "",
            "page": result.outcome.url,
        }
    return row


def _safe_cell(value: object) -> str:
    text = sanitize(str(value), formatting.MAX_PROSE_CHARS)
    return f"'{text}" if _FORMULA_START.match(text) else text
