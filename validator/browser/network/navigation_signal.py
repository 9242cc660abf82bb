"""The windows of a context: wakes who waits whenever one of them, or a frame in it, has moved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from playwright.async_api import BrowserContext, Frame, Page

T = TypeVar("T")


class NavigationSignal:
    """Every page of a context from its beginning. Nothing polls: the browser says what moves."""

    def __init__(self) -> None:
        self.moves: Counter[Page] = Counter()
        """How often the main frame of a page has gone to another address."""
        self._moved = asyncio.Event()

    def attach(self, context: BrowserContext) -> None:
        context.on("page", self._watch)

    def wake(self) -> None:
        """Have those who wait look again."""
        self._moved.set()

    async def until(self, look: Callable[[], T | None], within_ms: float) -> T | None:
        """Return what ``look`` finds, looking again at every move; None once the time is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within_ms / 1000
        while True:
            self._moved.clear()
            if (found := look()) is not None:
                return found
            try:
                async with asyncio.timeout_at(end):
                    await self._moved.wait()
            except TimeoutError:
                return look()

    def _watch(self, page: Page) -> None:
        def on_navigated(frame: Frame) -> None:
            if frame is page.main_frame:
                self.moves[page] += 1
            self.wake()

        page.on("framenavigated", on_navigated)
        page.on("frameattached", lambda _frame: self.wake())
        page.on("framedetached", lambda _frame: self.wake())
        page.on("close", lambda _page: self.wake())
        self.wake()
