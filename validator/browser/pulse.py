"""Whether a page still answers while somebody waits for it: its silence is not the shop's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from playwright.async_api import Error, Page

from validator.browser.chromium.playwright_errors import is_page_closed
from validator.browser.chromium.processes import browser_answers

T = TypeVar("T")
PULSE_INTERVAL_S = 1.0
TOLERANCE_S = 0.5
"""Seconds that an answer may take before it counts as silence."""


class PageLost(Exception):  # noqa: N818 - a state of the machine, reported as a Breakdown
    """The page crashed, its browser exited, or neither answers any more."""


class _Pulse:
    """Asks a page again and again whether it answers. ``silence`` is in seconds."""

    def __init__(self, page: Page, patience_s: float) -> None:
        self.silence = 0.0
        self._page = page
        self._patience_s = patience_s
        self._over = asyncio.Event()

    async def ask(self) -> None:
        """Raises PageLost."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._patience_s):
                await self._page.evaluate("0")
        except TimeoutError as error:
            if not await self._browser_answers():
                raise PageLost from error
            # Scripts of the page never end, which is no fault of the machine.
            self._over.set()
            return
        except Error as error:
            # A window that closed by itself, or a page that moves on, is no loss.
            if is_page_closed(error) and not self._page.is_closed():
                raise PageLost from error
        self.silence += max(loop.time() - began - TOLERANCE_S, 0.0)

    async def _browser_answers(self) -> bool:
        browser = self._page.context.browser
        return browser is None or await browser_answers(browser, self._patience_s)

    async def keep_asking(self) -> None:
        while not self._over.is_set():
            await self.ask()
            with suppress(TimeoutError):
                async with asyncio.timeout(PULSE_INTERVAL_S):
                    await self._over.wait()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def end(self) -> None:
        self._over.set()


async def wait_while_alive(
    page: Page, wait: Callable[[float], Awaitable[T | None]], within_ms: float, patience_s: float
) -> T | None:
    """Return what ``wait`` returns for a time in milliseconds; None once the time is over.

    The time in which the page does not answer, such as that of a browser that was stopped, is
    waited for again, up to ``patience_s`` seconds; scripts that never end are the page's own fault.
    Raises PageLost where the page crashed, or the browser does not answer either.
    """
    pulse = _Pulse(page, patience_s)
    asking = asyncio.ensure_future(pulse.keep_asking())
    try:
        while within_ms > 0:
            waiting = asyncio.ensure_future(wait(within_ms))
            await asyncio.wait((waiting, asking), return_when=asyncio.FIRST_COMPLETED)
            if asking.done() and asking.exception():
                waiting.cancel()
                await asking  # raises PageLost
            if (found := await waiting) is not None:
                return found
            if not pulse.is_over:
                await pulse.ask()
            within_ms, pulse.silence = pulse.silence * 1000, 0.0
        return None
    finally:
        pulse.end()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
