"""Globs of URLs, as Playwright reads them: whether one matches, and where the two part.

``*`` is any text without a slash, ``**`` any text, ``{a,b}`` one of two texts, and a backslash
takes the next character literally.
https://playwright.dev/python/docs/network#glob-url-patterns
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

_WILDCARD = re.compile(r"\*+")
_DELIMITERS = re.compile(r"(?<=[/?&=#])")
"""After each of them, a new part of an address begins."""
MAX_SHOWN_CHARS = 80


class InvalidGlob(ValueError):  # noqa: N818 - a fact about a text of the author
    """A glob has a brace without its partner."""


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    regex: str
    is_wildcard: bool = False


def matches_glob(glob: str, url: str, base_url: str | None = None) -> bool:
    """Tell whether a glob matches a URL. A query that is empty, as in ``/thanks?``, is none."""
    pattern = _compile(_resolve(glob, base_url))
    return any(pattern.fullmatch(each) for each in (url, _without_empty_query(url)))


def is_valid_glob(glob: str) -> bool:
    try:
        _compile(glob)
    except InvalidGlob:
        return False
    return True


def describe_parting(glob: str, url: str, base_url: str | None = None) -> str:
    """Say where a glob and a URL part: how far they agree, and how each goes on."""
    url = _without_empty_query(url)
    parts = _split(_resolve(glob, base_url))
    for count in range(len(parts), 0, -1):
        found = _longest_match(parts[:count], url)
        if found is None:
            continue
        rest, wanted = url[len(found) :], "".join(part.text for part in parts[count:])
        if wanted and all(part.is_wildcard for part in parts[:count]):
            # A wildcard agrees with anything: what follows it is nowhere in the address.
            return f'the address has no "{_shorten(wanted)}" where the pattern does'
        agreed = f'they agree up to "{_shorten_start(found)}"; there'
        goes_on, wants = f'"{_shorten(rest)}"', f'"{_shorten(wanted)}"'
        if not wanted:
            return f"{agreed} the pattern ends, and the address goes on with {goes_on}"
        if not rest:
            return f"{agreed} the address ends, and the pattern wants {wants}"
        return f"{agreed} the pattern wants {wants}, and the address has {goes_on}"
    return f'the address does not begin with "{_shorten("".join(p.text for p in parts))}"'


def widen_glob(glob: str, url: str, base_url: str | None = None) -> str:
    """Return a glob that also allows the final slash or the query of a URL; empty without one."""
    bare = glob.rstrip("/")
    query = "/?**" if urlsplit(url).path.endswith("/") else "?**"
    wider = (f"{bare}/", bare, f"{bare}{query}", f"{glob}**")
    telling = (each for each in wider if each.strip("*/?"))
    return next((each for each in telling if matches_glob(each, url, base_url)), "")


def _longest_match(parts: list[_Part], url: str) -> str | None:
    found = re.match("".join(part.regex for part in parts), url)
    return found[0] if found else None


def _resolve(glob: str, base_url: str | None) -> str:
    """Return a glob that begins with a path as one of the site of ``base_url``."""
    if not base_url or glob.startswith("*") or "://" in glob:
        return glob
    return urljoin(base_url, "/") + glob[1:] if glob.startswith("/") else urljoin(base_url, glob)


def _without_empty_query(url: str) -> str:
    """Return a URL without a ``?`` that nothing follows, as a form without fields leaves it."""
    bare, mark, fragment = url.partition("#")
    return bare.removesuffix("?") + mark + fragment


@lru_cache(maxsize=256)
def _compile(glob: str) -> re.Pattern[str]:
    return re.compile("".join(part.regex for part in _split(glob)), re.DOTALL)


def _split(glob: str) -> list[_Part]:
    """Return the parts of a glob: wildcards, groups, and literal text up to each delimiter."""
    parts: list[_Part] = []
    place = 0
    while place < len(glob):
        character = glob[place]
        if character == "*":
            end = _wildcard_end(glob, place)
            parts.append(_wildcard(glob, place, end))
        elif character == "{":
            end = glob.find("}", place) + 1
            group = glob[place:end]
            if not end or "{" in group[1:]:
                raise InvalidGlob(f"the brace at character {place + 1} has no partner")
            parts.append(_Part(group, _group_regex(group[1:-1])))
        elif character == "}":
            raise InvalidGlob(f"the brace at character {place + 1} has no partner")
        else:
            end = _literal_end(glob, place)
            parts += (
                _Part(text, re.escape(re.sub(r"\\(.)", r"\1", text)))
                for text in filter(None, _DELIMITERS.split(glob[place:end]))
            )
        place = end
    return parts


def _wildcard_end(glob: str, place: int) -> int:
    found = _WILDCARD.match(glob, place)
    end = found.end() if found else place + 1
    # ``/**/`` is also a single slash, and takes the slash behind it.
    return end + 1 if end - place > 1 and glob[end : end + 1] == "/" else end


def _wildcard(glob: str, place: int, end: int) -> _Part:
    text = glob[place:end]
    if text == "*":
        return _Part(text, "[^/]*", is_wildcard=True)
    if not text.endswith("/"):
        return _Part(text, ".*", is_wildcard=True)
    regex = "(?:.+/)?" if glob[place - 1 : place] == "/" else ".*/"
    return _Part(text, regex, is_wildcard=True)


def _group_regex(group: str) -> str:
    inner = ("".join(part.regex for part in _split(each)) for each in group.split(","))
    return f"(?:{'|'.join(inner)})"


def _literal_end(glob: str, place: int) -> int:
    while place < len(glob) and glob[place] not in "*{}":
        place += 2 if glob[place] == "\\" and place + 1 < len(glob) else 1
    return place


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"


def _shorten_start(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else f"…{text[-MAX_SHOWN_CHARS:]}"
