"""What makes a finding the same one in the next run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from validator.core.finding import Finding
from validator.core.result import Report, Result


def fingerprints(report: Report) -> Iterator[tuple[Result, Finding, str]]:
    """Yield every finding with a hex digest of 32 characters that only it has in this report.

    It is made of the scenario, its file, the rule and the field, and not of the message: order
    numbers, amounts and lines are others in each run. The second such finding of a report is
    told from the first by its number.
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
