"""What the page sends to Connectif: recorded, and by default answered here.

Test orders must never reach an account: each would be a purchase in its statistics. An aborted
request would make the client script throw, so the data POST is answered with harmless JSON.
Paths and hosts were read in the client script 1.3.0.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Error, Frame, Page, Request, Response

from validator.browser.network.connectif_hosts import (
    DATA_POST_PATH,
    is_connectif_url,
    must_stay_local,
)
from validator.browser.network.interception import ANSWERED_HERE, get_interception
from validator.browser.page_values import is_shallow, page_text
from validator.core.capture import (
    BLOCKED_BY_POLICY,
    ConnectifRequest,
    RequestOutcome,
    SentEvent,
)
from validator.core.unicode import well_formed_json

TrafficPolicy = Literal["block", "observe", "allow"]
"""block: answered here and recorded · observe: sent on and recorded · allow: not read."""

MAX_REQUESTS = 2_000
MAX_EVENTS = 2_000
"""A journey sends some dozens; a page that sends without end must not fill our memory."""
MAX_REPORTED_REQUESTS = 100
MAX_URL = 500
ABORTED = "net::ERR_ABORTED"
_SCRIPT_PATH = "/client-script/"


@dataclass(slots=True)
class _Exchange:
    """A request to Connectif, and what became of it."""

    kind: str
    method: str
    url: str
    page: Page | None
    page_url: str
    document: int
    stays_here: bool
    """Whether it is answered on this machine, where nothing is let through."""
    in_main_frame: bool
    started: float = field(default_factory=time.perf_counter)
    is_over: bool = False
    status: int | None = None
    ms: float | None = None
    failure: str = ""
    events: tuple[Mapping[str, Any], ...] = ()

    @property
    def elapsed_ms(self) -> float:
        return (time.perf_counter() - self.started) * 1000


class Traffic:
    """What a context sent to Connectif, in order. ``on_post`` is called for each data POST."""

    def __init__(self) -> None:
        self.is_watched = True
        self.on_post: Callable[[], None] = lambda: None
        self.let_through = False
        """Whether something answered that was to be answered on this machine."""
        self._open_documents: set[Page] = set()
        self._is_blocked = True
        self._exchanges: dict[Request, _Exchange] = {}
        self._event_count = 0
        self._documents: Counter[Page] = Counter()
        self._leaving: dict[Page, tuple[_Exchange, ...]] = {}
        """Page that asks for another document → its requests that had no answer then."""

    async def attach(self, context: BrowserContext, policy: TrafficPolicy) -> None:
        interception = get_interception(context)
        if policy == "block":
            await interception.block()
        else:
            interception.allow_requests(context)
        self.listen(context, policy)

    def listen(self, context: Any, policy: TrafficPolicy) -> None:
        """Note what a context sends. It may be one of Playwright's sync API: both tell alike."""
        self.is_watched = policy != "allow"
        self._is_blocked = policy == "block"
        context.on("page", self.on_page)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfinished", self._on_finished)
        context.on("requestfailed", self._on_failed)

    def posts(self, page: Page) -> int:
        """Return how often the document in a page has posted data, and what came of it is known.

        Until then it may still fail, and the page must not be closed.
        """
        return sum(
            each.is_over for each in self._exchanges_of_kind("data") if self._is_here(each, page)
        )

    def purchases(self, page: Page) -> int:
        """Return how many purchases the document in a page has sent, counted likewise."""
        return sum(
            event["type"] == "purchase"
            for each in self._exchanges_of_kind("data")
            if each.is_over and self._is_here(each, page)
            for event in each.events
        )

    def blocked_by_policy(self, page: Page) -> tuple[str, ...]:
        """Return the addresses that the Content-Security-Policy of a page's document forbids.

        Those of its iframes are left out: they have policies of their own.
        """
        return tuple(
            each.url
            for each in self._exchanges.values()
            if each.failure == BLOCKED_BY_POLICY
            and each.in_main_frame
            and self._is_here(each, page)
        )

    def events(self, page: Page) -> tuple[SentEvent, ...]:
        """Return what was sent, by the document in a page and by those before it.

        What goes out and has no answer yet is ``RequestOutcome.SENT``.
        """
        return tuple(
            SentEvent(
                type=event["type"],
                payload=event,
                url=each.page_url,
                here=self._is_here(each, page),
                outcome=self._outcome(each),
                status=each.status,
                failure=each.failure,
            )
            for each in self._exchanges_of_kind("data")
            for event in each.events
        )

    def requests(self, page: Page) -> tuple[ConnectifRequest, ...]:
        """Return the requests to Connectif, the last hundred; headers and bodies are left out."""
        shown = list(self._exchanges.values())[-MAX_REPORTED_REQUESTS:]
        return tuple(
            ConnectifRequest(
                kind=each.kind,
                method=each.method,
                url=each.url,
                outcome=self._outcome(each),
                status=each.status,
                ms=each.ms,
                failure=each.failure,
                page=each.page_url,
                here=self._is_here(each, page),
            )
            for each in shown
        )

    def _exchanges_of_kind(self, kind: str) -> Iterator[_Exchange]:
        return (each for each in self._exchanges.values() if each.kind == kind)

    def _is_here(self, exchange: _Exchange, page: Page) -> bool:
        if exchange.page is None:
            return True
        return exchange.page is page and exchange.document == self._documents[page]

    def _outcome(self, exchange: _Exchange) -> RequestOutcome:
        if exchange.failure:
            return RequestOutcome.FAILED
        if self._is_blocked and exchange.stays_here:
            return RequestOutcome.BLOCKED
        return RequestOutcome.ANSWERED if exchange.is_over else RequestOutcome.SENT

    def on_page(self, page: Any) -> None:
        """Note when a page goes on to another document."""

        def on_navigated(frame: Frame) -> None:
            # A document that only changes its own address asks for none.
            if frame is page.main_frame and page in self._leaving:
                self._cut_off(self._leaving.pop(page))
                self._documents[page] += 1

        page.on("framenavigated", on_navigated)

    def note_open_document(self, page: Any) -> None:
        """Note a page whose document was there before it was watched."""
        self._open_documents.add(page)

    def has_open_document(self, page: Any) -> bool:
        """Return whether a page still has the document that was there before it was watched."""
        return page in self._open_documents and not self._documents[page]

    def _cut_off(self, exchanges: tuple[_Exchange, ...]) -> None:
        """Note the requests that had no answer when their page began to leave.

        The answer that is given here takes no time. Whether it came before the page was gone says
        nothing of Connectif's answer, which takes longer.
        """
        for each in exchanges:
            if self._is_blocked and each.stays_here:
                each.failure = each.failure or ABORTED

    def _on_navigation_request(self, request: Request) -> None:
        frame = _find_frame(request)
        # A redirect is the same departure: what was answered since it began stays as it was noted.
        is_redirect = request.redirected_from is not None
        if frame is None or frame is not frame.page.main_frame:
            return
        if not is_redirect or frame.page not in self._leaving:
            self._leaving[frame.page] = tuple(
                each
                for each in self._exchanges_of_kind("data")
                if each.page is frame.page and not each.is_over
            )

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request():
            # A page that is opened at Connectif's path is no event.
            self._on_navigation_request(request)
            return
        kind = _classify_request(request)
        if not kind or len(self._exchanges) >= MAX_REQUESTS:
            return
        frame = _find_frame(request)
        page = frame.page if frame else None
        exchange = self._exchanges[request] = _Exchange(
            kind=kind,
            method=request.method,
            url=page_text(request.url, MAX_URL),
            page=page,
            page_url=page_text(frame.url, MAX_URL) if frame else "",
            document=self._documents[page] if page else 0,
            stays_here=must_stay_local(request.url, request.method, request.resource_type),
            in_main_frame=page is not None and frame is page.main_frame,
        )
        if self.is_watched and kind != "script":
            exchange.events = tuple(self._events(request))
        # A newer client script may send its events elsewhere.
        if kind == "data" or exchange.events:
            exchange.kind = "data"
            self.on_post()

    def _events(self, request: Request) -> Iterator[Mapping[str, Any]]:
        try:
            sent = json.loads(request.post_data_buffer or b"")
        except (ValueError, RecursionError):
            # Not the client script's JSON: some other request to that path, with no event in it.
            return
        events = sent.get("events") if isinstance(sent, dict) else None
        for event in events if isinstance(events, list) else ():
            is_event = isinstance(event, dict) and isinstance(event.get("type"), str)
            if is_event and is_shallow(event) and self._event_count < MAX_EVENTS:
                self._event_count += 1
                yield well_formed_json(event)

    def _on_response(self, response: Response) -> None:
        if exchange := self._exchanges.get(response.request):
            exchange.status = response.status
            if self._is_blocked and exchange.stays_here and ANSWERED_HERE not in response.headers:
                self.let_through = True
            exchange.ms = exchange.elapsed_ms

    def _on_finished(self, request: Request) -> None:
        self._end(request, "")

    def _on_failed(self, request: Request) -> None:
        self._end(request, request.failure or "no reason given")

    def _end(self, request: Request, failure: str) -> None:
        exchange = self._exchanges.get(request)
        if exchange is None:
            return
        exchange.is_over = True
        exchange.ms = exchange.elapsed_ms
        # One that was cut off by its page's departure stays so, whatever the browser makes of it.
        exchange.failure = failure or exchange.failure
        self.on_post()


def _find_frame(request: Request) -> Frame | None:
    """Return the frame that asks; none for a window that is only being opened, or a worker."""
    with suppress(Error):
        return request.frame
    return None


def _classify_request(request: Request) -> str:
    """Return what a request to Connectif is for; nothing for one to somebody else."""
    if not request.url.startswith(("http://", "https://")):
        return ""
    parts = urlsplit(request.url)
    if DATA_POST_PATH in parts.path:
        return "data"
    if _SCRIPT_PATH in parts.path:
        return "script"
    return "other" if is_connectif_url(request.url) else ""
