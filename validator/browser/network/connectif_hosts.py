"""Which requests are Connectif's, and which of them must not leave this machine.

Paths and hosts were read in the client script 1.3.0. A newer one may send elsewhere: so nothing
that could carry data goes to any of Connectif's hosts. WebSockets, which it does not use, are not
held.
"""

from __future__ import annotations

from urllib.parse import urlsplit

DATA_POST_PATH = "/integration-type/system/scrippet-notification/"
CONNECTIF_DOMAINS = ("connectif.cloud", "connectif.ai")
_PAGE_RESOURCE_TYPES = frozenset({"document", "script", "stylesheet", "font", "image", "media"})


def is_connectif_url(url: str) -> bool:
    """Whether a URL is of one of Connectif's hosts."""
    host = urlsplit(url).hostname or ""
    return (
        host.endswith(tuple(f".{domain}" for domain in CONNECTIF_DOMAINS))
        or host in CONNECTIF_DOMAINS
    )


def must_stay_local(url: str, method: str, kind: str) -> bool:
    """Whether a request is to be answered on this machine, where test orders must stay.

    ``kind`` is the type of what is asked for, as Playwright or the browser's protocol names it.
    What pages are made of, the client script above all, comes from Connectif's CDN as ever.
    """
    if DATA_POST_PATH in urlsplit(url).path:
        return True
    is_fetched = method in ("GET", "HEAD") and kind.lower() in _PAGE_RESOURCE_TYPES
    return is_connectif_url(url) and not is_fetched
