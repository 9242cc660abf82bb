"""Where a journey may not go, and how many orders it may place: refused before it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext

from validator.browser.journey import Journey, JourneyError
from validator.browser.network.request_guard import DocumentRequest, Guard, RequestRefusal
from validator.core.capture import Reason
from validator.core.urls import shorten_url
from validator.scenario.safety.allowed_hosts import AllowedHosts, find_allowed_hosts
from validator.scenario.safety.order_checks import FORCE_OPTION
from validator.scenario.safety.payment_providers import find_live_provider

T = TypeVar("T")


class JourneyLimits:
    """The limits of one journey. What they refuse ends it, with one message."""

    def __init__(self, journey: Journey, *, force_live: bool) -> None:
        self._journey = journey
        self._hosts: AllowedHosts | None = find_allowed_hosts(journey.scenario)
        self._force_live = force_live
        self._refused: asyncio.Future[JourneyError] = asyncio.Future()
        self._stop_watching: Callable[[], None] = lambda: None

    def watch_for_loss(self, context: BrowserContext) -> None:
        """End the journey the moment a page of the context crashes or the browser exits."""

        def lost(_gone: object) -> None:
            if not self._refused.done():
                self._refused.set_result(self._journey.build_loss_error())

        for page in context.pages:
            page.on("crash", lost)
        context.on("page", lambda page: page.on("crash", lost))
        if browser := context.browser:
            browser.on("disconnected", lost)
            self._stop_watching = lambda: browser.remove_listener("disconnected", lost)

    async def within(self, work: Awaitable[T]) -> T:
        """Return what the work does. Raises JourneyBroke the moment a limit is reached."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait((task, self._refused), return_when=asyncio.FIRST_COMPLETED)
            if self._refused.done():
                raise self._refused.result()
            return await task
        finally:
            self._stop_watching()
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def before(self, fault: Guard | None) -> Guard:
        """Return a guard that keeps the limits, and then asks that of a fault."""

        async def guard(asked: DocumentRequest) -> RequestRefusal | None:
            if asked.is_main and (refusal := self._refusal(asked.url)):
                if not self._refused.done():
                    self._refused.set_result(refusal)
                return RequestRefusal()
            return await fault(asked) if fault else None

        return guard

    def _refusal(self, url: str) -> JourneyError | None:
        if not url.startswith(("http://", "https://")):
            return None
        step = self._journey.now
        place = step.location if step else None
        gateway = None if self._force_live else find_live_provider(url)
        host = urlsplit(url).hostname
        if gateway:
            return self._journey.broke(
                Reason.REFUSED,
                f"{shorten_url(url)} was not opened: {host} is where {gateway.name} takes "
                f"real money",
                place,
                f"use its test page: {gateway.test}; to pay for real, give {FORCE_OPTION}",
            )
        if self._hosts is None or self._hosts.allow(url):
            return None
        return self._journey.broke(
            Reason.REFUSED,
            f"{shorten_url(url)} was not opened: {host} is no host that this scenario may go to",
            place,
            f'if it should, allow it at the top of the scenario: allow_hosts: ["{host}"]',
        )
