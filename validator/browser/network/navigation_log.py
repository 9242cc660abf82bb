"""The timeline of documents that the browser asks for: the way to a payment page and back.

Causes are what Chromium says of each navigation:
https://chromedevtools.github.io/devtools-protocol/tot/Page/#event-frameRequestedNavigation
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Error, Frame, Page, Request, Response

from validator.core.capture import Navigation
from validator.core.urls import find_site, parse_origin

MAX_DOCUMENTS = 200
"""Documents of one journey that are kept; a page that redirects without end fills no memory."""
MAX_REQUESTS = 5_000
"""Requests of the payment page, and after it, of which the cookies are kept."""
ABORTED = "net::ERR_ABORTED"
"""The page went elsewhere before the answer came: that is no failure."""
CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "anchorClick": "link",
        "formSubmissionGet": "form",
        "formSubmissionPost": "form",
        "httpHeaderRefresh": "meta refresh",
        "metaTagRefresh": "meta refresh",
        "scriptInitiated": "script",
        "initialFrameNavigation": "",
        "reload": "reload",
    }
)


SAME_SITE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "SameSiteStrict": "SameSite=Strict",
        "SameSiteLax": "SameSite=Lax",
        "SameSiteUnspecifiedTreatedAsLax": "no SameSite, which is taken as Lax",
        "SchemefulSameSiteStrict": "SameSite=Strict",
        "SchemefulSameSiteLax": "SameSite=Lax",
        "SchemefulSameSiteUnspecifiedTreatedAsLax": "no SameSite, which is taken as Lax",
    }
)
"""Why Chromium did not send a cookie from one site to another:
https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-CookieBlockedReason"""
MAX_COOKIE_CHARS = 80


@dataclass(slots=True)
class _LoggedDocument:
    url: str
    method: str
    at: float
    is_redirect: bool
    place: str
    is_foreign: bool
    """It is in an iframe, and of another site than the page around it."""
    status: int | None = None
    failure: str = ""


class NavigationLog:
    """What documents a context asked for, in order. ``on_change`` is called at each news."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._asked: dict[Request, _LoggedDocument] = {}
        self._causes: dict[str, str] = {}
        self._documents: dict[str, list[str]] = {}
        """Request of the payment page or after it → the addresses of its redirects."""
        self._withheld: dict[str, list[tuple[str, ...]]] = {}
        """The same request → the cookies that each of its redirects was not sent with."""
        self._first: Page | None = None
        self._step = 0
        self._start: int | None = None
        self._reached = 0

    async def attach(self, context: BrowserContext) -> None:
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failed)
        context.on("page", self._watch)

    def note_step_start(self) -> None:
        """Note that the next document may be the first of a way to a payment page."""
        if self._start is None:
            self._step = len(self._asked)

    def note_payment_start(self, url: str) -> None:
        """Keep the timeline, from the first document of the step before, or that of the payment.

        An iframe with a payment form is often there before the customer orders.
        """
        self._reached = len(self._asked)
        if self._start is None:
            urls = [each.url for each in self._asked.values()]
            last = len(urls) - 1 - urls[::-1].index(url) if url in urls else self._step
            self._start = min(self._step, last)

    def has_foreign_iframe(self) -> bool:
        """Tell whether a page on the way to the payment page or back had one of another site."""
        kept = list(self._asked.values())[self._start or 0 :]
        return self._start is not None and any(each.is_foreign for each in kept)

    def hops(self) -> tuple[Navigation, ...]:
        """Return the timeline; nothing where no payment page was gone to."""
        if self._start is None:
            return ()
        kept = list(self._asked.values())[self._start :]
        withheld = self._withheld_by_url()
        return tuple(self._hop(each, kept[0].at, withheld.get(each.url, ())) for each in kept)

    def _withheld_by_url(self) -> dict[str, tuple[str, ...]]:
        return {
            url: names
            for request, urls in self._documents.items()
            for url, names in zip(urls, self._withheld.get(request, ()), strict=False)
            if names
        }

    def back(self) -> tuple[Navigation, ...]:
        """Return what came after the first document of the last payment page."""
        return self.hops()[self._reached - (self._start or 0) :] if self._reached else ()

    def last_status(self, url: str) -> int | None:
        """Return what was answered when a document was last asked for."""
        return next(
            (each.status for each in reversed(self._asked.values()) if each.url == url), None
        )

    def last_failure(self, origin: str) -> _LoggedDocument | None:
        """Return the document of an origin that was asked for last, where no answer came."""
        last = next(
            (e for e in reversed(self._asked.values()) if parse_origin(e.url) == origin), None
        )
        return last if last and last.failure else None

    def _hop(self, asked: _LoggedDocument, start: float, withheld: tuple[str, ...]) -> Navigation:
        return Navigation(
            origin=parse_origin(asked.url),
            path=urlsplit(asked.url).path or "/",
            method=asked.method,
            status=asked.status,
            ms=round((asked.at - start) * 1000, 1),
            cause="redirect" if asked.is_redirect else self._causes.get(asked.url, ""),
            place=asked.place,
            failure=asked.failure,
            withheld=withheld,
        )

    async def _watch(self, page: Page) -> None:
        if self._first is None:
            self._first = page
        with suppress(Error):  # the window may be gone already
            commands = await page.context.new_cdp_session(page)
            commands.on("Page.frameRequestedNavigation", self._on_cause)
            commands.on("Network.requestWillBeSent", self._on_document)
            commands.on("Network.requestWillBeSentExtraInfo", self._on_cookies)
            await commands.send("Page.enable")
            await commands.send("Network.enable")

    def _on_cause(self, event: Mapping[str, Any]) -> None:
        if len(self._causes) < MAX_DOCUMENTS:
            self._causes[event["url"]] = CAUSES.get(event["reason"], "")

    def _on_document(self, event: Mapping[str, Any]) -> None:
        is_kept = self._start is not None and len(self._documents) < MAX_DOCUMENTS
        if is_kept and event.get("type") == "Document":
            self._documents.setdefault(event["requestId"], []).append(event["request"]["url"])

    def _on_cookies(self, event: Mapping[str, Any]) -> None:
        """Note the cookies that were not sent; this may come before the request itself."""
        if self._start is None or len(self._withheld) >= MAX_REQUESTS:
            return
        names = tuple(
            f"{each['cookie']['name'][:MAX_COOKIE_CHARS]} ({SAME_SITE_REASONS[reason]})"
            for each in event.get("associatedCookies", ())
            for reason in each["blockedReasons"][:1]
            if reason in SAME_SITE_REASONS
        )
        self._withheld.setdefault(event["requestId"], []).append(names)

    def _on_request(self, request: Request) -> None:
        is_page = request.url.startswith(("http://", "https://"))
        if not (is_page and request.is_navigation_request() and len(self._asked) < MAX_DOCUMENTS):
            return
        self._asked[request] = _LoggedDocument(
            request.url,
            request.method,
            time.perf_counter(),
            request.redirected_from is not None,
            self._place(request),
            self._is_foreign(request),
        )
        self.on_change()

    def _is_foreign(self, request: Request) -> bool:
        with suppress(Error):  # of a window that is only being opened
            frame = request.frame
            is_inside = frame.parent_frame is not None
            return is_inside and find_site(request.url) != find_site(frame.page.url)
        return False

    def _place(self, request: Request) -> str:
        frame: Frame | None = None
        with suppress(Error):  # of a window that is only being opened
            frame = request.frame
        if frame is None:
            return "window"
        if frame.parent_frame is not None:
            return "iframe"
        return "page" if frame.page is self._first else "window"

    def _on_response(self, response: Response) -> None:
        if asked := self._asked.get(response.request):
            asked.status = response.status
            self.on_change()

    def _on_failed(self, request: Request) -> None:
        asked = self._asked.get(request)
        if asked and request.failure and request.failure != ABORTED:
            asked.failure = request.failure
            self.on_change()
