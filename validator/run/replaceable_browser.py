"""The browser of a run: one that has exited, or does not answer, is replaced by a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from types import TracebackType
from typing import Self, TypeAlias

from validator.browser.chromium.session import Session
from validator.core.errors import BrowserError

OpenBrowser: TypeAlias = Callable[..., AbstractAsyncContextManager[Session]]


class ReplaceableBrowser:
    """Starts a browser when one is needed, and closes it in the end."""

    def __init__(self, start: Callable[[], AbstractAsyncContextManager[Session]]) -> None:
        self._start = start
        self._open = AsyncExitStack()
        self._session: Session | None = None
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.session()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._open.aclose()

    async def session(self) -> Session:
        """Return a browser that answers. Raises BrowserError if none starts."""
        async with self._lock:
            if self._session is None or not await self._session.answers():
                self._session = None
                with suppress(BrowserError):
                    await self._open.aclose()
                self._session = await self._open.enter_async_context(self._start())
            return self._session
