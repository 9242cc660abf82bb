"""What the page sends to Connectif: recorded, and by default answered here.

Test orders must never reach an account: each would be a purchase in its statistics. An aborted
request would make the client script throw, so the data POST is answered with harmless JSON.
Paths and hosts were read in the client script 1.3.0.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Literal

from playwright.async_api import BrowserContext, Request

from validator.browser.interception import DATA_POST_PATH, interception_of
from validator.capture import SentEvent

Policy = Literal["block", "observe", "allow"]
"""block: answered here and recorded · observe: sent on and recorded · allow: not looked at."""


class Traffic:
    """The events a context sent to Connectif, in order. ``on_post`` is called after each POST."""

    def __init__(self) -> None:
        self.events: list[SentEvent] = []
        self.posts: Counter[str] = Counter()
        """Page address → how often it posted: pages on the way to the confirmation post too."""
        self.is_watched = True
        self.on_post: Callable[[], None] = lambda: None

    async def attach(self, context: BrowserContext, policy: Policy) -> None:
        interception = interception_of(context)
        self.is_watched = policy != "allow"
        if policy == "block":
            await interception.block()
            context.on("request", self._observe)
        else:
            interception.let_pass(context)
            # What goes out counts once it is answered: the page must not be closed before.
            context.on("requestfinished", self._observe)
            context.on("requestfailed", self._observe)

    def _observe(self, request: Request) -> None:
        # A page that is opened at that path is no event, and has no frame yet.
        if DATA_POST_PATH in request.url and not request.is_navigation_request():
            self._record(request)

    def _record(self, request: Request) -> None:
        self.posts[request.frame.url] += 1
        if not self.is_watched:
            self.on_post()
            return
        try:
            sent = json.loads(request.post_data_buffer or b"")
        except ValueError:
            # Not the client script's JSON: some other request to that path, with no event in it.
            sent = None
        for event in sent.get("events", []) if isinstance(sent, dict) else []:
            if isinstance(event, dict) and isinstance(event.get("type"), str):
                self.events.append(SentEvent(event["type"], event, request.frame.url))
        self.on_post()
