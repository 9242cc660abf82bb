"""One Chromium, and fresh contexts in it: isolated cookies and storage for each scenario."""

from __future__ import annotations

import asyncio
import difflib
import os
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Error, Playwright

from validator.browser.chromium.context_settings import (
    build_client_certificates,
    build_permissions,
    context_settings,
)
from validator.browser.chromium.discover import find_browser, require_display
from validator.browser.chromium.driver_process import start_driver
from validator.browser.chromium.launch import build_launch, extract_start_error
from validator.browser.chromium.open_files import require_open_files
from validator.browser.chromium.playwright_errors import is_page_closed
from validator.browser.chromium.processes import (
    BrowserProcesses,
    browser_answers,
    find_processes,
    list_driver_folders,
)
from validator.browser.network.interception import get_interception
from validator.browser.network.outbound_proxy import outbound_proxy
from validator.browser.page_values import first_line
from validator.core.document import Location
from validator.core.errors import BrowserError, InputError
from validator.core.page_options import PageOptions, Proxy
from validator.core.urls import parse_origin
from validator.scenario.safety.allowed_hosts import AllowedHosts

COMMAND_LINE = Location("command line")
NO_HOSTS: Mapping[str, str] = MappingProxyType({})
ANSWER_TIMEOUT_S = 10.0
"""Seconds that a browser may take to answer, or to close, before it is replaced."""


@dataclass(frozen=True, slots=True)
class Session:
    """A running browser. ``notes`` are what the user should know of how it was started."""

    playwright: Playwright
    browser: Browser
    notes: tuple[str, ...]
    version: str
    """The name and the version of the browser, as it says them itself."""
    hosts: Mapping[str, str] = field(default_factory=lambda: NO_HOSTS)

    async def answers(self) -> bool:
        """Tell whether the browser and the driver are there and answer."""
        is_connected = self.browser.is_connected()
        return is_connected and await browser_answers(self.browser, ANSWER_TIMEOUT_S)

    def _settings(
        self, page: PageOptions, base_url: str | None, origin: str | None
    ) -> dict[str, Any]:
        settings = device_settings(self.playwright, page.device) | context_settings(page)
        if credentials := page.credentials_for(origin):
            user, password = credentials
            settings["http_credentials"] = {"username": user, "password": password}
            if origin:
                settings["http_credentials"]["origin"] = origin
        if origin and (certificates := build_client_certificates(page, origin)):
            settings["client_certificates"] = certificates
        if base_url:
            settings["base_url"] = base_url
        return settings

    @asynccontextmanager
    async def context(
        self,
        page: PageOptions,
        *,
        base_url: str | None,
        service_workers: bool,
        video_folder: Path | None = None,
        reachable: AllowedHosts | None = None,
    ) -> AsyncIterator[BrowserContext]:
        """Open a fresh context. Headers, cookies and credentials go to ``base_url``'s origin.

        ``video_folder`` is where its pages are filmed to. With ``reachable``, what they send
        reaches these hosts only. Raises BrowserError where the browser is no longer there.
        """
        if reachable is not None:
            async with (
                self._filtered(page, base_url, reachable) as filtered,
                self.context(
                    filtered,
                    base_url=base_url,
                    service_workers=service_workers,
                    video_folder=video_folder,
                ) as context,
            ):
                yield context
            return
        origin = parse_origin(base_url) if base_url else None
        settings = self._settings(page, base_url, origin)
        settings["service_workers"] = "allow" if service_workers else "block"
        if video_folder:
            settings["record_video_dir"] = video_folder
        try:
            context = await self.browser.new_context(**settings)
        except Error as error:
            reason = first_line(error.message)
            if is_page_closed(error):
                raise BrowserError(f"the browser stopped: {reason}") from error
            raise InputError.single(
                "page-options", f"the browser refuses these settings: {reason}", COMMAND_LINE
            ) from error
        try:
            await _configure_context(context, page, origin)
            yield context
        finally:
            with suppress(Error):  # a browser that is gone has closed its contexts
                await context.close()

    @asynccontextmanager
    async def _filtered(
        self, page: PageOptions, base_url: str | None, reachable: AllowedHosts
    ) -> AsyncIterator[PageOptions]:
        """Yield the options with a proxy that refuses all other hosts."""
        if page.proxy or page.client_certificate:
            raise InputError.single(
                "outbound-and-proxy",
                "outbound: only-allowed has a proxy of its own, and cannot be combined with proxy "
                "or client_certificate",
                COMMAND_LINE,
                "remove one of them, or limit the hosts in the proxy",
            )
        shop = (urlsplit(base_url or "").hostname or "").lower()
        async with outbound_proxy(reachable.allow_host, shop, self.hosts) as address:
            yield replace(page, proxy=Proxy(address))


async def _configure_context(
    context: BrowserContext, page: PageOptions, origin: str | None
) -> None:
    if permissions := build_permissions(page):
        # A payment page must not be granted what the shop may do.
        await context.grant_permissions(permissions, origin=origin)
    if page.block:
        await get_interception(context).block_urls(context, page.block)
    if origin is None:
        return
    if page.cookies:
        await context.add_cookies(
            [{"name": name, "value": value, "url": origin} for name, value in page.cookies.items()]
        )
    if page.headers:
        await get_interception(context).add_headers(context, origin, page.headers)


def device_settings(
    playwright: Playwright, device: str | None, place: Location = COMMAND_LINE
) -> dict[str, Any]:
    """Return the context settings of a device of Playwright's registry.

    Raises InputError at ``place`` for a name that is not in it, with the nearest ones.
    """
    if device is None:
        return {}
    if device not in playwright.devices:
        near = difflib.get_close_matches(device, playwright.devices, n=3, cutoff=0.4)
        named = " or ".join(f'"{name}"' for name in near)
        raise InputError.single(
            "unknown-device",
            f'unknown device "{device}"',
            place,
            hint=f"did you mean {named}?"
            if near
            else 'name a device as Playwright does: "Pixel 7"',
        )
    settings = dict(playwright.devices[device])
    # A registry entry also names the browser it imitates; only Chromium runs here.
    settings.pop("default_browser_type", None)
    return settings


@asynccontextmanager
async def open_session(
    browser: str | None,
    *,
    headed: bool,
    hosts: Mapping[str, str] = NO_HOSTS,
    slow_mo_ms: float = 0.0,
    only_allowed: bool = False,
) -> AsyncIterator[Session]:
    """Start the browser that was found; stop it whatever happens.

    ``hosts`` are names and the addresses that they lead to, whatever DNS says. With
    ``only_allowed``, the browser sends nothing past the proxies of its contexts.

    Raises BrowserError where none is found or it does not start.
    """
    found = find_browser(browser, os.environ, headed=headed)
    if headed:
        require_display(os.environ)
    launch = build_launch(found, headed=headed, hosts=hosts, only_allowed=only_allowed)
    require_open_files()
    _expect_a_dying_driver(asyncio.get_running_loop())
    playwright = await start_driver()
    processes = BrowserProcesses()
    try:
        before = list_driver_folders()
        try:
            running = await playwright.chromium.launch(**launch.arguments, slow_mo=slow_mo_ms)
        except Error as error:
            raise BrowserError(
                f"{found.path} did not start: {extract_start_error(error.message)}",
                hint="cn-validator doctor",
            ) from error
        processes = await find_processes(running, before)
        try:
            yield Session(playwright, running, launch.notes, found.version, hosts)
        finally:
            await _within_time(running.close(), processes)
    finally:
        await _within_time(playwright.stop(), processes)
        processes.remove_folders()


def _expect_a_dying_driver(loop: asyncio.AbstractEventLoop) -> None:
    """Keep errors that nobody waits for off standard error, where the driver was killed."""
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Error) or "from the driver" in str(error):
            return
        if before:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    if getattr(before, "__name__", "") != handle.__name__:
        loop.set_exception_handler(handle)


async def _within_time(closing: Awaitable[None], processes: BrowserProcesses) -> None:
    """Close a browser or its driver; kill both if they do not answer."""
    # One that crashed or was killed is closed already: the results are kept elsewhere.
    with suppress(Error):
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await closing
        except TimeoutError:
            processes.kill()
