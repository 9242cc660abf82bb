"""How Ctrl-C and SIGTERM end a run: what is done is kept and reported."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_signals() -> Iterator[Event]:
    """Yield an event that Ctrl-C and SIGTERM set. Only for the main thread."""
    stop = Event()
    before = [signal.signal(number, lambda *_: stop.set()) for number in STOP_SIGNALS]
    try:
        yield stop
    finally:
        for number, handler in zip(STOP_SIGNALS, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def cancelled_by_signals(work: asyncio.Future[list[None]]) -> Iterator[asyncio.Event]:
    """Cancel the work on Ctrl-C and SIGTERM; yield an event that is set when that happens."""
    loop, signalled = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        signalled.set()
        # A terminal sends Ctrl-C to Playwright's driver too: errors that follow are expected.
        loop.set_exception_handler(lambda _loop, _context: None)
        work.cancel()

    before = {}
    # Windows and threads other than the main one have no handlers: there Ctrl-C aborts the run.
    with suppress(NotImplementedError, ValueError, RuntimeError):
        for number in STOP_SIGNALS:
            handler = signal.getsignal(number)
            loop.add_signal_handler(number, stop)
            before[number] = handler
    try:
        yield signalled
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            # The loop has restored the default handler; `run --every` has its own.
            signal.signal(number, handler)
