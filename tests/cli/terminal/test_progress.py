"""Progress goes to standard error: lines in a log, a live display in a terminal, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are for Unix")

RUN = """
from validator.core.capture import Breakdown, Capture, Reason
from validator.cli.options.output import Output
from validator.core.result import Result

output = Output(quiet=QUIET)
with output.progress(2) as progress:
    progress.started("one \\x1b]0;owned\\x07")
    progress.step("one \\x1b]0;owned\\x07", "click [bold]role=button[/]")
    progress.finished(Result("one \\x1b]0;owned\\x07", Capture("u", True, ()), duration_ms=1200))
    progress.started("two")
    progress.started("two")
    progress.finished(Result("two", Breakdown(Reason.TIMEOUT, "late"), duration_ms=3))
    progress.step("two", "the other scenario of this name goes on")
print("the report")
"""


def environment(**changes: str) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR", "FORCE_COLOR")}
    return ours | {"TERM": "xterm", "COLUMNS": "100"} | changes


def piped(*, quiet: bool) -> subprocess.CompletedProcess[str]:
    code = RUN.replace("QUIET", str(quiet))
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )


def in_terminal(**changes: str) -> str:
    """What a run writes to standard error when that is a terminal."""
    ours, theirs = pty.openpty()
    code = RUN.replace("QUIET", "False")
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment(**changes),
    )
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:
        pass  # Linux says so when the last writer is gone
    os.close(ours)
    assert process.wait() == 0
    return written.decode()


def test_a_log_gets_one_line_a_result() -> None:
    ran = piped(quiet=False)
    assert ran.stderr == "passed    1.2s  one \\x1b]0;owned\\x07\nbroken     3ms  two\n"
    assert ran.stdout == "the report\n"


def test_quiet_shows_nothing() -> None:
    assert piped(quiet=True).stderr == ""


def test_a_terminal_gets_a_live_display_that_is_gone_in_the_end() -> None:
    shown = in_terminal()
    assert "2 of 2" in shown
    assert "1 passed" in shown
    assert "\x1b]0;" not in shown
    assert shown.rstrip().endswith("\x1b[2K")


@pytest.mark.parametrize("changes", [{"CI": "true"}, {"TERM": "dumb"}])
def test_a_terminal_of_a_ci_server_gets_lines(changes: dict[str, str]) -> None:
    assert "broken     3ms  two" in in_terminal(**changes)
