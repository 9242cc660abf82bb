"""The terminal of ``run --debug``: reads commands and prints text that is safe to show."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from validator.cli.terminal.echo import echo
from validator.report.sanitize import sanitize

if TYPE_CHECKING:
    from validator.browser.debugger import TerminalDebugger

_MAX_WIDTH = 300


def terminal_debugger() -> TerminalDebugger:
    """Return a debugger that prints on standard error and reads standard input."""
    from validator.browser.debugger import HELP, TerminalDebugger

    _show(HELP)
    return TerminalDebugger(_read_line, _show)


def _show(text: str) -> None:
    echo(sanitize(text, _MAX_WIDTH), err=True)


async def _read_line(prompt: str) -> str | None:
    """Wait for a line without blocking the browser; None at the end of input."""
    echo(prompt, err=True, nl=False)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def settle(line: str) -> None:
        if not answer.done():
            answer.set_result(line)

    def read() -> None:
        line = sys.stdin.readline()
        with suppress(RuntimeError):  # the run was interrupted
            loop.call_soon_threadsafe(settle, line)

    # Not a pool: its thread would keep the process alive after Ctrl-C.
    Thread(target=read, daemon=True).start()
    line = await answer
    return line.removesuffix("\n") if line else None
