"""Fingerprints that identify the same finding in several runs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from validator.core.finding import Finding
from validator.core.result import Report, Result


def fingerprints(report: Report) -> Iterator[tuple[Result, Finding, str]]:
    """Yield each finding with a hex digest of 32 characters that is unique in this report.

    The digest is made of the scenario, its file, the rule and the field, but not of the message:
    order numbers, amounts and lines differ in each run. Findings that are otherwise alike are
    numbered.
    """
    counted: Counter[tuple[str, ...]] = Counter()
    for result in report.results:
        source = result.location.source.replace("\\", "/") if result.location else ""
        for finding in result.findings:
            parts = (source, result.subject, finding.rule, finding.pointer)
            counted[parts] += 1
            yield result, finding, hash_parts(*parts, str(counted[parts]))


def hash_parts(*parts: str) -> str:
    """Return a hex digest of 32 characters."""
    text = "\0".join(parts).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:32]
