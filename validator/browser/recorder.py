"""Opens a browser for a person and notes what is done in it, by Playwright's own recorder.

``playwright codegen`` is the same recorder, but cannot be told to keep test orders from Connectif;
so it is asked here, in a context of ours. It has no public name in Python; what is used of it is
in ``_start``.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Error, Frame, Page

from validator.browser.capture.caller_page import capture_open_page, watch_context
from validator.browser.capture.watcher import TagWait
from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.playwright_errors import describe_navigation_error
from validator.browser.chromium.session import Session, open_session
from validator.browser.network.interception import get_interception
from validator.browser.network.playwright_calls import run_async
from validator.browser.network.traffic import TrafficPolicy
from validator.core.capture import Capture
from validator.core.errors import BrowserError
from validator.core.installation import package_command
from validator.core.stop_signals import on_stop_signal_in_loop

_OPEN_TIMEOUT_MS = 30_000.0
_TAG_TIMEOUT_MS = 3_000.0

_REPORT_PRESSES_JS = """key => {
  if (window !== window.top) return;
  addEventListener("pointerdown", () => window[key](location.href), true);
}"""


@dataclass(slots=True)
class Recording:
    """What was noted: each action as the recorder tells it, and the page it was done on."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    ended_at: str = ""
    capture: Capture | None = None
    """The last page with its tags; None if it was closed before they could be looked at."""


def record(  # noqa: PLR0913 - each is a matter of its own
    url: str,
    browser: str | None,
    *,
    keep_orders_here: bool,
    insecure: bool,
    awaited: TagWait,
    on_line: Callable[[str], None],
    on_tag: Callable[[Capture], None],
) -> Recording:
    """Open a URL in a window and note what is done there, until it is closed or a signal to stop.

    ``keep_orders_here`` answers what pages send to Connectif on this machine; ``insecure`` accepts
    certificates that are not trusted. ``on_line`` is called for each new action, ``on_tag`` for
    each page that was looked at for the tags of ``awaited``. Raises BrowserError where
    there is no browser that has windows, or the page cannot be opened.
    """
    _require_display(browser)
    return asyncio.run(
        _record(
            url,
            browser,
            _ActionLog(on_line, awaited, on_tag),
            keep_orders_here=keep_orders_here,
            insecure=insecure,
        )
    )


def _require_display(browser: str | None) -> None:
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        raise BrowserError(
            "there is no display to show a window on",
            "record on a desktop, or on a virtual display: xvfb-run cn-validator record …; or "
            "export a recording of Chrome DevTools as JSON and use `cn-validator import`",
        )
    try:
        find_browser(browser, os.environ, headed=True)
    except BrowserError as error:
        hint = "install a full Chromium, Chrome or Edge, or name one with --browser"
        raise BrowserError(str(error), hint) from None


async def _record(
    url: str,
    browser: str | None,
    notes: _ActionLog,
    *,
    keep_orders_here: bool,
    insecure: bool,
) -> Recording:
    async with open_session(browser, headed=True) as session:
        context = await _new_context(session, insecure=insecure)
        if keep_orders_here:
            await get_interception(context).block()
        await notes.attach(context)
        await _start_recorder(context, notes)
        page = await context.new_page()
        policy: TrafficPolicy = "observe" if keep_orders_here else "allow"
        await run_async(watch_context(page, policy, tuple(notes.awaited.names)))
        notes.follow(page)
        try:
            await page.goto(url, wait_until="commit", timeout=_OPEN_TIMEOUT_MS)
        except Error as error:
            _, message, hint = describe_navigation_error(error, _OPEN_TIMEOUT_MS)
            raise BrowserError(f"{url}: {message}", hint) from error
        await notes.until_closed(context)
    return notes.recorded


async def _new_context(session: Session, *, insecure: bool) -> BrowserContext:
    # As wide as the window: a person resizes it.
    return await session.browser.new_context(
        no_viewport=True, service_workers="block", ignore_https_errors=insecure
    )


async def _start_recorder(context: BrowserContext, notes: _ActionLog) -> None:
    start = getattr(context._impl_obj, "_start_recording", None)  # noqa: SLF001 - see above
    if start is None:
        raise BrowserError(
            "this version of Playwright has no recorder that Python can ask",
            f"{package_command('playwright', again=True)}; or record with Chrome DevTools' "
            "Recorder, export it as JSON and use `cn-validator import`",
        )
    await start({"language": "jsonl"}, notes)


class _ActionLog:
    """Hears of actions from Playwright, and of presses from the pages.

    A click is told late, when its page may be gone already: where it was done, the press says.
    What pages say is not trusted: it only places an action on a page of the context.
    """

    def __init__(
        self,
        on_line: Callable[[str], None],
        awaited: TagWait,
        on_tag: Callable[[Capture], None],
    ) -> None:
        self.recorded = Recording()
        self.awaited = awaited
        self._on_tag = on_tag
        self._look: asyncio.Task[None] | None = None
        self._on_line = on_line
        self._presses: dict[object, deque[str]] = {}
        self._closed = asyncio.Event()

    async def attach(self, context: BrowserContext) -> None:
        key = f"_{secrets.token_hex(8)}"

        def on_press(source: Mapping[str, Any], url: object) -> None:
            told = source["page"]._impl_obj  # noqa: SLF001 - see above
            self._presses.setdefault(told, deque(maxlen=20)).append(str(url))

        await context.expose_binding(key, on_press)
        await context.add_init_script(f"({_REPORT_PRESSES_JS})({json.dumps(key)})")

    def follow(self, page: Page) -> None:
        """Keep the address of the first window: the others close, and it ends at the order."""

        def on_navigated(frame: Frame) -> None:
            if frame == page.main_frame and page.url != "about:blank":
                self.recorded.ended_at = page.url
                self.recorded.capture = None
                if self._look:
                    self._look.cancel()
                self._look = asyncio.create_task(self._look_at(page))

        page.on("framenavigated", on_navigated)

    async def _look_at(self, page: Page) -> None:
        """Keep what tags a page has: after the window is closed, nobody can tell."""
        outcome = await run_async(capture_open_page(page, self.awaited, _TAG_TIMEOUT_MS))
        if isinstance(outcome, Capture):  # not a page that was left or closed meanwhile
            self.recorded.capture = outcome
            self._on_tag(outcome)

    async def until_closed(self, context: BrowserContext) -> None:
        """Wait for the last window to be closed, or for Ctrl-C; then for what is held back."""

        def on_close(_page: Page) -> None:
            if not context.pages:
                self._closed.set()

        for page in context.pages:
            page.on("close", on_close)
        context.on("page", lambda page: page.on("close", on_close))
        context.on("close", lambda _context: self._closed.set())
        with on_stop_signal_in_loop(self._closed.set):
            await self._closed.wait()
        if self._look:
            self._look.cancel()
            with suppress(asyncio.CancelledError):
                await self._look

    def action_added(self, page: Any, data: Mapping[str, Any], code: str) -> None:
        """Playwright: something was done. The page is its own kind, not the public one."""
        self.recorded.lines.append((code, self._place(page, str(data.get("name")))))
        self._on_line(code)

    def action_updated(self, _page: Any, _data: Mapping[str, Any], code: str) -> None:
        """Playwright: it went on, as typing does."""
        _, url = self.recorded.lines.pop()
        self.recorded.lines.append((code, url))

    def _place(self, told: Any, name: str) -> str:
        presses = self._presses.get(told, deque())
        if name == "click" and presses:
            return presses.popleft()
        presses.clear()
        return str(told.url)
