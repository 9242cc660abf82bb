"""Keeps test orders of a page that somebody else drives from Connectif, below all routes.

Playwright's routes belong to the test as well: one that continues every request, or a call of
``unroute_all``, would let a purchase through. So requests are paused by the browser's protocol,
after all routes. Only Chromium has it; elsewhere a route does it, and ``Traffic`` notes what it
did not answer.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import Error

from validator.browser.network.connectif_hosts import (
    CONNECTIF_DOMAINS,
    DATA_POST_PATH,
    is_connectif_url,
    must_stay_local,
)
from validator.browser.network.interception import HARMLESS_RESPONSE, build_response_headers
from validator.browser.network.playwright_calls import (
    AnyPage,
    AsyncPage,
    PlaywrightCalls,
    run_async,
    run_sync,
)

_PATTERNS = (
    f"*{DATA_POST_PATH}*",
    *(f"*{domain}{end}*" for domain in CONNECTIF_DOMAINS for end in "/:"),
)


@dataclass(slots=True)
class _BrowserBlock:
    """``commands`` is a protocol session of the browser; ``contexts`` are the watched ones."""

    commands: Any
    contexts: set[str] = field(default_factory=set)


_BLOCKS: WeakKeyDictionary[Any, _BrowserBlock] = WeakKeyDictionary()


def block_in_context(page: AnyPage) -> PlaywrightCalls[None]:
    """Answer on this machine what the pages of a context send to Connectif."""
    context: Any = page.context
    browser = context.browser
    if browser is None or browser.browser_type.name != "chromium":
        yield from _block_by_route(context)
        return
    own = yield context.new_cdp_session(page)
    target = yield own.send("Target.getTargetInfo")
    yield own.detach()
    identity = target["targetInfo"].get("browserContextId", "")
    if browser not in _BLOCKS:
        commands = yield browser.new_browser_cdp_session()
        block = _BLOCKS[browser] = _BrowserBlock(commands)
        run = run_async if isinstance(page, AsyncPage) else run_sync
        commands.on("Fetch.requestPaused", lambda event: run(_settle(block, event)))
        patterns = [{"urlPattern": each} for each in _PATTERNS]
        yield commands.send("Fetch.enable", {"patterns": patterns})
    block = _BLOCKS[browser]
    block.contexts.add(identity)
    context.on("close", lambda _context: block.contexts.discard(identity))


def _settle(block: _BrowserBlock, event: Mapping[str, Any]) -> PlaywrightCalls[None]:
    """Answer a paused request, or send it on."""
    request, paused = event["request"], {"requestId": event["requestId"]}
    try:
        stays = must_stay_local(request["url"], request["method"], event.get("resourceType", ""))
        if stays and (yield from _is_watched(block, event.get("frameId", ""))):
            headers = build_response_headers(request["headers"])
            yield block.commands.send(
                "Fetch.fulfillRequest",
                paused
                | {
                    "responseCode": 200,
                    "responseHeaders": [{"name": n, "value": v} for n, v in headers.items()],
                    "body": b64encode(json.dumps(HARMLESS_RESPONSE).encode()).decode(),
                },
            )
        else:
            yield block.commands.send("Fetch.continueRequest", paused)
    except Error:
        return  # the page went away, and its request with it


def _is_watched(block: _BrowserBlock, frame: str) -> PlaywrightCalls[bool]:
    """Tell whether a frame is of a watched context; one that is not found may be."""
    try:
        answer = yield block.commands.send("Target.getTargetInfo", {"targetId": frame})
    except Error:  # a frame in its parent's process is not a target
        return bool(block.contexts)
    return answer["targetInfo"].get("browserContextId", "") in block.contexts


def _block_by_route(context: Any) -> PlaywrightCalls[None]:
    # Playwright keeps the first API's wrapper with a function: each context has one of its own.
    def answer(route: Any) -> Any:
        request = route.request
        if not must_stay_local(request.url, request.method, request.resource_type):
            return route.fallback()
        return route.fulfill(
            json=HARMLESS_RESPONSE, headers=build_response_headers(request.headers)
        )

    yield context.route(lambda url: DATA_POST_PATH in url or is_connectif_url(url), answer)
