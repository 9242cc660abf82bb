"""Where the API is, the key to it, and how patiently it is asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from validator.document import Location
from validator.errors import InputError

KEY_VARIABLE = "CONNECTIF_API_KEY"
URL_VARIABLE = "CONNECTIF_API_URL"
BASE_URL = "https://api.connectif.cloud"
"""https://api-docs.connectif.cloud/connectif-api/guides/authentication"""

PER_MINUTE = 120.0
"""There is a maximum of requests a minute, and its number is not published: this is a guess.

https://support.connectif.ai/hc/en-us/articles/6085352612508-API-integration-with-Connectif
"""

_KEY = re.compile(r"[^:\s]+:[\x21-\x7e]+", re.ASCII)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """``key`` is ``keyId:keySecret`` and never prints. Times are seconds.

    A request that fails in passing is tried ``attempts`` times, one that is told to wait (429)
    ``patience`` times. The first wait is ``first_wait``, then twice as long each time up to
    ``longest_wait``, with some chance in it; a Retry-After header is obeyed instead, up to
    ``longest_pause``: whether Connectif sends one is not documented.
    """

    key: str = field(repr=False)
    base_url: str = BASE_URL
    per_minute: float = PER_MINUTE
    timeout: float = 30.0
    attempts: int = 6
    patience: int = 10
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_pause: float = 300.0

    @property
    def secrets(self) -> tuple[str, str]:
        """What must not be seen: the key, and its second half alone."""
        return self.key, self.key.partition(":")[2]

    @property
    def account(self) -> str:
        """A name for the account that gives nothing of the key away."""
        identity = f"{self.base_url} {self.key.partition(':')[0]}"
        return hashlib.sha256(identity.encode()).hexdigest()[:16]


def key_and_url(environ: Mapping[str, str], place: Location | None = None) -> tuple[str, str]:
    """Return the key and the API's address from an environment.

    Raises InputError at ``place`` where there is no key, or one of them cannot be used. The
    message never shows the key.
    """
    key = environ.get(KEY_VARIABLE, "").strip().removeprefix("apiKey ")
    if not key:
        raise InputError.single(
            "api-key-missing",
            f"the Connectif API needs a key, and {KEY_VARIABLE} is not set",
            place,
            hint=f"make a key in Connectif's settings (API keys) and set {KEY_VARIABLE}=id:secret; "
            "to try without an account: cn-validator demo --api",
        )
    if not _KEY.fullmatch(key):
        raise InputError.single(
            "api-key-malformed",
            f"{KEY_VARIABLE} is not of the form id:secret",
            place,
            hint="copy both parts of the key from Connectif, with a colon between them",
        )
    url = environ.get(URL_VARIABLE, "").strip().rstrip("/") or BASE_URL
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or parts.username:
        raise InputError.single(
            "api-url",
            f'{URL_VARIABLE} is "{parts.scheme}://{parts.hostname or ""}", where a key is not safe',
            place,
            hint=f"leave it out for {BASE_URL}; http is only for 127.0.0.1 and localhost",
        )
    return key, url
