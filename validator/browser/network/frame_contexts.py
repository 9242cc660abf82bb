"""Which context a frame of the browser's protocol belongs to.

Playwright does not say. While a page's own document is paused its tree of frames cannot be asked
for; but a page's main frame is called like its target, and the browser tells the targets of a
context.
https://chromedevtools.github.io/devtools-protocol/tot/Target/
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Error, Page

from validator.browser.network.request_guard import collect_frame_ids


class FrameContexts:
    """The contexts of one browser, by the ids of their frames."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self._frames: dict[str, BrowserContext] = {}

    async def know(self, page: Page) -> None:
        """Learn of the context of a page that has not gone anywhere yet."""
        commands = await page.context.new_cdp_session(page)
        target = (await commands.send("Target.getTargetInfo"))["targetInfo"]
        self._contexts[target.get("browserContextId", "")] = page.context
        await commands.detach()

    def forget(self, context: BrowserContext) -> None:
        for known in (self._contexts, self._frames):
            for name in [name for name, owner in known.items() if owner is context]:
                del known[name]

    async def of(self, frame: str, commands: CDPSession) -> BrowserContext | None:
        """Return the context of a frame, among those that are known.

        ``commands`` is a session of the browser itself.
        """
        if frame not in self._frames:
            targets = (await commands.send("Target.getTargets"))["targetInfos"]
            context = {each["targetId"]: each.get("browserContextId") for each in targets}
            if frame not in context:
                await self._look_inside(frame)
            elif owner := self._contexts.get(context[frame]):
                self._frames[frame] = owner
        return self._frames.get(frame)

    async def _look_inside(self, frame: str) -> None:
        """Look for a frame that is in its parent's process, in all pages at once."""
        pages = [page for context in self._contexts.values() for page in context.pages]
        asked = [asyncio.create_task(_page_frame_ids(page)) for page in pages]
        for page, task in zip(pages, asked, strict=True):
            task.add_done_callback(self._noting(page.context))
        while asked and frame not in self._frames:
            _, rest = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            asked = list(rest)
        for task in asked:
            task.cancel()

    def _noting(self, context: BrowserContext) -> Any:
        def note(task: asyncio.Task[set[str]]) -> None:
            if not task.cancelled():
                self._frames.update(dict.fromkeys(task.result(), context))

        return note


async def _page_frame_ids(page: Page) -> set[str]:
    with suppress(Error):  # the page went away
        commands = await page.context.new_cdp_session(page)
        tree = await commands.send("Page.getFrameTree")
        await commands.detach()
        return set(collect_frame_ids(tree["frameTree"]))
    return set()
