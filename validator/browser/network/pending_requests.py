"""The requests of a page that are under way and can still change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error, Frame, Page, Request

from validator.core.urls import shorten_url

_TYPES = frozenset({"script", "fetch", "xhr", "stylesheet", "font", "document"})
"""Others, such as images and beacons, bring no tag and no script."""
MAX_REPEATS = 3
"""An address that is asked for more often is polled, and is not waited for again."""
MAX_NAMED = 5


@dataclass(slots=True)
class _PendingRequest:
    page: Page
    url: str
    number: int


class PendingRequests:
    """What the pages of a context have requested and not received. ``on_end`` is called for each
    end of a request after which a page has none left."""

    def __init__(self) -> None:
        self.on_end: Callable[[], None] = lambda: None
        self._pending: dict[Request, _PendingRequest] = {}
        self._ended: Counter[Page] = Counter()
        self._asked: dict[Page, Counter[str]] = {}
        self._number = 0
        self._leaving: dict[Page, int] = {}

    def listen(self, context: Any) -> None:
        """Note the requests of a context, which may be one of Playwright's sync API."""
        context.on("page", self.on_page)
        context.on("request", self._on_request)
        context.on("requestfinished", self._on_end)
        context.on("requestfailed", self._on_end)

    def on_page(self, page: Any) -> None:
        """Forget the requests of a document when the page goes on to the next one."""

        def on_navigated(frame: Frame) -> None:
            # A document that only changes its own address asks for none.
            if frame is page.main_frame and (start := self._leaving.pop(page, None)) is not None:
                self._forget(page, start)

        page.on("framenavigated", on_navigated)
        page.on("close", lambda _: self._forget(page, self._number + 1))

    def urls(self, page: Page) -> tuple[str, ...]:
        """Return the addresses that a page waits for, the oldest first, without repeats."""
        found = (each.url for each in self._pending.values() if each.page is page)
        return tuple(dict.fromkeys(map(shorten_url, found)))[:MAX_NAMED]

    def ended(self, page: Page) -> int:
        """Return how many requests of a page have ended."""
        return self._ended[page]

    def _forget(self, page: Page, before: int) -> None:
        for request, each in list(self._pending.items()):
            if each.page is page and each.number < before:
                del self._pending[request]
        self._asked.pop(page, None)

    def _on_request(self, request: Request) -> None:
        frame = None
        with suppress(Error):  # of a window that is only being opened, or a worker
            frame = request.frame
        if frame is None:
            return
        self._number += 1
        page = frame.page
        if request.is_navigation_request() and frame is page.main_frame:
            # A redirect is the same departure.
            if request.redirected_from is None or page not in self._leaving:
                self._leaving[page] = self._number
            return
        if request.resource_type not in _TYPES or not request.url.startswith(("http:", "https:")):
            return
        asked = self._asked.setdefault(page, Counter())
        address = f"{request.method} {request.url.partition('?')[0]}"
        asked[address] += 1
        if asked[address] <= MAX_REPEATS:
            self._pending[request] = _PendingRequest(page, request.url, self._number)

    def _on_end(self, request: Request) -> None:
        ended = self._pending.pop(request, None)
        if ended is None:
            return
        self._ended[ended.page] += 1
        if not any(each.page is ended.page for each in self._pending.values()):
            self.on_end()
