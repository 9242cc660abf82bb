"""What a browser wrote of its own document (``outerHTML``) → its elements, taken literally.

A script may have built what HTML text cannot say, such as a div inside a p: no element is moved or
ended by another, and every element but a void one ends at its end tag.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape

from validator.html.dom import HTML_INTEGRATION_POINTS, VOID, DomNode, Element, Tree, build_tree

_RAW_NAMES = "script style noscript iframe noembed noframes xmp plaintext"
_RAW = frozenset(_RAW_NAMES.split())
"""Elements whose content is text and is written without character references."""
_TEXT_ONLY = _RAW | {"textarea", "title"}
_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _TEXT_ONLY}
_ROOTS = {
    **dict.fromkeys(("g", "text", "tspan", "textpath", "defs", "symbol", "switch"), "svg"),
    **dict.fromkeys(("mrow", *HTML_INTEGRATION_POINTS["math"]), "math"),
}
"""Names by which the outermost element is known to be one of SVG or MathML."""
_MARKUP = re.compile(r"<(?:(?P<tag>/?[a-zA-Z][^\t\n\f\r />]*)|(?P<comment>!--)|[!?]|/(?!\Z))")
_ATTRIBUTE = re.compile(
    r"""[\t\n\f\r /]*+(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*+)
    (?:[\t\n\f\r ]*+=[\t\n\f\r ]*+
      (?:"(?P<double>[^"]*+)(?:"|\Z)|'(?P<single>[^']*+)(?:'|\Z)|(?P<bare>[^\t\n\f\r >]++)|(?=>)))?
    """,
    re.VERBOSE,
)
_TAG_END = re.compile(r"[\t\n\f\r /]*+>")


def parse(
    html: str, origin: tuple[int, int] = (1, 1), *, quirks: bool = False, foreign: str = ""
) -> Tree:
    """Parse the serialisation of one element. Never fails.

    ``origin`` is the line and the column of its first character, ``quirks`` the mode of the
    document it is of, ``foreign`` "svg" or "math" where the element is known to be one of these.
    """
    serialisation = _Serialisation(html, foreign)
    serialisation.read()
    return build_tree(html, serialisation.top, [], quirks=quirks, origin=origin)


class _Serialisation:
    def __init__(self, html: str, foreign: str) -> None:
        self.html = html
        self.foreign = foreign
        self.top: list[DomNode] = []
        self.open: list[Element] = []
        self.depths: defaultdict[str, list[int]] = defaultdict(list)
        """Name → where in the stack the open elements of that name are."""

    def read(self) -> None:
        at = 0
        while markup := _MARKUP.search(self.html, at):
            self._text(self.html[at : markup.start()])
            if name := markup["tag"]:
                at = self._tag(name.lower(), markup.start(), markup.end())
            elif markup["comment"]:
                # "<!-->" and "<!--->" are whole comments.
                at = self._after("-->", markup.end() - 2)
            else:
                at = self._after(">", markup.end())
        self._text(self.html[at:])
        self._close(0, len(self.html))

    def _after(self, text: str, start: int) -> int:
        found = self.html.find(text, start)
        return len(self.html) if found < 0 else found + len(text)

    def _text(self, text: str) -> None:
        if text:
            self._put((self.open[-1] if self.open else None, unescape(text)))

    def _put(self, node: DomNode) -> None:
        (self.open[-1].children if self.open else self.top).append(node)

    def _tag(self, name: str, start: int, at: int) -> int:
        """Take one start tag or end tag; return the offset after it and after mere text in it."""
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self.html, at):
            value = found["double"] or found["single"] or found["bare"] or ""
            attributes.setdefault(found["name"].lower(), unescape(value))
            at = found.end()
        end = _TAG_END.match(self.html, at)
        if end is None:
            # It was cut inside of the tag.
            return len(self.html)
        if name.startswith("/"):
            self._end_tag(name[1:], start, end.end())
            return end.end()
        element = Element(
            name=name,
            attributes=attributes,
            foreign=self._foreign(name),
            start=start,
            inner=end.end(),
            parent=self.open[-1] if self.open else None,
        )
        self._put(element)
        self.depths[name].append(len(self.open))
        self.open.append(element)
        return self._content(element, closes_itself=end[0].endswith("/>"))

    def _content(self, element: Element, *, closes_itself: bool) -> int:
        """End an element that has no content, and take a content that is mere text."""
        if closes_itself if element.foreign else element.name in VOID:
            self._close(len(self.open) - 1, element.inner)
        elif element.name in _TEXT_ONLY and not element.foreign:
            return self._text_content(element)
        return element.inner

    def _text_content(self, element: Element) -> int:
        start = element.inner
        if element.name == "plaintext":
            stop = self.html.rfind("</plaintext>", start)
        else:
            end = _RAW_END[element.name].search(self.html, start)
            stop = end.start() if end else -1
        stop = len(self.html) if stop < 0 else stop
        text = self.html[start:stop]
        if text:
            self._put((element, text if element.name in _RAW else unescape(text)))
        return stop

    def _end_tag(self, name: str, start: int, end: int) -> None:
        """End the innermost open element of the name, and before it those inside of it."""
        if depths := self.depths[name]:
            depth = depths[-1]
            self._close(depth + 1, start)
            self._close(depth, end)

    def _close(self, depth: int, end: int) -> None:
        while len(self.open) > depth:
            element = self.open.pop()
            self.depths[element.name].pop()
            element.end = end

    def _foreign(self, name: str) -> str:
        """Return the foreign namespace of a start tag, by the element it stands in."""
        if self.open and self.open[-1].has_foreign_content:
            return self.open[-1].foreign
        if name in HTML_INTEGRATION_POINTS:
            return name
        return "" if self.open else self.foreign or _ROOTS.get(name, "")
