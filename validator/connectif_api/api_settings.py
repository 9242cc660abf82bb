"""Where the API is, the key to it, and how patiently it is asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from validator.core.api_key import DEFAULT_URL

DEFAULT_REQUESTS_PER_MINUTE = 120.0
"""There is a maximum of requests a minute, and its number is not published: this is a guess.

https://support.connectif.ai/hc/en-us/articles/6085352612508-API-integration-with-Connectif
"""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """``key`` is ``keyId:keySecret`` and never prints. Times are seconds.

    A request that fails in passing is tried ``attempts`` times, one that is told to wait (429)
    ``patience`` times. The first wait is ``first_wait``, then twice as long each time up to
    ``max_wait``, with some chance in it; a Retry-After header is obeyed instead, up to
    ``max_retry_after``: whether Connectif sends one is not documented.
    """

    key: str = field(repr=False)
    base_url: str = DEFAULT_URL
    per_minute: float = DEFAULT_REQUESTS_PER_MINUTE
    timeout: float = 30.0
    attempts: int = 6
    patience: int = 10
    first_wait: float = 0.5
    max_wait: float = 30.0
    max_retry_after: float = 300.0

    @property
    def secrets(self) -> tuple[str, str]:
        """What must not be seen: the key, and its second half alone."""
        return self.key, self.key.partition(":")[2]

    @property
    def account(self) -> str:
        """A name for the account that gives nothing of the key away."""
        identity = f"{self.base_url} {self.key.partition(':')[0]}"
        return hashlib.sha256(identity.encode()).hexdigest()[:16]
