"""The key and the address of Connectif's API, from the environment. The key is never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from validator.core.document import Location
from validator.core.errors import InputError

KEY_VARIABLE = "CONNECTIF_API_KEY"
URL_VARIABLE = "CONNECTIF_API_URL"
DEFAULT_URL = "https://api.connectif.cloud"
"""https://api-docs.connectif.cloud/connectif-api/guides/authentication"""

_KEY = re.compile(r"[^:\s]+:[\x21-\x7e]+", re.ASCII)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def load_key_and_url(environ: Mapping[str, str], place: Location | None = None) -> tuple[str, str]:
    """Return the key and the address of the API.

    Raises InputError at ``place`` if the key is missing or one of them cannot be used. The message
    never shows the key.
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
    url = environ.get(URL_VARIABLE, "").strip().rstrip("/") or DEFAULT_URL
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or parts.username:
        raise InputError.single(
            "api-url",
            f'{URL_VARIABLE} is "{parts.scheme}://{parts.hostname or ""}", where a key is not safe',
            place,
            hint=f"leave it out for {DEFAULT_URL}; http is only for 127.0.0.1 and localhost",
        )
    return key, url
