"""URLs of a recording: the site that they belong to, and the glob of the last one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from validator.core.urls import is_web_url, parse_origin

# A segment that names a page; other segments are ids, such as an order's number.
_PAGE_WORD = re.compile(r"[a-z][a-z_-]*(\.[a-z]{2,5})?", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2}([-_][A-Za-z]{2})?")
_MAX_SEGMENTS = 3


def find_site(url: str) -> str:
    """Return the site of a URL: its domain, or its origin for an IP address or a bare name.

    The pages of a shop may be on several hosts of its domain, such as the checkout.
    """
    if not is_web_url(url):
        return ""
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    if len(labels) < 2 or host.replace(".", "").isdigit() or ":" in host:
        return parse_origin(url)
    # The second level of some countries, such as co.uk and com.mx, is not a registered domain.
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_second_level else labels[-2:])


def path_and_query(url: str) -> str:
    """Return a URL without its origin, as in ``goto``."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.path or '/'}{query}"


def build_url_glob(url: str) -> str:
    """Return a glob for the page with any order: ``**/order-confirmation/*``."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    while len(segments) > 1 and _LOCALE.fullmatch(segments[0]):
        segments.pop(0)
    known = [segment if _PAGE_WORD.fullmatch(segment) else "*" for segment in segments]
    known = known[-_MAX_SEGMENTS:]
    if not any(segment != "*" for segment in known):
        return f"**{parts.path or '/'}"
    # The query is optional, and differs between orders.
    return f"**/{'/'.join(known)}" + ("**" if parts.query else "")
