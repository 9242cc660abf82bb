"""HTML text → its elements with exact places, in time linear in its length.

Written here because nothing at hand gives both the end of an element and a bound on time:
``html.parser``, which Beautiful Soup builds on, needs minutes for 100 KB of ``<a <a <a …``. It
follows https://html.spec.whatwg.org/multipage/parsing.html in what concerns a tag: tokens, raw
text, void elements, implied end tags, SVG and MathML, the first of two attributes. It does not
move elements out of tables and does not repair misnested formatting.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Mapping

from validator.doctype import is_quirky
from validator.dom import Element, Text, Tree

DEEPEST = 512
"""Levels of nesting; what is nested deeper becomes a sibling, as in Chromium."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names("area base br col embed hr img input link meta source track wbr")
RAW = _names("script style textarea title noscript iframe noembed noframes xmp")
"""Elements whose content is text and never elements. With JavaScript on, noscript is one."""
_NOT_SHOWN = _names(
    "area audio base canvas datalist head iframe link meta noembed noframes noscript param rp"
    " script source style template textarea title track video"
)
"""What a browser does not show, or shows something else of than the text inside of it."""
_DROPS_NEWLINE = _names("pre listing textarea")
"""Elements whose content does not begin with the newline after the start tag."""
_DECODED = _names("textarea title")
"""Those of them in which character references count."""
_ENDS_FOREIGN = _names(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li"
    " listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
"""Start tags that end an SVG or MathML in which they stand."""
_CLOSED_BY: Mapping[str, frozenset[str]] = {
    "p": _names(
        "address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4"
        " h5 h6 header hr main menu nav ol p pre section table ul"
    ),
    "li": _names("li"),
    "dt": _names("dt dd"),
    "dd": _names("dt dd"),
    "tr": _names("tr tbody tfoot"),
    "td": _names("td th tr tbody tfoot"),
    "th": _names("td th tr tbody tfoot"),
    "option": _names("option optgroup"),
}
"""Elements that may go without an end tag → the start tags that end them."""

SPACE = "\t\n\f\r "
_OPENING = re.compile(r"<(?:(?P<tag>/?[a-zA-Z][^\t\n\f\r />]*)|(?P<comment>!--)|[!?/])")
_ATTRIBUTE = re.compile(
    r"""[\t\n\f\r /]*+(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*+)
    (?:[\t\n\f\r ]*+=[\t\n\f\r ]*+
      (?:"(?P<double>[^"]*+)(?:"|\Z)|'(?P<single>[^']*+)(?:'|\Z)|(?P<bare>[^\t\n\f\r >]++)|(?=>)))?
    """,
    re.VERBOSE,
)
_FIRST_NEWLINE = re.compile(r"(?:\r?\n|\r)?")
_NEWLINE = re.compile(r"\r\n?")
_TAG_END = re.compile(r"[\t\n\f\r /]*+>")
_COMMENT_END = re.compile(r"-->|--!>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in RAW}
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def parse(source: str, *, implied_ends: bool = True) -> Tree:
    """Parse any text; nothing is an error in HTML.

    ``implied_ends`` False is for what a browser has serialised: there each element has its end
    tag, and scripts may have built what HTML text could not say, such as a div inside a p.
    """
    builder = _Builder(source, implied_ends)
    builder.run()
    lines = [0, *(match.end() for match in re.finditer("\n", source))]
    return Tree(source, builder.elements, builder.comments, builder.texts, lines, is_quirky(source))


class _Builder:
    def __init__(self, source: str, implied_ends: bool) -> None:
        self.source = source
        self.implied_ends = implied_ends
        self.elements: list[Element] = []
        self.comments: list[tuple[int, str]] = []
        self.texts: list[Text] = []
        self.stack: list[Element] = []
        self.open: Counter[str] = Counter()

    def run(self) -> None:
        at = 0
        while opening := _OPENING.search(self.source, at):
            self._text(at, opening.start())
            if name := opening["tag"]:
                at = self._tag(name.lower(), opening.start(), opening.end())
            elif opening["comment"]:
                at = self._comment(opening.end())
            else:
                at = self._after(">", opening.end())
        self._text(at, len(self.source))
        while self.stack:
            self._close(len(self.source))

    def _text(self, start: int, stop: int, *, is_decoded: bool = True) -> None:
        if start < stop:
            owner = self.stack[-1] if self.stack else None
            text = self.source[start:stop]
            if self.implied_ends:
                # A browser writes a carriage return of the document as it is.
                text = _NEWLINE.sub("\n", text)
            self.texts.append((start, owner, entities.unescape(text) if is_decoded else text))

    def _comment(self, start: int) -> int:
        # "<!-->" and "<!--->" are whole comments: their dashes count twice.
        end = _COMMENT_END.search(self.source, start - 2)
        if end is None:
            self.comments.append((start, self.source[start:]))
            return len(self.source)
        self.comments.append((start, self.source[start : end.start()]))
        return end.end()

    def _after(self, text: str, start: int) -> int:
        found = self.source.find(text, start)
        return len(self.source) if found < 0 else found + len(text)

    def _tag(self, name: str, start: int, at: int) -> int:
        """Take one start or end tag; return the offset after it."""
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self.source, at):
            value = found["double"] or found["single"] or found["bare"] or ""
            attributes.setdefault(found["name"].lower(), entities.unescape(value))
            at = found.end()
        end = _TAG_END.match(self.source, at)
        if end is None:
            # The text ends inside of the tag: a browser drops such a tag.
            return len(self.source)
        if name.startswith("/"):
            self._end_tag(name[1:], start, end.end())
            return end.end()
        element = self._start_tag(name, attributes, start)
        element.inner = end.end()
        if self.implied_ends and name in _DROPS_NEWLINE and not element.foreign:
            newline = _FIRST_NEWLINE.match(self.source, element.inner)
            element.inner = newline.end() if newline else element.inner
        if name in RAW and not element.foreign:
            return self._raw(name, element.inner)
        if (self.source[end.end() - 2] == "/") if element.foreign else (name in VOID):
            self._close(end.end())
        return element.inner

    def _raw(self, name: str, start: int) -> int:
        end = _RAW_END[name].search(self.source, start)
        stop = end.start() if end else len(self.source)
        self._text(start, stop, is_decoded=name in _DECODED)
        return stop

    def _start_tag(self, name: str, attributes: Mapping[str, str], start: int) -> Element:
        while self._is_ended_by(name) or len(self.stack) >= DEEPEST:
            self._close(start)
        parent = self.stack[-1] if self.stack else None
        foreign = name in ("svg", "math") or bool(parent and parent.holds_foreign)
        hides = "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))
        hides = hides or (name in _NOT_SHOWN and not foreign)
        element = Element(
            name=name,
            attributes=attributes,
            parent=parent,
            start=start,
            index=len(self.elements),
            hidden=hides or (parent is not None and parent.hidden),
            template=parent.home if parent else None,
            text_from=len(self.texts),
            foreign=foreign,
        )
        self.elements.append(element)
        self.stack.append(element)
        self.open[name] += 1
        return element

    def _is_ended_by(self, name: str) -> bool:
        if not (self.implied_ends and self.stack):
            return False
        parent = self.stack[-1]
        if parent.holds_foreign:
            return name in _ENDS_FOREIGN
        return name in _CLOSED_BY.get(parent.name, ())

    def _end_tag(self, name: str, start: int, end: int) -> None:
        if not self.open[name]:
            return
        while self.stack[-1].name != name:
            self._close(start)
        self._close(end)

    def _close(self, end: int) -> None:
        element = self.stack.pop()
        self.open[element.name] -= 1
        element.end = end
        element.after = len(self.elements)
        element.text_to = len(self.texts)
