"""Looks at a page that is open in a Chrome which a person started with remote debugging.

The page is neither reloaded nor closed, and nothing is set in its browser.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Error, Page

from validator.browser.capture.caller_page import capture_open_page
from validator.browser.capture.watcher import TagWait
from validator.browser.chromium.driver_process import start_driver
from validator.browser.network.playwright_calls import run_async
from validator.browser.page_values import first_line
from validator.core.capture import Breakdown, Capture
from validator.core.document import Location
from validator.core.errors import BrowserError, InputError
from validator.core.urls import is_web_url, shorten_url

CONNECT_TIMEOUT_MS = 10_000
MAX_PAGES_NAMED = 10


@dataclass(frozen=True, slots=True)
class AttachedPage:
    """What was seen of the page, its address, and the name and version of its browser."""

    outcome: Capture | Breakdown
    url: str
    browser: str


async def capture_attached_page(
    endpoint: str, url_part: str, awaited: TagWait, within_ms: float, *, without_tag: bool
) -> AttachedPage:
    """Look at the page whose address contains ``url_part``; "" for the only one that is open.

    ``endpoint`` is the address of the remote debugging, such as http://127.0.0.1:9222. Raises
    BrowserError if no browser answers there, and InputError if it is not clear which page is meant.
    """
    async with _connected(endpoint) as browser:
        page = _choose_page(browser, url_part)
        outcome = await run_async(
            capture_open_page(page, awaited, within_ms, without_tag=without_tag)
        )
        return AttachedPage(outcome, page.url, f"Chromium {browser.version}")


@asynccontextmanager
async def _connected(endpoint: str) -> AsyncIterator[Browser]:
    playwright = await start_driver()
    try:
        yield await playwright.chromium.connect_over_cdp(
            endpoint, timeout=CONNECT_TIMEOUT_MS, no_defaults=True
        )
    except Error as error:
        reason = "nothing answers there"
        if "ECONNREFUSED" not in error.message:
            reason = first_line(error.message)
        raise BrowserError(
            f"no Chrome with remote debugging at {endpoint}: {reason}",
            "start it with: chrome --remote-debugging-port=9222 --user-data-dir=FOLDER, where "
            "FOLDER is a new one, and open the page in it",
        ) from error
    finally:
        # Only the connection ends: the browser is another's.
        await playwright.stop()


def _choose_page(browser: Browser, url_part: str) -> Page:
    pages = [
        page for context in browser.contexts for page in context.pages if _is_of_a_shop(page.url)
    ]
    matching = [page for page in pages if url_part in page.url]
    if len(matching) == 1:
        return matching[0]
    if not pages:
        message, hint = "no page is open in this browser", "open the order confirmation in it"
    elif not matching:
        message = f'no open page has "{url_part}" in its address'
        hint = f"open are: {_list_addresses(pages)}"
    else:
        message = "more than one page is open" if not url_part else f'"{url_part}" is in several'
        hint = f"name one by a part of its address with --page: {_list_addresses(matching)}"
    raise InputError.single("attached-page", message, Location("option --page"), hint)


def _is_of_a_shop(url: str) -> bool:
    return is_web_url(url) or url.startswith("file:")


def _list_addresses(pages: list[Page]) -> str:
    named = ", ".join(shorten_url(page.url) for page in pages[:MAX_PAGES_NAMED])
    return f"{named}, …" if len(pages) > MAX_PAGES_NAMED else named
