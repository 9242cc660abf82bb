"""A gate before every document a context asks for: shut for hosts that are not allowed, and
where a fault is tried on purpose.

It is part of the one interception of the browser: unlike Playwright's routes it leaves the HTTP
cache as it is, sees each redirect as a request of its own, and a new window's first request too.
https://chromedevtools.github.io/devtools-protocol/tot/Fetch/
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from playwright.async_api import BrowserContext, Error


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """A document that is about to be asked for. ``is_main`` tells that it fills a window."""

    url: str
    method: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class RequestRefusal:
    """The document is not asked for: the browser is told that this went wrong.

    ``reason`` is an error of the network as Chromium's protocol names it, such as
    ``BlockedByClient`` or ``ConnectionReset``. With a ``status``, a server answers that.
    """

    reason: str = "BlockedByClient"
    status: int | None = None


Guard: TypeAlias = Callable[[DocumentRequest], Awaitable[RequestRefusal | None]]
"""Says of a document whether it may be asked for, when it likes: until then it waits."""
SendCommand: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]


class RequestGuards:
    """The guards of the contexts of one browser. Without any, nothing is paused."""

    def __init__(self, send: SendCommand) -> None:
        self._send = send
        self._guards: dict[str, tuple[BrowserContext, Guard]] = {}
        self._with_iframes: set[str] = set()
        self._windows: dict[str, str] = {}

    @property
    def patterns(self) -> list[dict[str, str]]:
        return [{"urlPattern": "*", "resourceType": "Document"}] if self._guards else []

    async def add(self, context: BrowserContext, guard: Guard, *, iframes: bool) -> None:
        """Guard a context that has a page, by which the browser is told which one is meant.

        ``iframes`` asks the guard of their documents too, which takes longer.
        """
        commands = await context.new_cdp_session(context.pages[0])
        target = await commands.send("Target.getTargetInfo")
        await commands.detach()
        identity: str = target["targetInfo"]["browserContextId"]
        self._guards[identity] = (context, guard)
        if iframes:
            self._with_iframes.add(identity)
        context.on("close", lambda _context: self._forget(identity))

    def _forget(self, identity: str) -> None:
        self._guards.pop(identity, None)
        self._with_iframes.discard(identity)
        self._windows = {f: known for f, known in self._windows.items() if known != identity}

    async def keep(self, event: Mapping[str, Any]) -> bool:
        """Tell whether a paused request stays here, and then answer it."""
        if event.get("resourceType") != "Document" or not self._guards:
            return False
        guard, is_main = await self._find_guard(event.get("frameId", ""))
        if guard is None:
            return False
        request = event["request"]
        shut = await guard(DocumentRequest(request["url"], request["method"], is_main))
        if shut is None:
            return False
        await self._refuse(event["requestId"], shut)
        return True

    async def _find_guard(self, frame: str) -> tuple[Guard | None, bool]:
        """Return the guard of a frame's context, and whether the frame is a whole window.

        The main frame of a window has the id of the window's target, which never leaves its
        context: the browser is asked once for each window.
        """
        if frame in self._windows:
            return self._guards[self._windows[frame]][1], True
        try:
            info = (await self._send("Target.getTargetInfo", targetId=frame))["targetInfo"]
        except Error:
            return await self._find_iframe_guard(frame), False
        identity, is_window = info.get("browserContextId", ""), info["type"] == "page"
        _, guard = self._guards.get(identity, (None, None))
        if is_window and guard is not None:
            self._windows[frame] = identity
        return guard, is_window

    async def _find_iframe_guard(self, frame: str) -> Guard | None:
        """Find the context of a frame that has no process of its own yet."""
        for identity in tuple(self._with_iframes):
            # A context may close while another is asked.
            context, guard = self._guards.get(identity, (None, None))
            if context is not None and frame in await frame_ids(context):
                return guard
        return None

    async def _refuse(self, request: str, shut: RequestRefusal) -> None:
        if shut.status is None:
            await self._send("Fetch.failRequest", requestId=request, errorReason=shut.reason)
            return
        await self._send(
            "Fetch.fulfillRequest",
            requestId=request,
            responseCode=shut.status,
            responseHeaders=[{"name": "content-type", "value": "text/html"}],
            body=b64encode(f"<h1>{shut.status}</h1>".encode()).decode(),
        )


async def frame_ids(context: BrowserContext) -> set[str]:
    """Return the ids, as the browser's protocol has them, of the frames of a context."""
    found: set[str] = set()
    for page in context.pages:
        for frame in page.frames:
            with suppress(Error):  # a frame in its parent's process is in the parent's tree
                commands = await context.new_cdp_session(frame)
                tree = await commands.send("Page.getFrameTree")
                found.update(collect_frame_ids(tree["frameTree"]))
                await commands.detach()
    return found


def collect_frame_ids(tree: Mapping[str, Any]) -> set[str]:
    """Return the ids of a frame and those inside of it, as ``Page.getFrameTree`` gives them."""
    return {tree["frame"]["id"]}.union(
        *(collect_frame_ids(child) for child in tree.get("childFrames", ()))
    )
