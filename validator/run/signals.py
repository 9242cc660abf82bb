"""Ctrl-C and SIGTERM end the work that is under way, and leave what is done."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cancelled_by_signals(work: asyncio.Future[list[None]]) -> Iterator[asyncio.Event]:
    """Let Ctrl-C and SIGTERM end the work, so that reports are still written."""
    loop, signalled = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        signalled.set()
        # A terminal's Ctrl-C ends Playwright's driver too: what then fails is no news.
        loop.set_exception_handler(lambda _loop, _context: None)
        work.cancel()

    before = {}
    # On Windows, or outside the main thread, Ctrl-C ends the run the hard way.
    with suppress(NotImplementedError, ValueError, RuntimeError):
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            loop.add_signal_handler(number, stop)
            before[number] = handler
    try:
        yield signalled
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            # That was to the default: who runs again and again has another.
            signal.signal(number, handler)
