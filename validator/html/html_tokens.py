"""HTML text → its tags, texts and comments with exact places, in time linear in its length."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from validator.html.html_names import DECODED, RAW_TEXT

SPACE = "\t\n\f\r "
_OPENING = re.compile(r"<(?:(?P<tag>/?[a-zA-Z][^\t\n\f\r />]*)|(?P<comment>!--)|[!?]|/(?!\Z))")
_ATTRIBUTE = re.compile(
    r"""[\t\n\f\r /]*+(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*+)
    (?:[\t\n\f\r ]*+=[\t\n\f\r ]*+
      (?:"(?P<double>[^"]*+)(?:"|\Z)|'(?P<single>[^']*+)(?:'|\Z)|(?P<bare>[^\t\n\f\r >]++)|(?=>)))?
    """,
    re.VERBOSE,
)
_TAG_END = re.compile(r"[\t\n\f\r /]*+>")
_COMMENT_END = re.compile(r"-->|--!>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in RAW_TEXT}
_CDATA = "<![CDATA["
_REFERENCE = re.compile(
    r"&(?:#(?:[xX](?P<hex>[0-9a-fA-F]++)|(?P<decimal>[0-9]++));?|[^\t\n\f <&#;]{1,32};?)"
)
_IN_ATTRIBUTE = re.compile(r"&(?:#[^;&]*+;?|[a-zA-Z0-9]++(?:;|(?![=a-zA-Z0-9])))")
"""In an attribute, &copy=1 and &copyx are no character references."""


@dataclass(slots=True)
class StartTag:
    """A start tag. ``end`` is the offset after it."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int
    closes_itself: bool = False


class TokenHandler(Protocol):
    """Takes what there is in a text, in its order."""

    def text(self, start: int, text: str) -> None: ...

    def comment(self, start: int, text: str) -> None: ...

    def start_tag(self, tag: StartTag) -> tuple[int, bool]:
        """Return where the content begins, and whether it is mere text."""

    def end_tag(self, name: str, start: int, end: int) -> None: ...

    @property
    def is_in_foreign(self) -> bool:
        """Whether the next thing stands in SVG or MathML."""


def tokenize(source: str, handler: TokenHandler, *, written_by_browser: bool) -> None:
    """Take a text apart; nothing is an error in HTML."""
    _Tokenizer(source, handler, written_by_browser).run()


class _Tokenizer:
    def __init__(self, source: str, handler: TokenHandler, written_by_browser: bool) -> None:
        self.source = source
        self.handler = handler
        self.written_by_browser = written_by_browser

    def run(self) -> None:
        at = 0
        while opening := _OPENING.search(self.source, at):
            self._text(at, opening.start())
            if name := opening["tag"]:
                at = self._tag(name.lower(), opening.start(), opening.end())
            elif opening["comment"]:
                at = self._comment(opening.end())
            elif self._is_cdata(opening.start()):
                at = self._cdata(opening.start())
            else:
                at = self._after(">", opening.end())
        self._text(at, len(self.source))

    def _text(self, start: int, stop: int, *, is_decoded: bool = True) -> None:
        if start < stop:
            text = self.source[start:stop]
            if not self.written_by_browser and "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            self.handler.text(start, _decoded(text) if is_decoded else text)

    def _comment(self, start: int) -> int:
        # "<!-->" and "<!--->" are whole comments: their dashes count twice.
        end = _COMMENT_END.search(self.source, start - 2)
        stop = end.start() if end else len(self.source)
        self.handler.comment(start, self.source[start:stop])
        return end.end() if end else len(self.source)

    def _is_cdata(self, at: int) -> bool:
        return self.handler.is_in_foreign and self.source.startswith(_CDATA, at)

    def _cdata(self, at: int) -> int:
        start = at + len(_CDATA)
        stop = self.source.find("]]>", start)
        stop = len(self.source) if stop < 0 else stop
        self._text(start, stop, is_decoded=False)
        return min(stop + 3, len(self.source))

    def _after(self, text: str, start: int) -> int:
        found = self.source.find(text, start)
        return len(self.source) if found < 0 else found + len(text)

    def _tag(self, name: str, start: int, at: int) -> int:
        """Take one start or end tag; return the offset after it."""
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self.source, at):
            value = found["double"] or found["single"] or found["bare"] or ""
            attributes.setdefault(found["name"].lower(), _decoded_value(value))
            at = found.end()
        end = _TAG_END.match(self.source, at)
        if end is None:
            # The text ends inside of the tag: a browser drops such a tag.
            return len(self.source)
        if name.startswith("/"):
            self.handler.end_tag(name[1:], start, end.end())
            return end.end()
        tag = StartTag(name, attributes, start, end.end(), end[0].endswith("/>"))
        inner, is_raw = self.handler.start_tag(tag)
        return self._raw(name, inner) if is_raw else inner

    def _raw(self, name: str, start: int) -> int:
        if name == "plaintext":
            stop = self.source.rfind("</plaintext>", start) if self.written_by_browser else -1
            stop = len(self.source) if stop < 0 else stop
        else:
            end = _RAW_END[name].search(self.source, start)
            stop = end.start() if end else len(self.source)
        self._text(start, stop, is_decoded=name in DECODED)
        return stop


def _decoded_value(text: str) -> str:
    return _IN_ATTRIBUTE.sub(lambda found: _decoded(found[0]), text) if "&" in text else text


def _decoded(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    digits = found["hex"] or found["decimal"]
    if not digits:
        return html.unescape(found[0])
    # Python refuses to make a number of thousands of digits, and no character has eight.
    code = int(digits.lstrip("0")[:8] or "0", 16 if found["hex"] else 10)
    if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    return html.unescape(f"&#{code};") if 0x80 <= code < 0xA0 else chr(code)
