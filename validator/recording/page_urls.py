"""Addresses of a recording: which belong to the shop, and how the last of them is known again."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from validator.core.urls import is_web_url, parse_origin

# A segment that names a page; others hold ids, such as an order's number.
_PAGE_WORD = re.compile(r"[a-z][a-z_-]*(\.[a-z]{2,5})?", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2}([-_][A-Za-z]{2})?")
_MAX_SEGMENTS = 3


def find_site(url: str) -> str:
    """Return what the pages of one shop have in common: its domain, or the origin of a machine.

    A shop's pages may be on several hosts of a domain: its checkout is no payment page.
    """
    if not is_web_url(url):
        return ""
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    if len(labels) < 2 or host.replace(".", "").isdigit() or ":" in host:
        return parse_origin(url)
    # co.uk, com.mx: a country's second level says nothing of whose domain it is.
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_second_level else labels[-2:])


def path_and_query(url: str) -> str:
    """Return a URL without its origin, as ``goto`` writes it."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.path or '/'}{query}"


def build_url_glob(url: str) -> str:
    """Return a glob for a page and its likes of other orders: ``**/order-confirmation/*``."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    while len(segments) > 1 and _LOCALE.fullmatch(segments[0]):
        segments.pop(0)
    known = [segment if _PAGE_WORD.fullmatch(segment) else "*" for segment in segments]
    known = known[-_MAX_SEGMENTS:]
    if not any(segment != "*" for segment in known):
        return f"**{parts.path or '/'}"
    # A query may be there or not, and differs from order to order.
    return f"**/{'/'.join(known)}" + ("**" if parts.query else "")
