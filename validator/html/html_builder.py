"""Tags that fit → a tree. ``html_tree.py`` is for those that do not."""

from __future__ import annotations

import re
from collections import defaultdict

from validator.html.dom import DomNode, Element, Tree, number_elements
from validator.html.html_names import (
    DROPS_NEWLINE,
    HTML_INTEGRATION_POINTS,
    NOT_RENDERED,
    ONLY_FOREIGN,
    RAW_TEXT,
    SVG_NOT_RENDERED,
    VOID,
)
from validator.html.html_tokens import StartTag
from validator.html.inline_style import parse_declarations

DEEPEST = 512
"""Levels of nesting; what is nested deeper becomes a sibling, as in Chromium."""
_FIRST_NEWLINE = re.compile(r"(?:\r?\n|\r)?")


class TreeBuilder:
    """What comes is put into the innermost element that is open, and an end tag ends the
    innermost one of its name: so it is in what a browser has written."""

    is_piece = True
    """Whether it is one element, cut out of a page."""
    drops_newline = False
    """Whether the newline after the start tag of a pre is not part of its content."""

    def __init__(self, source: str, quirks: bool) -> None:
        self.source = source
        self.quirks = quirks
        self.top: list[DomNode] = []
        self.first: Element | None = None
        self.comments: list[tuple[int, str]] = []
        self.stack: list[Element] = []
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        """Name → where in the stack the open elements of that name are."""

    def tree(self) -> Tree:
        self.close_to(0, len(self.source))
        elements, texts = number_elements(self.top)
        lines = [0, *(match.end() for match in re.finditer("\n", self.source))]
        return Tree(self.source, self.first, elements, self.comments, texts, lines, self.quirks)

    @property
    def current(self) -> Element | None:
        return self.stack[-1] if self.stack else None

    @property
    def is_in_foreign(self) -> bool:
        return bool(self.stack) and self.stack[-1].has_foreign_content

    def text(self, start: int, text: str) -> None:
        self.put((start, self.current, text), self.current)

    def comment(self, start: int, text: str) -> None:
        self.comments.append((start, text))

    def start_tag(self, tag: StartTag) -> tuple[int, bool]:
        return self.add(tag)

    def add(self, tag: StartTag) -> tuple[int, bool]:
        """Open an element; return where its content begins, and whether it is mere text."""
        while len(self.stack) >= DEEPEST:
            self.close_to(DEEPEST - 1, tag.start)
        return self._open(tag)

    def end_tag(self, name: str, start: int, end: int) -> None:
        if places := self.places[name]:
            self.end_at(places[-1], start, end)

    def _open(self, tag: StartTag) -> tuple[int, bool]:
        name, foreign = tag.name, self._foreign(tag.name)
        element = Element(
            name=name,
            attributes=tag.attributes,
            start=tag.start,
            foreign=foreign,
            inner=tag.end,
            hidden=_hides(tag) or name in (SVG_NOT_RENDERED if foreign else NOT_RENDERED),
        )
        self.first = self.first or element
        self.put(element, self.current)
        self.push(element)
        if tag.closes_itself if foreign else name in VOID:
            self.close_to(len(self.stack) - 1, tag.end)
        elif self.drops_newline and name in DROPS_NEWLINE and not foreign:
            newline = _FIRST_NEWLINE.match(self.source, element.inner)
            element.inner = newline.end() if newline else element.inner
        return element.inner, name in RAW_TEXT and not foreign

    def put(self, node: DomNode, parent: Element | None) -> None:
        if isinstance(node, Element):
            node.parent = parent
        (parent.children if parent else self.top).append(node)

    def push(self, element: Element) -> None:
        self.places[element.name].append(len(self.stack))
        self.stack.append(element)

    def end_at(self, place: int, start: int, end: int) -> None:
        """End the open element at a place by an end tag, and those inside of it before that."""
        self.close_to(place + 1, start)
        self.close_to(place, end)

    def close_to(self, size: int, end: int) -> None:
        """Leave only so many elements open."""
        while len(self.stack) > size:
            self.pop().end = end

    def pop(self) -> Element:
        element = self.stack.pop()
        self.places[element.name].pop()
        return element

    def _foreign(self, name: str) -> str:
        if self.is_in_foreign:
            return self.stack[-1].foreign
        if name in HTML_INTEGRATION_POINTS:
            return name
        return ONLY_FOREIGN.get(name, "") if self.is_piece and not self.stack else ""


def _hides(tag: StartTag) -> bool:
    """Tell whether a browser by itself, or a style attribute, keeps an element from being shown."""
    display = parse_declarations(tag.attributes.get("style", "")).get("display", "revert")
    if not display.startswith("revert"):
        return display == "none"
    is_shut = tag.name == "dialog" and "open" not in tag.attributes
    return is_shut or "hidden" in tag.attributes or "popover" in tag.attributes
