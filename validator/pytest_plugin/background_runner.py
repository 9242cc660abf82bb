"""A browser in its own thread, which runs one scenario after the other.

The caller's thread may have a running event loop, such as that of Playwright's sync API.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from validator.browser.chromium.session import open_session
from validator.core.errors import BrowserError
from validator.core.result import Result
from validator.core.stop_signals import wait_interruptibly
from validator.run.options import RunOptions
from validator.run.progress import SilentProgress
from validator.run.replaceable_browser import ReplaceableBrowser
from validator.run.runner import open_run, run_one
from validator.run.scenario_run import RunState
from validator.scenario.model.scenario import Scenario

T = TypeVar("T")
CLOSE_TIMEOUT_S = 10
"""How long a browser may take to close; after Ctrl-C it may never answer."""


class BackgroundRunner:
    """Starts its browser for the first scenario, and again if it has exited."""

    def __init__(self, options: RunOptions, process: str = "") -> None:
        """``process`` names one of several processes that share the folder of the run."""
        self._options = options
        self._process = process
        self._state: RunState | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._browser = ReplaceableBrowser(
            lambda: open_session(
                options.browser,
                headed=options.headed,
                hosts=options.hosts,
                only_allowed=options.only_allowed,
            )
        )
        self._error: BrowserError | None = None

    def run(
        self, number: int, scenario: Scenario, claim_order: Callable[[Scenario], str]
    ) -> Result:
        """Run a scenario; ``number`` is its index in the run. Raises InputError, BrowserError.

        ``claim_order`` is called before each order; it returns why it must not be placed, or "".
        """
        return self._wait(self._run(number, scenario, claim_order))

    async def _run(
        self, number: int, scenario: Scenario, claim_order: Callable[[Scenario], str]
    ) -> Result:
        if self._error:  # it would not start for the next scenario either
            raise self._error
        try:
            await self._browser.session()
        except BrowserError as error:
            self._error = error
            raise
        if self._state is None:
            self._state = open_run(self._options, SilentProgress(), self._process)
        if self._process and self._options.output:
            self._state.ledger.read_other_processes(self._options.output)
        self._state.claim_order = claim_order
        return await run_one(self._browser, number, scenario, self._state)

    def _wait(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return wait_interruptibly(future, timeout)
        finally:
            future.cancel()  # Ctrl-C in the waiting thread also cancels the work

    def close(self) -> None:
        """Close the browser, also if it does not answer."""
        try:
            self._wait(self._browser.close(), CLOSE_TIMEOUT_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(CLOSE_TIMEOUT_S)
            self._loop.close()
