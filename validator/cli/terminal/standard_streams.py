"""Standard streams that may be closed, full or gone: they never end a run."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

_IS_WINDOWS = os.name == "nt"


class _ForgivingFile(io.FileIO):
    """A file to which a failed write does nothing: progress is no result."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


def prepare_standard_streams() -> None:
    """Open what is closed of the three streams, and let nothing fail at standard error.

    What a stream's encoding lacks is escaped: consoles and pipes of Windows are often cp1252.

    A number of a closed stream would be given to the next file or pipe that is opened.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole process
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - likewise
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    encoding = "utf-8" if sys.stderr is None else sys.stderr.encoding
    buffer = io.BufferedWriter(_ForgivingFile(2, "w", closefd=False))
    sys.stderr = io.TextIOWrapper(
        buffer, encoding=encoding, errors="backslashreplace", line_buffering=True
    )
    if _IS_WINDOWS:
        _interpret_colors()


def _interpret_colors() -> None:
    """Let consoles of Windows interpret the escape sequences of colours."""
    from colorama import just_fix_windows_console

    just_fix_windows_console()
