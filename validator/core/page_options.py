"""Options of the browser for a page: device, locale, headers, cookies, credentials."""

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
"""Headers that Chromium refuses to send when they are added (observed in version 156)."""


LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
"""The form of a BCP 47 language tag that browsers accept."""


MAX_PIXELS = 16_384
"""The largest width and height that Chromium can paint."""


MIN_SECRET_COOKIE_CHARS = 6
CERTIFICATES_NOT_CHECKED = "TLS certificates were not checked (--insecure or ignore_https_errors)"


@dataclass(frozen=True, slots=True)
class Proxy:
    """``server`` is http://host:port or socks5://host:port; ``bypass`` lists hosts without
    proxy."""

    server: str
    bypass: str = ""
    credentials: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Geolocation:
    """Coordinates in degrees; ``accuracy`` in metres."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate with its key, in PEM files or in one PKCS #12 file (``pfx``)."""

    cert: Path | None = None
    key: Path | None = None
    pfx: Path | None = None
    passphrase: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How the browser presents itself. ``device`` is a name from Playwright's registry.

    ``headers``, ``cookies`` and ``credentials`` (user, password) are sent to the shop's origin
    only: a payment page must never get the credentials of the test shop.
    """

    device: str | None = None
    viewport: tuple[int, int] | None = None
    user_agent: str | None = None
    locale: str | None = None
    timezone: str | None = None
    geolocation: Geolocation | None = None
    permissions: tuple[str, ...] = ()
    """Permissions that the page has without asking, by Playwright's names."""
    storage_state: Path | None = None
    """A file of initial cookies and local storage."""
    proxy: Proxy | None = None
    block: tuple[str, ...] = ()
    """Patterns of URLs that are not requested; ``*`` matches any characters."""
    ignore_https_errors: bool | None = None
    """Whether certificates that are not trusted are accepted, of every origin."""
    client_certificate: ClientCertificate | None = None
    """It is shown to the shop's origin only."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    cookies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    logins: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """Origin → credentials from a URL. They take precedence for this origin only."""

    def then(self, other: PageOptions) -> PageOptions:
        """Return these options, overridden by those that ``other`` sets."""
        said = {each.name: getattr(other, each.name) for each in fields(other)}
        changes = {name: value for name, value in said.items() if value not in (None, (), {})}
        for name in ("headers", "cookies", "logins"):
            changes[name] = MappingProxyType({**getattr(self, name), **said[name]})
        return replace(self, **changes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What each report says of a check with these options."""
        return (CERTIFICATES_NOT_CHECKED,) if self.ignore_https_errors else ()

    def credentials_for(self, origin: str | None) -> tuple[str, str] | None:
        """Return the user and password for an origin that asks for them."""
        return self.logins.get(origin or "", self.credentials)

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Yield names and values that must not be shown. A language or a flag is not secret."""
        for name, value in self.headers.items():
            if name.lower() == "cookie":
                pairs = (pair.partition("=") for pair in value.split(";"))
                yield from _secret_cookies({key.strip(): held for key, _, held in pairs})
            elif _SECRET_HEADER.search(name):
                yield name, value
                # A page may show the key without its scheme, such as "Bearer".
                yield name, value.rpartition(" ")[2]
        yield from _secret_cookies(self.cookies)
        if self.client_certificate and self.client_certificate.passphrase:
            yield "passphrase", self.client_certificate.passphrase
        proxy = self.proxy.credentials if self.proxy else None
        for _, password in filter(None, (self.credentials, proxy, *self.logins.values())):
            yield "password", password


def _secret_cookies(cookies: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield cookies that may be keys; short values are words such as a language."""
    for name, value in cookies.items():
        if len(value) >= MIN_SECRET_COOKIE_CHARS:
            yield name, value
