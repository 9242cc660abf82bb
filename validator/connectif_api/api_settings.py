"""The address of the API, its key, and the limits of requests and retries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from validator.core.api_key import DEFAULT_URL

DEFAULT_REQUESTS_PER_MINUTE = 120.0
"""A guess: Connectif limits the requests a minute and does not publish the limit.

https://support.connectif.ai/hc/en-us/articles/6085352612508-API-integration-with-Connectif
"""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """``key`` is ``keyId:keySecret`` and is not in ``repr``. Times are seconds.

    A request with a transient failure is sent up to ``attempts`` times, one that receives 429 up
    to ``patience`` times. The first wait is ``first_wait``; it doubles each time up to
    ``max_wait``, with jitter. A Retry-After header, which Connectif does not document, is obeyed
    instead, up to ``max_retry_after``.
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
        """Texts to redact: the key, and its second half alone."""
        return self.key, self.key.partition(":")[2]

    @property
    def account(self) -> str:
        """A name of the account that does not reveal the key."""
        identity = f"{self.base_url} {self.key.partition(':')[0]}"
        return hashlib.sha256(identity.encode()).hexdigest()[:16]
