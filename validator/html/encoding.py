"""The bytes of a page → its text, as Chromium decodes them.

https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding, and where
that leaves it to the browser what Chromium was seen to do: it looks for a ``<meta>`` in 1024 bytes
and on, as long as a page has nothing but what belongs into a head.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

import webencodings

from validator.html.pages import tags

_MIN_SCANNED_BYTES = 1024
"""Bytes that are looked at in any case."""
_HEAD_CONTENT = frozenset(
    ["script", "x-script", "style", "link", "meta", "object", "title", "base"]
)
_HEAD_OPENING = frozenset(["html", "head"])
_ENCODING_OVERRIDES: Mapping[str, str] = {
    # The declaration itself was found in ASCII, so the page is not UTF-16.
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "x-user-defined": "windows-1252",
}
_CHARSET = re.compile(
    r"""charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^"'\t\n\f\r ;][^\t\n\f\r ;]*))""",
    re.IGNORECASE,
)
_NOSCRIPT = re.compile("noscript", re.IGNORECASE)
_XML_ENCODING = re.compile(
    rb"""<\?xml[\t\n\f\r ][^>]{0,200}?encoding[\t\n\f\r ]*=[\t\n\f\r ]*["']([^"'>]{0,60})["']"""
)
_CONTROL_CHARACTER_HANDLER = "validator.controls"


def decode_html(
    content: bytes, charset: str | None = None, *, undeclared: str = "windows-1252"
) -> str:
    """Return the text; ``charset`` is the HTTP header's, which outranks what the page declares.

    ``undeclared`` is for pages that say nothing. Never fails: what does not fit the encoding is
    shown as U+FFFD, and no other encoding is tried in place of a declared one.
    """
    return _decode_with(content, find_encoding(content, charset) or webencodings.lookup(undeclared))


def decode_file(content: bytes, charset: str | None = None) -> str:
    """Decode a local file likewise: of these alone Chromium guesses that they may be UTF-8."""
    is_utf_8 = _is_utf_8(content)
    return decode_html(content, charset, undeclared="utf-8" if is_utf_8 else "windows-1252")


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def find_encoding(content: bytes, charset: str | None = None) -> webencodings.Encoding | None:
    """Return the encoding that a page or its HTTP header declares; None where neither does."""
    return (
        _encoding_from_bom(content)
        or webencodings.lookup(charset or "")
        or _encoding_from_meta(content)
        or _encoding_from_xml(content)
    )


def _encoding_from_bom(content: bytes) -> webencodings.Encoding | None:
    """Read the byte order mark."""
    marks = {
        codecs.BOM_UTF8: "utf-8",
        codecs.BOM_UTF16_LE: "utf-16le",
        codecs.BOM_UTF16_BE: "utf-16be",
    }
    named = (name for mark, name in marks.items() if content.startswith(mark))
    return webencodings.lookup(next(named, ""))


def _encoding_from_meta(content: bytes) -> webencodings.Encoding | None:
    if b"charset" not in content.lower():
        return None
    # Bytes as characters of the same number: what matters here is ASCII. Without scripting, the
    # content of a noscript is HTML; a carriage return would count twice or not at all.
    text = _NOSCRIPT.sub("x-script", content.decode("latin-1")).replace("\r", " ")
    is_in_head = True
    for tag in tags(text):
        is_meta = tag.name == "meta" and not tag.is_end
        if is_meta and (found := _effective_encoding(_find_charset(tag.attributes))):
            return found
        is_in_head = is_in_head and (
            tag.name in _HEAD_CONTENT or (tag.name in _HEAD_OPENING and not tag.is_end)
        )
        if tag.end >= _MIN_SCANNED_BYTES and not is_in_head:
            break
    return None


def _encoding_from_xml(content: bytes) -> webencodings.Encoding | None:
    found = _XML_ENCODING.match(content)
    return _effective_encoding(found[1].decode("latin-1")) if found else None


def _effective_encoding(label: str) -> webencodings.Encoding | None:
    encoding = webencodings.lookup(label)
    return (
        webencodings.lookup(_ENCODING_OVERRIDES.get(encoding.name, encoding.name))
        if encoding
        else None
    )


def _find_charset(attributes: Mapping[str, str]) -> str:
    if "charset" in attributes:
        return attributes["charset"]
    if attributes.get("http-equiv", "").lower() != "content-type":
        return ""
    found = _CHARSET.search(attributes.get("content", ""))
    return next((value for value in found.groups() if value), "") if found else ""


def _decode_with(content: bytes, encoding: webencodings.Encoding | None) -> str:
    name = encoding.name if encoding else "utf-8"
    if name == "gbk":
        # To the standard this is its successor, to Python it lacks some characters.
        return content.decode("gb18030", "replace")
    errors = _CONTROL_CHARACTER_HANDLER if name in ("windows-1252", "windows-1254") else "replace"
    return webencodings.decode(content, name, errors)[0]


def _replace_with_control_character(error: UnicodeError) -> tuple[str, int]:
    """Bytes without a character stand for the control of their number, where Python has none."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(error.object[error.start]), error.start + 1


codecs.register_error(_CONTROL_CHARACTER_HANDLER, _replace_with_control_character)
