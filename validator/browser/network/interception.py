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

from validator.browser.network.connectif_hosts import (
    CONNECTIF_DOMAINS,
    DATA_POST_PATH,
    must_stay_local,
)
from validator.browser.network.frame_contexts import FrameContexts
from validator.browser.network.request_guard import Guard, RequestGuards, frame_ids
from validator.core.urls import parse_origin

ANSWERED_HERE = "x-cn-validator"
"""The header of what is answered on this machine."""
HARMLESS_RESPONSE = {"trackerId": "000000000000000000000000"}


@dataclass(frozen=True, slots=True)
class _RequestRules:
    """What holds for the requests of one context: headers by origin, and what is not asked for."""

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()

    def blocks(self, url: str) -> bool:
        return any(matches_pattern(pattern, url) for pattern in self.blocked)


class Interception:
    """What one browser pauses. Nothing, until something is asked for."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._commands: CDPSession | None = None
        self._enabling = asyncio.Lock()
        self._blocks = False
        self._allowed_contexts: set[BrowserContext] = set()
        self._rules: dict[BrowserContext, _RequestRules] = {}
        self._frame_contexts = FrameContexts(browser)
        self._gates = RequestGuards(self._send)

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

    def allow_requests(self, context: BrowserContext) -> None:
        """Send the data POSTs of a context on."""
        self._allowed_contexts.add(context)
        context.on("close", self._forget)

    def _forget(self, context: BrowserContext) -> None:
        self._allowed_contexts.discard(context)
        self._rules.pop(context, None)
        self._frame_contexts.forget(context)

    async def add_headers(
        self, context: BrowserContext, origin: str, headers: Mapping[str, str]
    ) -> None:
        """Send headers with each request that a context makes to an origin."""
        lower = {name.lower(): value for name, value in headers.items()}
        await self._update_rules(context, headers={origin: lower})

    async def block_urls(self, context: BrowserContext, patterns: Sequence[str]) -> None:
        """Let a context ask for no URL that fits one of the patterns: ``*`` is any characters."""
        await self._update_rules(context, blocked=tuple(patterns))

    async def know(self, page: Page) -> None:
        """Learn whose requests are those of a new page, where its context has terms of its own."""
        if page.context in self._rules:
            await self._frame_contexts.know(page)

    async def _update_rules(self, context: BrowserContext, **changes: Any) -> None:
        async with self._enabling:
            if context not in self._rules:
                context.on("close", self._forget)
            self._rules[context] = replace(self._rules.get(context, _RequestRules()), **changes)
            await self._enable()

    async def _enable(self) -> None:
        terms = self._rules.values()
        patterns = [f"{origin}/*" for each in terms for origin in each.headers]
        patterns += [_escape_pattern(pattern) for each in terms for pattern in each.blocked]
        if self._blocks:
            patterns.append(f"*{DATA_POST_PATH}*")
            patterns += [f"*{domain}{end}*" for domain in CONNECTIF_DOMAINS for end in "/:"]
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
            if await self._must_stay_local(event):
                await self._answer(event)
                return
            terms = await self._find_rules(event)
            if terms.blocks(event["request"]["url"]):
                await self._send(
                    "Fetch.failRequest",
                    requestId=event["requestId"],
                    errorReason="BlockedByClient",
                )
            else:
                await self._continue_request(event, terms)

    async def _find_rules(self, event: Mapping[str, Any]) -> _RequestRules:
        """Return what was agreed for the context that asks.

        Where all contexts agree, as they do by a configuration, nobody needs to look for it.
        """
        agreed = [self._rules.get(context, _RequestRules()) for context in self._browser.contexts]
        if agreed and all(terms == agreed[0] for terms in agreed):
            return agreed[0]
        if self._commands and (
            owner := await self._frame_contexts.of(event.get("frameId", ""), self._commands)
        ):
            return self._rules.get(owner, _RequestRules())
        return _RequestRules()

    async def _must_stay_local(self, event: Mapping[str, Any]) -> bool:
        """Tell whether a request stays here. One of a frame that is nowhere found does."""
        request, kind = event["request"], event.get("resourceType", "")
        if not self._blocks or not must_stay_local(request["url"], request["method"], kind):
            return False
        for context in tuple(self._allowed_contexts):
            if event.get("frameId") in await frame_ids(context):
                return False
        return True

    async def _answer(self, event: Mapping[str, Any]) -> None:
        headers = build_response_headers(event["request"]["headers"])
        await self._send(
            "Fetch.fulfillRequest",
            requestId=event["requestId"],
            responseCode=200,
            responseHeaders=_header_entries(headers),
            body=b64encode(json.dumps(HARMLESS_RESPONSE).encode()).decode(),
        )

    async def _continue_request(self, event: Mapping[str, Any], terms: _RequestRules) -> None:
        request, extra = event["request"], terms.headers.get(parse_origin(event["request"]["url"]))
        if not extra:
            await self._send("Fetch.continueRequest", requestId=event["requestId"])
            return
        own = {
            name: value for name, value in request["headers"].items() if name.lower() not in extra
        }
        await self._send(
            "Fetch.continueRequest",
            requestId=event["requestId"],
            headers=_header_entries({**own, **extra}),
        )


def build_response_headers(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with which the page that asked may read the harmless answer."""
    asked = {name.lower(): value for name, value in asked.items()}
    return {
        "content-type": "application/json",
        ANSWERED_HERE: "yes",
        "access-control-allow-origin": asked.get("origin", "*"),
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": asked.get("access-control-request-method", "*"),
        "access-control-allow-headers": asked.get("access-control-request-headers", "*"),
    }


def matches_pattern(pattern: str, url: str) -> bool:
    """Tell whether a URL is one of those a pattern means: ``*`` stands for any characters."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), url, re.DOTALL) is not None


def _escape_pattern(pattern: str) -> str:
    """Return a pattern as the protocol has it, where ``?`` and the backslash mean something."""
    return pattern.replace("\\", "\\\\").replace("?", "\\?")


def _header_entries(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


_INTERCEPTIONS: dict[Browser, Interception] = {}


def get_interception(context: BrowserContext) -> Interception:
    """Return the one interception of the browser a context is in."""
    browser = context.browser
    if browser is None:
        raise ValueError("a context that is a browser of its own has no other to be paused with")
    if browser not in _INTERCEPTIONS:
        _INTERCEPTIONS[browser] = Interception(browser)
        browser.on("disconnected", _remove_interception)
    return _INTERCEPTIONS[browser]


def _remove_interception(browser: Browser) -> None:
    _INTERCEPTIONS.pop(browser, None)
