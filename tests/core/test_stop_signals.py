"""Signals to stop, on event loops that have no handlers of their own, as on Windows."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from validator.core import stop_signals
from validator.core.stop_signals import (
    STOP_SIGNALS,
    StopRequest,
    cancelled_by_signals,
    on_stop_signal_in_loop,
    wait_interruptibly,
)

PACKAGE = Path(stop_signals.__file__).parent.parent


@pytest.fixture(autouse=True)
def _loop_without_handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def unsupported(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.SelectorEventLoop, "add_signal_handler", unsupported)
    before = [signal.getsignal(number) for number in STOP_SIGNALS]
    yield
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before


def test_no_module_uses_handlers_that_the_loop_of_windows_lacks() -> None:
    """``validator.core.stop_signals`` handles signals on every system."""
    users = [path for path in PACKAGE.rglob("*.py") if "add_signal_handler" in path.read_text()]
    assert users == []


@pytest.mark.parametrize("number", STOP_SIGNALS, ids=lambda number: number.name)
def test_a_signal_cancels_the_work_of_a_loop_that_waits(number: signal.Signals) -> None:
    async def run() -> bool:
        started = asyncio.Event()

        async def forever() -> None:
            started.set()
            await asyncio.Event().wait()

        work = asyncio.gather(*[forever()])
        with cancelled_by_signals(work) as signalled:
            await started.wait()
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)
            with pytest.raises(asyncio.CancelledError):
                await work
        return signalled.is_set()

    assert asyncio.run(run())


def test_a_signal_that_another_thread_causes_wakes_the_loop() -> None:
    async def run() -> None:
        stopped = asyncio.Event()
        with on_stop_signal_in_loop(stopped.set):
            threading.Timer(0, os.kill, (os.getpid(), signal.SIGTERM)).start()
            await stopped.wait()

    asyncio.run(run())


def test_a_wait_ends_at_the_signal_or_when_its_time_is_over() -> None:
    with stop_signals.stop_signals() as stop:
        assert not stop.wait(0)
        threading.Timer(0, os.kill, (os.getpid(), signal.SIGINT)).start()
        assert stop.wait()
        assert stop.wait(), "what is set needs no wait"


def test_another_signal_does_not_end_a_wait() -> None:
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        assert not StopRequest().wait(0.01)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stop_signals.stop_signals() as stop:
            os.kill(os.getpid(), signal.SIGTERM)
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_without_signals_work_in_another_thread_is_done() -> None:
    async def run() -> bool:
        with cancelled_by_signals(asyncio.gather(*[])) as signalled:
            return signalled.is_set()

    with ThreadPoolExecutor(1) as thread:
        assert not thread.submit(asyncio.run, run()).result()


@pytest.mark.parametrize("slice_s", [None, 0.001], ids=["posix", "windows"])
def test_the_wait_for_a_thread_gives_its_result(
    slice_s: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stop_signals, "_LOCK_WAIT_S", slice_s)
    future: Future[int] = Future()
    threading.Timer(0.01, future.set_result, (7,)).start()
    assert wait_interruptibly(future) == 7
    failed: Future[int] = Future()
    failed.set_exception(TimeoutError("its own"))
    with pytest.raises(TimeoutError, match="its own"):
        wait_interruptibly(failed)
