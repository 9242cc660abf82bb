"""Signs messages between shop and bank, so that nobody else can forge them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

SIGNATURE_FIELD = "signature"


def sign(values: Mapping[str, str], secret: str) -> dict[str, str]:
    """Return the values with their HMAC-SHA256 signature added."""
    return {**values, SIGNATURE_FIELD: _signature(values, secret)}


def has_valid_signature(values: Mapping[str, str], secret: str) -> bool:
    rest = {name: value for name, value in values.items() if name != SIGNATURE_FIELD}
    return hmac.compare_digest(
        values.get(SIGNATURE_FIELD, "").encode(), _signature(rest, secret).encode()
    )


def _signature(values: Mapping[str, str], secret: str) -> str:
    message = urlencode(sorted(values.items()))
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
