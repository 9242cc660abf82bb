"""Requests the browser pauses for us: answered here, or sent on with the shop's headers.

``Fetch.enable`` on the browser itself pauses what matches in every window and frame from the
first request on, while a session of a page comes too late for what a new window sends at once.
Playwright's routes pause every request, switch the HTTP cache off, and carry changed headers
along redirects to other origins; here each hop is a request of its own.
https://chromedevtools.github.io/devtools-protocol/tot/Fetch/
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Error

from validator.browser.gate import Gates, Guard, frame_ids
from validator.urls import origin_of

DATA_POST_PATH = "/integration-type/system/scrippet-notification/"
HARMLESS_ANSWER = {"trackerId": "000000000000000000000000"}


class Interception:
    """What one browser pauses. Nothing, until something is asked for."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._commands: CDPSession | None = None
        self._enabling = asyncio.Lock()
        self._blocks = False
        self._passing: set[BrowserContext] = set()
        self._headers: dict[str, dict[str, str]] = {}
        self._gates = Gates(self._send)

    async def guard(self, context: BrowserContext, guard: Guard, *, iframes: bool) -> None:
        """Ask before a document of a context is asked for, which must have a page by now."""
        async with self._enabling:
            await self._gates.add(context, guard, iframes=iframes)
            await self._enable()

    async def block(self) -> None:
        """Answer the data POSTs of every context here, but of those that ``let_pass`` names."""
        async with self._enabling:
            if not self._blocks:
                self._blocks = True
                await self._enable()

    def let_pass(self, context: BrowserContext) -> None:
        """Send the data POSTs of a context on."""
        self._passing.add(context)
        context.on("close", self._forget)

    def _forget(self, context: BrowserContext) -> None:
        self._passing.discard(context)

    async def add_headers(self, origin: str, headers: Mapping[str, str]) -> None:
        """Send headers with each request to an origin, whichever context makes it.

        All contexts of a run have the same headers.
        """
        async with self._enabling:
            self._headers[origin] = {name.lower(): value for name, value in headers.items()}
            await self._enable()

    async def _enable(self) -> None:
        patterns = [f"{origin}/*" for origin in self._headers]
        if self._blocks:
            patterns.append(f"*{DATA_POST_PATH}*")
        wanted = [{"urlPattern": each} for each in patterns]
        await self._send("Fetch.enable", patterns=wanted + self._gates.patterns)

    async def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        if self._commands is None:
            self._commands = await self._browser.new_browser_cdp_session()
            self._commands.on("Fetch.requestPaused", self._on_paused)
        answer: dict[str, Any] = await self._commands.send(method, parameters)
        return answer

    async def _on_paused(self, event: dict[str, Any]) -> None:
        with suppress(Error):  # the page went away, and its request with it
            if await self._gates.keep(event):
                return
            if await self._is_kept(event):
                await self._answer(event)
            else:
                await self._send_on(event)

    async def _is_kept(self, event: Mapping[str, Any]) -> bool:
        """Tell whether a request stays here. One of a frame that is nowhere found does."""
        if not self._blocks or DATA_POST_PATH not in event["request"]["url"]:
            return False
        for context in tuple(self._passing):
            if event.get("frameId") in await frame_ids(context):
                return False
        return True

    async def _answer(self, event: Mapping[str, Any]) -> None:
        asked = {name.lower(): value for name, value in event["request"]["headers"].items()}
        headers = {
            "content-type": "application/json",
            "access-control-allow-origin": asked.get("origin", "*"),
            "access-control-allow-credentials": "true",
            "access-control-allow-headers": asked.get("access-control-request-headers", "*"),
        }
        await self._send(
            "Fetch.fulfillRequest",
            requestId=event["requestId"],
            responseCode=200,
            responseHeaders=_entries(headers),
            body=b64encode(json.dumps(HARMLESS_ANSWER).encode()).decode(),
        )

    async def _send_on(self, event: Mapping[str, Any]) -> None:
        request, extra = event["request"], self._headers.get(origin_of(event["request"]["url"]))
        if not extra:
            await self._send("Fetch.continueRequest", requestId=event["requestId"])
            return
        own = {
            name: value for name, value in request["headers"].items() if name.lower() not in extra
        }
        await self._send(
            "Fetch.continueRequest", requestId=event["requestId"], headers=_entries(own | extra)
        )


def _entries(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


_OF_BROWSER: dict[Browser, Interception] = {}


def interception_of(context: BrowserContext) -> Interception:
    """Return the one interception of the browser a context is in."""
    browser = context.browser
    if browser is None:
        raise ValueError("a context that is a browser of its own has no other to be paused with")
    if browser not in _OF_BROWSER:
        _OF_BROWSER[browser] = Interception(browser)
        browser.on("disconnected", _forget)
    return _OF_BROWSER[browser]


def _forget(browser: Browser) -> None:
    _OF_BROWSER.pop(browser, None)
