"""A page as it was sent → its elements, as a browser builds them. The only user of turbohtml.

turbohtml implements https://html.spec.whatwg.org/multipage/parsing.html. Added here: where each
element begins and ends in the text, and the depth at which Chromium stops nesting.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import turbohtml
from turbohtml import Namespace, TokenType

from validator.core.unicode import replace_surrogates
from validator.html.dom import VOID, DomNode, Element, Tree, build_tree
from validator.html.quirks_mode import has_quirks_doctype

DEEPEST = 513
"""Levels of nesting, html and body included; Chromium makes what is nested deeper a sibling."""
_SHELL = frozenset(["html", "head", "body"])
_FOREIGN: Mapping[Namespace, str] = {Namespace.SVG: "svg", Namespace.MATHML: "math"}
_Way: TypeAlias = "tuple[Iterator[turbohtml.Node], Element | None, int]"
"""Nodes that are left to visit, the element they are in, and its depth."""
_MARK = "\ufeff"
_COMMENT_START = re.compile(r"<!--|<!|</|<")


def parse(source: str, origin: tuple[int, int] = (1, 1), *, is_verbatim: bool = True) -> Tree:
    """Parse a page, with scripting enabled. Never fails: any text is HTML.

    ``origin`` is the line and the column of the text's first character. Not ``is_verbatim``: the
    text was written with escapes, and everything is placed at the origin. ``html``, ``head`` and
    ``body`` are elements of the tree only where the text has their tags.
    """
    page = _Page(source)
    page.add_elements()
    page.find_missing_starts()
    page.find_missing_ends()
    page.find_moved()
    quirks, comments = page.read_tokens()
    return build_tree(
        source, page.top, comments, quirks=quirks, origin=origin, is_verbatim=is_verbatim
    )


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag or an end tag. ``end`` is the offset after it."""

    name: str
    is_end: bool
    attributes: Mapping[str, str]
    end: int


def tags(text: str) -> Iterator[Tag]:
    """Yield the tags of a text without carriage returns, whatever they would do to a tree."""
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    for token in turbohtml.tokenize(replace_surrogates(text), capture_source=True):
        is_end = token.type is TokenType.END_TAG
        if is_end or token.type is TokenType.START_TAG:
            end = lines[token.line - 1] + token.col + len(token.source or "")
            yield Tag(token.tag or "", is_end, dict(token.attrs or ()), end)


class _Page:
    """One page while its tree is made. Offsets are those of the source."""

    def __init__(self, source: str) -> None:
        self.source = source
        # turbohtml counts offsets in a text with normalized newlines.
        normalized = source.replace("\r\n", "\n").replace("\r", "\n")
        # Half of a character, which only a text of a program can have, fits in no encoding.
        self.text = replace_surrogates(normalized)
        if self.text.startswith(_MARK):
            # A browser takes the byte order mark off, and it is no text before the doctype.
            self.text = " " + self.text[1:]
        self.removed = [
            found.start() - number for number, found in enumerate(re.finditer("\r\n", source))
        ]
        """Where in that text the source has a character more before the newline."""
        self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self.top: list[DomNode] = []
        self.elements: list[Element] = []
        self.comments: list[str] = []
        self.has_doctype = False
        self.boundaries: list[int] = []
        """Where the start tags and end tags of elements begin."""

    def offset(self, normalized: int) -> int:
        return normalized + bisect_left(self.removed, normalized)

    def offset_at(self, line: int, column: int) -> int:
        return self.offset(self.lines[line - 1] + column)

    def add_elements(self) -> None:
        """Make the elements, without starts and ends that no tag in the text gives."""
        document = turbohtml.parse(
            self.text, source_locations=True, scripting=True, allow_declarative_shadow_roots=False
        )
        ways: list[_Way] = [(iter(document.children), None, 0)]
        while ways:
            nodes, parent, depth = ways[-1]
            node = next(nodes, None)
            if node is None:
                ways.pop()
            elif isinstance(node, turbohtml.Element):
                ways.append(self._init_element(node, parent, depth))
            elif isinstance(node, turbohtml.DocumentFragment):
                # The content of a template.
                ways.append((iter(node.children), parent, depth))
            else:
                self._add_leaf(node, parent)

    def _init_element(self, node: turbohtml.Element, parent: Element | None, depth: int) -> _Way:
        if depth == DEEPEST and parent:
            parent, depth = parent.parent, depth - 1
        if not _is_implied_shell(node):
            parent = self._add(node, parent)
        return iter(node.children), parent, depth + 1

    def _add_leaf(self, node: turbohtml.Node, parent: Element | None) -> None:
        match node:
            case turbohtml.Text() | turbohtml.CData():
                self._put((parent, node.data), parent)
            case turbohtml.Comment():
                self.comments.append(node.data)
            case turbohtml.Doctype():
                self.has_doctype = True

    def _put(self, node: DomNode, parent: Element | None) -> None:
        (parent.children if parent else self.top).append(node)

    def _add(self, node: turbohtml.Element, parent: Element | None) -> Element:
        foreign = _FOREIGN.get(node.namespace, "")
        element = Element(
            name=node.tag.lower() if foreign else node.tag,
            attributes={name.lower(): node.attr(name) or "" for name in node.attrs},
            foreign=foreign,
            parent=parent,
        )
        if location := node.source_location:
            element.start = self.offset(location.start_tag.start_offset)
            element.inner = self.offset(location.start_tag.end_offset)
            self.boundaries.append(element.start)
            if location.end_tag:
                element.end = self.offset(location.end_tag.end_offset)
                self.boundaries.append(self.offset(location.end_tag.start_offset))
            elif _has_no_content(element, self.source):
                element.end = element.inner
        elif node.position:
            element.start = self.offset_at(*node.position)
        self._put(element, parent)
        self.elements.append(element)
        return element

    def find_missing_starts(self) -> None:
        """Give a start to the elements that have no start tag of their own.

        A copy of a formatting element begins at the tag it copies, one that a browser adds around
        others where the first of these begins, and one made of a stray end tag there.
        """
        tags = {each.start: each.inner for each in self.elements if each.inner >= 0}
        for element in reversed(self.elements):
            if element.start < 0:
                inside = (each.start for each in element.children if isinstance(each, Element))
                element.start = min((start for start in inside if start >= 0), default=-1)
        here = 0
        for element in self.elements:
            if element.start < 0:
                stray = re.compile(f"</?{re.escape(element.name)}", re.IGNORECASE)
                found = stray.search(self.source, here)
                element.start = found.start() if found else here
            if element.inner < 0:
                element.inner = tags.get(element.start, element.start)
            here = max(here, element.start + 1)

    def find_moved(self) -> None:
        """Mark the elements that stand before a table in the tree and inside of it in the text."""
        for siblings in (self.top, *(each.children for each in self.elements)):
            table = None
            for node in reversed(siblings):
                if isinstance(node, Element):
                    node.moved = table is not None and table.start < node.start < table.end
                    table = node if node.name == "table" and not node.foreign else table

    def find_missing_ends(self) -> None:
        """End each element without an end tag where the next tag after its content begins."""
        boundaries = sorted(self.boundaries)
        for element in reversed(self.elements):
            inside = (each.end for each in element.children if isinstance(each, Element))
            content = max(inside, default=element.inner)
            if element.end < 0:
                at = bisect_left(boundaries, max(content, element.inner, element.start + 1))
                element.end = boundaries[at] if at < len(boundaries) else len(self.source)
            element.end = max(element.end, content)

    def read_tokens(self) -> tuple[bool, list[tuple[int, str]]]:
        """Tell whether the page is in quirks mode, and where its comments are."""
        quirks = not self.has_doctype
        places: defaultdict[str, deque[int]] = defaultdict(deque)
        tokens = turbohtml.tokenize(self.text, capture_source=True, capture_attributes=False)
        doctypes = 0
        for token in tokens:
            if token.type is TokenType.COMMENT and token.data is not None and token.source:
                start = _COMMENT_START.match(token.source)
                inside = token.col + (start.end() if start else 0)
                places[token.data].append(self.offset_at(token.line, inside))
            elif token.type is TokenType.DOCTYPE:
                doctypes += 1
                if doctypes == 1 and self.has_doctype:
                    # Only the first one of a page can count.
                    quirks = token.force_quirks or has_quirks_doctype(
                        token.name, token.public_id, token.system_id
                    )
        found = [(places[text].popleft() if places[text] else 0, text) for text in self.comments]
        return quirks, found


def _is_implied_shell(node: turbohtml.Element) -> bool:
    """Tell whether it is an html, head or body for which the page has no tag."""
    return node.tag in _SHELL and not node.source_location and not node.attrs


def _has_no_content(element: Element, source: str) -> bool:
    if element.foreign:
        return source.endswith("/>", element.start, element.inner)
    return element.name in VOID
