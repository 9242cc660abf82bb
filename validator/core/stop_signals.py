"""How Ctrl-C, Ctrl-Break, SIGTERM and SIGHUP end what runs: what is done is kept and reported.

The handlers are those of the module ``signal``, because the event loop of Windows has none of its
own. Python writes each signal to the event loop's wakeup socket, so that it is seen at once.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager, suppress
from threading import Event
from typing import TypeVar

T = TypeVar("T")

STOP_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)
"""Windows has no SIGHUP, and only Windows has SIGBREAK."""

_LOCK_WAIT_S = 0.2 if os.name == "nt" else None
"""On Windows, a signal does not interrupt the wait for a lock."""


@contextmanager
def on_stop_signal(stop: Callable[[], object]) -> Iterator[None]:
    """Call a function at each signal to stop, in the main thread and between two instructions.

    A signal that is ignored, as by nohup, stays so. Raises ValueError in another thread.
    """
    with ExitStack() as restore:
        for number in STOP_SIGNALS:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:
                signal.signal(number, lambda *_: stop())
                restore.callback(signal.signal, number, before)
        yield


@contextmanager
def on_stop_signal_in_loop(stop: Callable[[], None]) -> Iterator[None]:
    """Call a function of the running event loop at each signal to stop.

    In a thread other than the main one, there are no signals.
    """
    loop = asyncio.get_running_loop()

    def stop_quietly() -> None:
        # A terminal sends Ctrl-C to Playwright's driver too: errors that follow are expected.
        loop.set_exception_handler(lambda _loop, _context: None)
        stop()

    with ExitStack() as handlers:
        with suppress(ValueError):
            handlers.enter_context(on_stop_signal(lambda: loop.call_soon_threadsafe(stop_quietly)))
        yield


class StopRequest:
    """An event that the signals to stop set. The main thread can wait for it on every system."""

    def __init__(self) -> None:
        self._event = Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until a signal sets the event, or for some seconds; return whether it is set.

        This waits for a socket to which Python writes each signal: on Windows, no signal
        interrupts the wait for a lock. Only for the main thread.
        """
        until = None if seconds is None else time.monotonic() + seconds
        with ExitStack() as restore:
            reader, writer = map(restore.enter_context, socket.socketpair())
            writer.setblocking(False)
            before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
            restore.callback(signal.set_wakeup_fd, before)
            while not self.is_set():
                left = None if until is None else max(until - time.monotonic(), 0)
                if not select.select([reader], [], [], left)[0]:
                    break
                reader.recv(64)
        return self.is_set()


@contextmanager
def stop_signals() -> Iterator[StopRequest]:
    """Yield an event that the signals to stop set. Only for the main thread."""
    stop = StopRequest()
    with on_stop_signal(stop.set):
        yield stop


@contextmanager
def cancelled_by_signals(work: asyncio.Future[list[None]]) -> Iterator[asyncio.Event]:
    """Cancel the work on a signal to stop; yield an event that is set when that happens."""
    signalled = asyncio.Event()

    def stop() -> None:
        signalled.set()
        work.cancel()

    with on_stop_signal_in_loop(stop):
        yield signalled


def wait_interruptibly(future: Future[T], timeout_s: float | None = None) -> T:
    """Return the result of another thread's work; Ctrl-C ends the wait, also on Windows.

    Raises what the work raised, and TimeoutError.
    """
    if timeout_s is None:
        while not wait([future], _LOCK_WAIT_S).done:
            pass
    return future.result(timeout_s)
