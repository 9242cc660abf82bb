"""Where a journey may not go, and how much its pages may do: what goes beyond ends it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page

from validator.browser.capture.watcher import MAX_SCRIPT_REQUESTS
from validator.browser.journey import Journey, JourneyError
from validator.browser.network.request_guard import DocumentRequest, Guard, RequestRefusal
from validator.core.capture import Reason
from validator.core.urls import shorten_url
from validator.scenario.model.page_limits import Limits
from validator.scenario.safety.allowed_hosts import AllowedHosts, find_allowed_hosts
from validator.scenario.safety.order_checks import FORCE_OPTION
from validator.scenario.safety.payment_providers import find_live_provider

T = TypeVar("T")


class JourneyLimits:
    """The limits of one journey. What they refuse ends it, with one message."""

    def __init__(self, journey: Journey, limits: Limits, *, force_live: bool) -> None:
        self._journey = journey
        self._limits = limits
        self._counts: Counter[str] = Counter()
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

    def count_for(self, context: BrowserContext) -> None:
        """Count what the pages of a context do, and end the journey when it is too much.

        A page without end takes the time of all others: the driver handles what each of them
        sends, one after the other.
        """

        def count_message(_event: object) -> None:
            self._count("messages", self._limits.messages)

        def count_request(_request: object) -> None:
            self._count("requests", self._limits.requests)

        def watch(page: Page) -> None:
            count_message(page)
            for event in ("framenavigated", "download"):
                page.on(event, count_message)

        for page in context.pages:
            watch(page)
        context.on("page", watch)
        context.on("request", count_request)
        for event in ("console", "weberror", "dialog"):
            context.on(event, count_message)

    def end_for_excess(self) -> None:
        """End the journey: one document has made requests without end."""
        self._end(
            f"its scripts made more than {MAX_SCRIPT_REQUESTS} requests or changes of its address",
            "see what the page does without end",
        )

    def _count(self, what: str, most: int) -> None:
        self._counts[what] += 1
        if self._counts[what] == most + 1:
            self._end(
                f"its pages made more than {most} {what}",
                f"see what the page does without end; if all of it is meant, raise limits: "
                f"{{{what}: …}} in the configuration",
            )

    def _end(self, because: str, hint: str) -> None:
        step = self._journey.now
        place = step.location if step else self._journey.scenario.location
        page = shorten_url(self._journey.page.url)
        if not self._refused.done():
            message = f"the scenario was ended at {page}: {because}"
            self._refused.set_result(self._journey.broke(Reason.REFUSED, message, place, hint))

    def _end_in_time(self) -> None:
        self._end(
            f"it took longer than {self._limits.scenario_time_ms / 1000:g} s",
            "see which step takes long; if it should, raise limits: {scenario_time: …} in the "
            "configuration",
        )

    async def within(self, work: Awaitable[T]) -> T:
        """Return what the work does. Raises JourneyBroke the moment a limit is reached."""
        task = asyncio.ensure_future(work)
        timer = asyncio.get_running_loop().call_later(
            self._limits.scenario_time_ms / 1000, self._end_in_time
        )
        try:
            await asyncio.wait((task, self._refused), return_when=asyncio.FIRST_COMPLETED)
            if self._refused.done():
                raise self._refused.result()
            return await task
        finally:
            timer.cancel()
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
