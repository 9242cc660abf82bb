"""Reads the file of a storage state: the cookies and local storage that a scenario begins with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from validator.core.document import Json
from validator.core.page_options import MIN_SECRET_COOKIE_CHARS
from validator.scenario.model.template import Secret

_PLAIN_VALUE = re.compile(
    r"-?\d+(\.\d+)?|true|false|null|undefined|https?://[^?#@]*"
    r"|\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?"
)
_TOKEN = re.compile(r"(?=.*\d)[^\s]{12,}")
"""A text inside of JSON that may be a key: other texts are what the shop shows, such as names."""


def describe_unusable_state(path: Path) -> str:
    """Describe why a scenario cannot begin with a file; return an empty text if it can."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    except ValueError:
        return f"{path} is not a storage state: it is not JSON"
    is_state = isinstance(state, dict) and isinstance(state.get("cookies"), list)
    return "" if is_state else f"{path} is not a storage state: it has no cookies"


def read_state_secrets(path: Path) -> Iterator[Secret]:
    """Yield what may be a key: the values of cookies and of the local storage of pages.

    A cookie that scripts cannot read is one, such as the one of a login; of other values, those
    that are neither short nor a number, a date or an address, nor, in a cookie, a word such as a
    language. A value that is JSON may hold keys.
    """
    state = json.loads(path.read_text(encoding="utf-8"))
    for cookie in _members(state.get("cookies")):
        value = str(cookie.get("value", ""))
        is_hidden = bool(cookie.get("httpOnly")) and len(value) >= MIN_SECRET_COOKIE_CHARS
        if is_hidden or (_may_be_key(value) and not value.isalpha()):
            yield Secret(str(cookie.get("name")), value)
    for origin in _members(state.get("origins")):
        for item in _members(origin.get("localStorage")):
            name, value = str(item.get("name")), str(item.get("value", ""))
            yield from (Secret(name, each) for each in _keys_in(value))
        for text in _texts(origin.get("indexedDB")):
            yield from (Secret("indexedDB", each) for each in _keys_in(text))


def _members(value: Json) -> list[dict[str, Json]]:
    """Return the objects in a list, whatever else somebody has written there."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _may_be_key(value: str) -> bool:
    return len(value) >= MIN_SECRET_COOKIE_CHARS and not _PLAIN_VALUE.fullmatch(value)


def _keys_in(value: str) -> Iterator[str]:
    if not _may_be_key(value):
        return
    yield value
    with suppress(ValueError, RecursionError):
        held = json.loads(value)
        if isinstance(held, dict | list):
            yield from (each for each in _texts(held) if _TOKEN.fullmatch(each))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
