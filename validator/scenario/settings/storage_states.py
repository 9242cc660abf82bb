"""Reads the file of a storage state: the cookies and local storage that a scenario begins with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from validator.core.page_options import MIN_SECRET_COOKIE_CHARS
from validator.scenario.model.template import Secret


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
    """Yield the values of cookies that scripts cannot read, such as the one of a login."""
    for cookie in json.loads(path.read_text(encoding="utf-8"))["cookies"]:
        value = str(cookie.get("value", ""))
        if cookie.get("httpOnly") and len(value) >= MIN_SECRET_COOKIE_CHARS:
            yield Secret(str(cookie.get("name")), value)
