"""What a caller may ask of a run. Imports nothing heavy: the command line builds these first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from validator.contracts import Contracts

_SECRET_HEADER = re.compile(
    r"(?:authorization|key|token|secret|auth|password|bypass)(?:-|$)", re.IGNORECASE
)
_SHORTEST_SECRET_COOKIE = 6


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
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    cookies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    logins: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """Credentials that stood in a URL: they are for its origin alone, before any others."""

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
        for _, password in filter(None, (self.credentials, *self.logins.values())):
            yield "password", password


def _secret_cookies(cookies: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the cookies that may be keys: shorter ones are words such as a language."""
    for name, value in cookies.items():
        if len(value) >= _SHORTEST_SECRET_COOKIE:
            yield name, value


class KeepWhen(StrEnum):
    """For which results evidence is kept."""

    ALWAYS = "always"
    ON_FAILURE = "on-failure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """What is kept of a journey, and where; without a folder nothing is.

    Pictures and HTML are made at the end, of what is kept. A trace and a video must be recorded
    from the first page on, whether or not they are kept.
    """

    when: KeepWhen = KeepWhen.ON_FAILURE
    trace: bool = False
    video: bool = False
    folder: Path | None = None

    def keeps(self, *, passed: bool) -> bool:
        return self.when is KeepWhen.ALWAYS or (self.when is KeepWhen.ON_FAILURE and not passed)

    def inside(self, folder: Path | None) -> EvidenceOptions:
        """Return the same for one result, whose files go to ``folder``."""
        return replace(self, folder=None if self.when is KeepWhen.NEVER else folder)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is carried out. ``output`` is the folder for this run's files; None: none."""

    run_id: str
    output: Path | None = None
    workers: int = 4
    headed: bool = False
    fail_fast: bool = False
    browser: str | None = None
    page: PageOptions = PageOptions()
    contracts: Contracts = field(default_factory=Contracts)
    evidence: EvidenceOptions = EvidenceOptions()
    is_lasting: bool = True
    """Whether the shop is there after the run, so that its purchase ids must never come back."""
