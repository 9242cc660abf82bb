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
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Error, Page

from validator.browser.network.connectif_hosts import DATA_POST_PATH, DOMAINS, stays_here
from validator.browser.network.frame_contexts import Owners
from validator.browser.network.request_guard import Gates, Guard, frame_ids
from validator.core.urls import origin_of

HARMLESS_ANSWER = {"trackerId": "000000000000000000000000"}


@dataclass(frozen=True, slots=True)
class _Terms:
    """What holds for the requests of one context: headers by origin, and what is not asked for."""

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()

    def blocks(self, url: str) -> bool:
        return any(fits(pattern, url) for pattern in self.blocked)


class Interception:
    """What one browser pauses. Nothing, until something is asked for."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._commands: CDPSession | None = None
        self._enabling = asyncio.Lock()
        self._blocks = False
        self._passing: set[BrowserContext] = set()
        self._terms: dict[BrowserContext, _Terms] = {}
        self._owners = Owners(browser)
        self._gates = Gates(self._send)

    async def guard(self, context: BrowserContext, guard: Guard, *, iframes: bool) -> None:
        """Ask before a document of a context is asked for, which must have a page by now."""
        async with self._enabling:
            await self._gates.add(context, guard, iframes=iframes)
            await self._enable()

    async def block(self) -> None:
        """Answer here what any context sends to Connectif, but those that ``let_pass`` names."""
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
        self._terms.pop(context, None)
        self._owners.forget(context)

    async def add_headers(
        self, context: BrowserContext, origin: str, headers: Mapping[str, str]
    ) -> None:
        """Send headers with each request that a context makes to an origin."""
        lower = {name.lower(): value for name, value in headers.items()}
        await self._agree(context, headers={origin: lower})

    async def keep_from(self, context: BrowserContext, patterns: Sequence[str]) -> None:
        """Let a context ask for no URL that fits one of the patterns: ``*`` is any characters."""
        await self._agree(context, blocked=tuple(patterns))

    async def know(self, page: Page) -> None:
        """Learn whose requests are those of a new page, where its context has terms of its own."""
        if page.context in self._terms:
            await self._owners.know(page)

    async def _agree(self, context: BrowserContext, **changes: Any) -> None:
        async with self._enabling:
            if context not in self._terms:
                context.on("close", self._forget)
            self._terms[context] = replace(self._terms.get(context, _Terms()), **changes)
            await self._enable()

    async def _enable(self) -> None:
        terms = self._terms.values()
        patterns = [f"{origin}/*" for each in terms for origin in each.headers]
        patterns += [_escaped(pattern) for each in terms for pattern in each.blocked]
        if self._blocks:
            patterns.append(f"*{DATA_POST_PATH}*")
            patterns += [f"*{domain}{end}*" for domain in DOMAINS for end in "/:"]
        unlike = [{"urlPattern": each} for each in dict.fromkeys(patterns)]
        await self._send("Fetch.enable", patterns=unlike + self._gates.patterns)

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
                return
            terms = await self._terms_of(event)
            if terms.blocks(event["request"]["url"]):
                await self._send(
                    "Fetch.failRequest",
                    requestId=event["requestId"],
                    errorReason="BlockedByClient",
                )
            else:
                await self._send_on(event, terms)

    async def _terms_of(self, event: Mapping[str, Any]) -> _Terms:
        """Return what was agreed for the context that asks.

        Where all contexts agree, as they do by a configuration, nobody needs to look for it.
        """
        agreed = [self._terms.get(context, _Terms()) for context in self._browser.contexts]
        if agreed and all(terms == agreed[0] for terms in agreed):
            return agreed[0]
        if self._commands and (
            owner := await self._owners.of(event.get("frameId", ""), self._commands)
        ):
            return self._terms.get(owner, _Terms())
        return _Terms()

    async def _is_kept(self, event: Mapping[str, Any]) -> bool:
        """Tell whether a request stays here. One of a frame that is nowhere found does."""
        request, kind = event["request"], event.get("resourceType", "")
        if not self._blocks or not stays_here(request["url"], request["method"], kind):
            return False
        for context in tuple(self._passing):
            if event.get("frameId") in await frame_ids(context):
                return False
        return True

    async def _answer(self, event: Mapping[str, Any]) -> None:
        headers = answer_headers(event["request"]["headers"])
        await self._send(
            "Fetch.fulfillRequest",
            requestId=event["requestId"],
            responseCode=200,
            responseHeaders=_entries(headers),
            body=b64encode(json.dumps(HARMLESS_ANSWER).encode()).decode(),
        )

    async def _send_on(self, event: Mapping[str, Any], terms: _Terms) -> None:
        request, extra = event["request"], terms.headers.get(origin_of(event["request"]["url"]))
        if not extra:
            await self._send("Fetch.continueRequest", requestId=event["requestId"])
            return
        own = {
            name: value for name, value in request["headers"].items() if name.lower() not in extra
        }
        await self._send(
            "Fetch.continueRequest",
            requestId=event["requestId"],
            headers=_entries({**own, **extra}),
        )


def answer_headers(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with which the page that asked may read the harmless answer."""
    asked = {name.lower(): value for name, value in asked.items()}
    return {
        "content-type": "application/json",
        "access-control-allow-origin": asked.get("origin", "*"),
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": asked.get("access-control-request-method", "*"),
        "access-control-allow-headers": asked.get("access-control-request-headers", "*"),
    }


def fits(pattern: str, url: str) -> bool:
    """Tell whether a URL is one of those a pattern means: ``*`` stands for any characters."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), url, re.DOTALL) is not None


def _escaped(pattern: str) -> str:
    """Return a pattern as the protocol has it, where ``?`` and the backslash mean something."""
    return pattern.replace("\\", "\\\\").replace("?", "\\?")


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
