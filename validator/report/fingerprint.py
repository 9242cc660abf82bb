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
            text = "\0".join((*parts, str(counted[parts])))
            digest = hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
            yield result, finding, digest[:32]
