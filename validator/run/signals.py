"""How Ctrl-C, SIGTERM and SIGHUP end a run: what is done is kept and reported."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if os.name == "posix" else []))


def _caught_signals() -> list[signal.Signals]:
    """Return the signals that stop a run; one that is ignored, as by nohup, stays so."""
    return [each for each in STOP_SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]


@contextmanager
def stop_signals() -> Iterator[Event]:
    """Yield an event that Ctrl-C, SIGTERM and SIGHUP set. Only for the main thread."""
    stop, caught = Event(), _caught_signals()
    before = [signal.signal(number, lambda *_: stop.set()) for number in caught]
    try:
        yield stop
    finally:
        for number, handler in zip(caught, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def cancelled_by_signals(work: asyncio.Future[list[None]]) -> Iterator[asyncio.Event]:
    """Cancel the work on a signal to stop; yield an event that is set when that happens."""
    loop, signalled = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        signalled.set()
        # A terminal sends Ctrl-C to Playwright's driver too: errors that follow are expected.
        loop.set_exception_handler(lambda _loop, _context: None)
        work.cancel()

    before = {}
    # Windows and threads other than the main one have no handlers: there Ctrl-C aborts the run.
    with suppress(NotImplementedError, ValueError, RuntimeError):
        for number in _caught_signals():
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
