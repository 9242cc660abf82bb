"""URLs of a recording, as a scenario has them."""

from __future__ import annotations

from urllib.parse import urlsplit


def path_and_query(url: str) -> str:
    """Return a URL without its origin, as in ``goto``; a route in the fragment is kept."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!/")) else ""
    return f"{parts.path or '/'}{query}{route}"
