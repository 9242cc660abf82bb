"""The job summary of a run on GitHub Actions, and protection from workflow commands.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.result import Report
from validator.report import FORMATS


def add_to_summary(report: Report, environ: Mapping[str, str]) -> None:
    """Append the report to the job's summary, if the environment names its file.

    Raises InputError if the file cannot be written.
    """
    file = environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    try:
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(FORMATS["markdown"](report))
    except OSError as error:
        raise InputError.single(
            "report-not-writable",
            f"the job's summary cannot be written: {error.strerror or error}",
            Location(file),
            "GITHUB_STEP_SUMMARY must name a file that can be written to.",
        ) from error


def disable_workflow_commands(content: bytes) -> bytes:
    """Return a text between tokens between which GitHub ignores workflow commands."""
    token = secrets.token_hex(16).encode()
    return b"::stop-commands::" + token + b"\n" + content + b"::" + token + b"::\n"
