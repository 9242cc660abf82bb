"""The page in an MHTML file, as browsers save it with its pictures and frames.

https://www.rfc-editor.org/rfc/rfc2557; Chromium names the page in ``Snapshot-Content-Location``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

_HEADERS = re.compile(
    rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Snapshot-Content-Location):",
    re.IGNORECASE,
)
_CHARSET_NAME = re.compile(r"[\w.:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The HTML of the page, its address when it was saved, and its declared encoding or None."""

    content: bytes
    url: str
    charset: str | None


def is_mhtml(content: bytes) -> bool:
    """Return whether a file begins with the headers of MHTML."""
    return bool(_HEADERS.match(content))


def read_mhtml(content: bytes) -> SavedPage | None:
    """Return the page in an MHTML file; None if there is none, or it is empty."""
    from email import message_from_bytes  # it is slow to import

    message = message_from_bytes(content)
    url = str(message.get("Snapshot-Content-Location", "")).strip()
    pages = list(_pages(message))
    at_address = [page for page in pages if page.url == url]
    return next(iter(at_address or pages), None)


def _pages(message: Message) -> Iterator[SavedPage]:
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content.strip():
            charset = str(part.get_content_charset() or "")
            url = str(part.get("Content-Location", "")).strip()
            yield SavedPage(content, url, charset if _CHARSET_NAME.fullmatch(charset) else None)
