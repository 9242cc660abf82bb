"""How the browser presents itself to a shop: device, locale, headers, cookies, credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType

_SECRET_HEADER = re.compile(
    r"(?:authorization|key|token|secret|auth|password|bypass)(?:-|$)", re.IGNORECASE
)


UNSAFE_HEADER = re.compile(
    r"connection|content-length|cookie2|host|keep-alive|proxy-.*|set-cookie|te|trailer"
    r"|transfer-encoding|upgrade",
    re.IGNORECASE,
)
"""Chromium refuses a request to which one of these was added: seen in version 156."""


LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
"""The form of a BCP 47 tag, as browsers take it."""


MAX_PIXELS = 16_384
"""As wide or high as Chromium can paint."""


MIN_SECRET_COOKIE_CHARS = 6


@dataclass(frozen=True, slots=True)
class Proxy:
    """``server`` is http://host:port or socks5://host:port; ``bypass`` hosts go without it."""

    server: str
    bypass: str = ""
    credentials: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Geolocation:
    """A place on earth, in degrees; ``accuracy`` in metres."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How the browser presents itself. ``device`` is a name of Playwright's registry.

    ``headers``, ``cookies`` and ``credentials`` (user, password) go to the shop's origin only:
    a payment page must never be handed the key to the staging shop.
    """

    device: str | None = None
    viewport: tuple[int, int] | None = None
    user_agent: str | None = None
    locale: str | None = None
    timezone: str | None = None
    geolocation: Geolocation | None = None
    permissions: tuple[str, ...] = ()
    """What the page may do without asking, in Playwright's names."""
    storage_state: Path | None = None
    """Cookies and local storage to begin with."""
    proxy: Proxy | None = None
    block: tuple[str, ...] = ()
    """URLs that are not asked for; ``*`` stands for any characters."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    cookies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    logins: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """Credentials that stood in a URL: they are for its origin alone, before any others."""

    def then(self, other: PageOptions) -> PageOptions:
        """Return these options with those of another, which wins where it says something."""
        said = {each.name: getattr(other, each.name) for each in fields(other)}
        changes = {name: value for name, value in said.items() if value not in (None, (), {})}
        for name in ("headers", "cookies", "logins"):
            changes[name] = MappingProxyType({**getattr(self, name), **said[name]})
        return replace(self, **changes)

    def credentials_for(self, origin: str | None) -> tuple[str, str] | None:
        """Return the user and password to give where an origin asks for them."""
        return self.logins.get(origin or "", self.credentials)

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Yield names and values of what must not be shown. A language or a flag may be."""
        for name, value in self.headers.items():
            if name.lower() == "cookie":
                pairs = (pair.partition("=") for pair in value.split(";"))
                yield from _secret_cookies({key.strip(): held for key, _, held in pairs})
            elif _SECRET_HEADER.search(name):
                yield name, value
                # The scheme, as in "Bearer …", is no part of what a page may show of it.
                yield name, value.rpartition(" ")[2]
        yield from _secret_cookies(self.cookies)
        proxy = self.proxy.credentials if self.proxy else None
        for _, password in filter(None, (self.credentials, proxy, *self.logins.values())):
            yield "password", password


def _secret_cookies(cookies: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the cookies that may be keys: shorter ones are words such as a language."""
    for name, value in cookies.items():
        if len(value) >= MIN_SECRET_COOKIE_CHARS:
            yield name, value
