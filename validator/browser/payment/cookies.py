"""The shop's cookies: taken out of the browser, and put back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext


async def take_cookies(context: BrowserContext, shop: Iterable[str]) -> list[Any]:
    """Take the cookies of the shop's origins out, whatever their paths; the bank's stay."""
    hosts = {urlsplit(origin).hostname or "" for origin in shop}
    taken = [
        cookie
        for cookie in await context.cookies()
        if any(_is_sent_to(cookie.get("domain", ""), host) for host in hosts)
    ]
    for cookie in taken:
        await context.clear_cookies(
            name=cookie.get("name"), domain=cookie.get("domain"), path=cookie.get("path")
        )
    return list(taken)


async def restore_cookies(context: BrowserContext, held: Iterable[Any]) -> None:
    """Put cookies back, but those that were set anew meanwhile."""
    now = {_cookie_key(cookie) for cookie in await context.cookies()}
    await context.add_cookies([each for each in held if _cookie_key(each) not in now])


def _is_sent_to(domain: str, host: str) -> bool:
    """Tell whether a host is sent a cookie; one whose domain has a dot goes to subdomains too."""
    return host == domain.lstrip(".") or (domain.startswith(".") and host.endswith(domain))


def _cookie_key(cookie: Any) -> tuple[str, str, str]:
    return cookie["name"], cookie["domain"], cookie["path"]
