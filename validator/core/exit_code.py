"""The exit codes of the process, the same for all commands."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The documented exit codes of every command."""

    OK = 0
    FINDINGS = 1
    INPUT = 2
    BROKEN = 3
    INTERNAL = 4
    INTERRUPTED = 130
