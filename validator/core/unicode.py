"""Text that UTF-8 can express.

A JavaScript string may contain half of a surrogate pair, and a file name bytes that are not
UTF-8. Python keeps both as lone surrogates, which cannot be encoded.
"""

from __future__ import annotations

import re
from typing import TypeVar

T = TypeVar("T")
_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """Return a text without lone surrogates: each is U+FFFD, as in a browser's ``toWellFormed``."""
    if text.isascii():
        return text
    # Two halves that belong together become one character.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def replace_surrogates(text: str) -> str:
    """Return a text with U+FFFD for each surrogate: places in it stay what they are.

    Unlike ``well_formed``, it does not join the halves of a pair.
    """
    return _SURROGATE.sub("\ufffd", text)


def well_formed_json(value: T) -> T:
    """Return a JSON value whose texts, also its keys, are well-formed."""
    if isinstance(value, str):
        return well_formed(value)  # type: ignore[return-value]  # a text comes back
    if isinstance(value, list):
        return [well_formed_json(item) for item in value]  # type: ignore[return-value]  # likewise
    if isinstance(value, dict):
        return {  # type: ignore[return-value]  # likewise
            well_formed(key): well_formed_json(item) for key, item in value.items()
        }
    return value
