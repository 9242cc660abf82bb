"""Web addresses: which are ones, which belong together, and how they are shown."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_SHOWN_CHARS = 120
LOCAL_NAMES = ("localhost", "local", "localdomain", "internal", "test", "invalid")
"""Top-level names that the open web does not have: RFC 6761, RFC 6762 and ICANN's internal."""


def is_web_url(text: str) -> bool:
    """Tell whether a text is an http(s) address with a host and, if any, a port that exists."""
    if any(character.isspace() or not character.isprintable() for character in text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
        _host_to_ascii(parts.hostname or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0


def parse_origin(url: str) -> str:
    """Return scheme://host:port of a URL, the unit of the browser's same-origin policy.

    As browsers write it: in lower case and ASCII, without user, password and default port.
    """
    parts = urlsplit(url)
    try:
        host, port = _host_to_ascii(parts.hostname or ""), parts.port
    except ValueError:
        # No address a browser opens: it is like none but itself.
        return f"{parts.scheme}://{parts.netloc}"
    host = f"[{host}]" if ":" in host else host
    is_default = port is None or port == DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" if is_default else f"{parts.scheme}://{host}:{port}"


def _host_to_ascii(host: str) -> str:
    """Return a host as DNS has it. Raises UnicodeError where a part is empty or too long."""
    return host.encode("idna").decode()


def split_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """Part a URL from the user and password in it, where there are some."""
    scheme, mark, rest = url.partition("://")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    path = rest[len(authority) :]
    login, at, host = authority.rpartition("@")
    if not at:
        return url, None
    user, _, password = login.partition(":")
    bare = f"{scheme}{mark}{host}{path}"
    return bare, (unquote(user), unquote(password)) if user or password else None


def shorten_url(url: str) -> str:
    """Return a URL as messages show it: a long query, which may hold signatures, is left out."""
    address, mark, _ = url.partition("?")
    return f"{address}?…" if mark and len(url) > MAX_SHOWN_CHARS else url


def without_query(url: str) -> str:
    """Return a URL without its query and fragment, which may hold signatures and tokens."""
    return url.partition("#")[0].partition("?")[0]


def is_local_host(host: str) -> bool:
    """Tell whether only machines near by know a host."""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in LOCAL_NAMES
    return not address.is_global
