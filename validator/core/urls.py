"""Web addresses: validity, origin, local hosts, and how they are shown."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_SHOWN_CHARS = 120
LOCAL_NAMES = ("localhost", "local", "localdomain", "internal", "test", "invalid")
"""Top-level names outside the public DNS: RFC 6761, RFC 6762 and ICANN's "internal"."""


def is_web_url(text: str) -> bool:
    """Tell whether a text is an http(s) URL with a host and, if any, a valid port."""
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

    In the form of browsers: lower case and ASCII, without user, password and default port.
    """
    parts = urlsplit(url)
    try:
        host, port = _host_to_ascii(parts.hostname or ""), parts.port
    except ValueError:
        # Not an address that a browser opens: an origin of its own.
        return f"{parts.scheme}://{parts.netloc}"
    host = f"[{host}]" if ":" in host else host
    is_default = port is None or port == DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" if is_default else f"{parts.scheme}://{host}:{port}"


def _host_to_ascii(host: str) -> str:
    """Return a host in the form of DNS. Raises UnicodeError where a label is empty or too long."""
    return host.encode("idna").decode()


def split_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """Split a URL into the URL without credentials, and its user and password or None."""
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
    """Return a URL for messages: without a long query, which may contain signatures."""
    address, mark, _ = url.partition("?")
    return f"{address}?…" if mark and len(url) > MAX_SHOWN_CHARS else url


def without_query(url: str) -> str:
    """Return a URL without query and fragment, which may contain signatures and tokens."""
    return url.partition("#")[0].partition("?")[0]


def is_local_host(host: str) -> bool:
    """Tell whether a host is reachable only from nearby machines."""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in LOCAL_NAMES
    return not address.is_global


def find_site(url: str) -> str:
    """Return the site of a URL: its domain, or its origin for an IP address or a bare name.

    The pages of a shop may be on several hosts of its domain, such as the checkout.
    """
    if not is_web_url(url):
        return ""
    host = (urlsplit(url).hostname or "").rstrip(".")
    labels = host.split(".")
    if len(labels) < 2 or host.replace(".", "").isdigit() or ":" in host:
        return parse_origin(url)
    # The second level of some countries, such as co.uk and com.mx, is not a registered domain.
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_second_level else labels[-2:])
