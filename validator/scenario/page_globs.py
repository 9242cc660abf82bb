"""The glob of a page that each customer has at another address, such as an order confirmation.

It keeps what names the page, and leaves out what differs: ids, the locale, most of the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from validator.core.url_globs import matches_glob

# A segment that names a page; other segments are ids, such as an order's number.
_PAGE_WORD = re.compile(r"[^\W\d_](?:[^\W\d]|-)*(?:(?<=[^\W\d_]{3})-?\d)?(?:\.[a-z]{2,5})?")
_CAPITALS = re.compile(r"[A-Z_-]{5,}")
"""Ids of letters only, such as the order references of PrestaShop."""
_LOCALE = re.compile(r"[a-z]{2}([-_][A-Za-z]{2})?")
_CONTROLLER = re.compile(r"(?:^|/)(?:[^/]*\.(?:php|aspx?|jsp|do|cgi|pl|cfm))?$")
"""Paths at which a query says which page is shown: of a script, or none at all."""
_ROUTE_KEY = re.compile(
    r"(?:.*_)?(?:route|controller|dispatch|p|page(?:_?id)?|action|view|task|path|step|do|cmd|endpoint)"
)
_ROUTE_VALUE = re.compile(r"[^\W\d](?:[^\W\d]|[-./])*")
_MAX_SEGMENTS = 3
_SYNTAX = re.compile(r"[*{}\\]")
"""What has a meaning in a glob, and may stand in an address."""


def build_page_glob(url: str, earlier: Iterable[str] = ()) -> str:
    """Return a glob for a page with any order: ``**/order-confirmation/*``.

    ``earlier`` are the pages on the way to it, which the glob must not match. Returns an empty
    text where no glob tells them apart, as for two pages at one address.
    """
    before = list(dict.fromkeys(earlier))
    for glob in _candidates(url, before):
        if matches_glob(glob, url) and not any(matches_glob(glob, each) for each in before):
            return glob
    return ""


def _candidates(url: str, earlier: Sequence[str]) -> Iterator[str]:
    """Yield globs that match a URL, the shortest that names the page first."""
    parts = urlsplit(url)
    path, query = _split_route(parts.path, parts.query, parts.fragment)
    pairs = _telling_pairs(query, earlier)
    names_page = [pair for pair in pairs if _is_route(pair)]
    for kept in (_MAX_SEGMENTS, len(path.split("/"))):
        glob, has_word = _path_glob(path, kept)
        is_shared = any(matches_glob(glob, _without_query(each)) for each in earlier)
        if has_word and not (query and is_shared) and not (_CONTROLLER.search(path) and names_page):
            yield f"{glob}?**" if query else glob
        for number in range(1, len(pairs) + 1):
            yield from _query_globs(glob, pairs[:number], query)
    if path == "/" and not pairs:
        yield "**/?**" if query else "**/"


def _split_route(path: str, query: str, fragment: str) -> tuple[str, str]:
    """Return path and query, with those of a route in the fragment: ``/#/order/5``."""
    route, _, inner = fragment.partition("?")
    if not route.startswith(("/", "!/")):
        return path or "/", query
    return f"{path or '/'}#{route}", inner


def _without_query(url: str) -> str:
    """Return a URL without its query, or that of the route in its fragment."""
    parts = urlsplit(url)
    path, _ = _split_route(parts.path, parts.query, parts.fragment)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _path_glob(path: str, most: int) -> tuple[str, bool]:
    """Return the glob of a path, and whether it has a word that names the page."""
    before, mark, route = path.rpartition("#")
    ends_in_slash = path.endswith("/") and len(path) > 1
    prefix, _, rest = route.partition("/")
    segments = [segment for segment in rest.split("/") if segment]
    while len(segments) > 1 and _LOCALE.fullmatch(segments[0]):
        segments.pop(0)
    start = f"**{'/' if before.endswith('/') else ''}#{prefix}" if mark else "**"
    known = [_escape(segment) if _is_word(segment) else "*" for segment in segments][-most:]
    slash = "/" if ends_in_slash and known else ""
    return f"{start}/{'/'.join(known)}{slash}", any(segment != "*" for segment in known)


def _is_word(segment: str) -> bool:
    text = unquote(segment)
    return bool(_PAGE_WORD.fullmatch(text)) and not _CAPITALS.fullmatch(text)


def _telling_pairs(query: str, earlier: Sequence[str]) -> list[tuple[str, str]]:
    """Return the parts of a query that no earlier page has, what names a page first."""
    known = {pair for each in earlier for pair in _pairs(_query_of(each))}
    fresh = [pair for pair in _pairs(query) if pair not in known and pair[0]]
    named = [pair for pair in fresh if _is_route(pair)]
    known_keys = {key for key, _ in known}
    keys = [pair for pair in fresh if pair not in named and pair[0] not in known_keys]
    named.sort(key=lambda pair: (pair[1].isdigit(), not _ROUTE_KEY.fullmatch(pair[0].lower())))
    return named + keys


def _query_of(url: str) -> str:
    parts = urlsplit(url)
    return _split_route(parts.path, parts.query, parts.fragment)[1]


def _pairs(query: str) -> list[tuple[str, str]]:
    split = (pair.partition("=") for pair in query.split("&") if pair)
    return [(key, value) for key, _, value in split]


def _is_route(pair: tuple[str, str]) -> bool:
    """Tell whether a part of a query names a page, as ``route=checkout/success`` does."""
    key, value = pair[0].lower(), unquote(pair[1])
    if _LOCALE.fullmatch(value) or _CAPITALS.fullmatch(value) or not value:
        return False
    if _ROUTE_KEY.fullmatch(key) and value:
        return bool(_ROUTE_VALUE.fullmatch(value)) or value.isdigit()
    return bool(_ROUTE_VALUE.fullmatch(value))


def _query_globs(glob: str, kept: Sequence[tuple[str, str]], query: str) -> Iterator[str]:
    """Yield globs with some parts of a query: what may follow a value, then what may not."""
    order = _pairs(query)
    wanted = sorted(kept, key=order.index)
    for is_strict in (False, True):
        text, place = f"{glob}?", 0
        for key, value in wanted:
            text += "" if order.index((key, value)) == place else "**"
            place = order.index((key, value)) + 1
            is_last = place == len(order)
            named = _is_route((key, value))
            text += f"{_escape(key)}={_escape(value) if named else ''}"
            if not is_strict or not named:
                text += "**"
            elif not is_last:
                text += "&**"
        yield re.sub(r"\*{3,}", "**", text)


def _escape(text: str) -> str:
    return _SYNTAX.sub(r"\\\g<0>", text)
