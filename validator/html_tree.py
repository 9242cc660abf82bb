"""What a browser does with tags that do not fit: it ends, adds, moves and ignores elements.

https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
Where there the open elements are searched from the innermost outwards, here the places of those
that end the search are known: any text takes time in proportion to its length.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.dom import Element, Node, Tree
from validator.html_builder import Builder
from validator.html_names import (
    CELLS,
    ENDED_IN_SCOPE,
    ENDS_FOREIGN,
    ENDS_PARAGRAPH,
    FORMATTING,
    FOSTERS,
    HEADINGS,
    IMPLIED_ENDS,
    IN_HEAD,
    KINDS,
    RAW,
    ROW_GROUPS,
    TABLE_PARTS,
)
from validator.html_tokens import SPACE, Tag


class Construction(Builder):
    """Makes the tree of a page, or of a piece of one: there the first tag is taken as it is."""

    drops_newline = True

    def __init__(self, source: str, quirks: bool, *, is_piece: bool) -> None:
        super().__init__(source, quirks)
        self.is_piece = is_piece
        self.kinds: dict[str, list[int]] = {kind: [] for kind in KINDS}
        """Kind → where in the stack the open elements of that kind are."""
        self.html: list[int] = []
        """Where in the stack those are that are of HTML."""
        self.moved: dict[Element, list[Node]] = {}
        """Table → what stood in it and is moved to before it."""
        self.seen: set[str] = set()
        """Which of html, head and body were there, by a tag or by what stands only in them."""
        self.form: Element | None = None
        self.fosters = False

    def tree(self) -> Tree:
        self.close_to(0, len(self.source))
        for siblings in {id(found): found for found in map(self._siblings, self.moved)}.values():
            siblings[:] = [
                each
                for node in siblings
                for each in (
                    *(self.moved.get(node, ()) if isinstance(node, Element) else ()),
                    node,
                )
            ]
        return super().tree()

    def _siblings(self, element: Element) -> list[Node]:
        return element.parent.children if element.parent else self.top

    # Where the innermost open elements are

    def last(self, kind: str) -> int:
        places = self.kinds[kind]
        return places[-1] if places else -1

    def find(self, name: str, kind: str = "scope") -> int:
        """Return where the innermost of a name is, if nothing of the kind is inside of it; or -1."""
        places = self.places[name]
        return places[-1] if places and places[-1] >= self.last(kind) else -1

    def push(self, element: Element) -> None:
        here = len(self.stack)
        for kind, names in KINDS.items():
            if element.name in names and (not element.foreign or kind != "part"):
                self.kinds[kind].append(here)
        if not element.foreign:
            self.html.append(here)
        super().push(element)

    def pop(self) -> Element:
        here = len(self.stack) - 1
        for places in (*self.kinds.values(), self.html):
            if places and places[-1] == here:
                places.pop()
        return super().pop()

    # Where things are put

    def put(self, node: Node, parent: Element | None) -> None:
        if self.fosters and parent and parent.name in FOSTERS and not parent.foreign:
            table = self.stack[self.places["table"][-1]] if self.places["table"] else None
            if table:
                self.moved.setdefault(table, []).append(_moved(node, table.parent))
                return
        super().put(node, parent)

    def text(self, start: int, text: str) -> None:
        current = self.current
        if "\0" in text:
            is_kept = current and (current.holds_foreign or current.name in RAW)
            text = text.replace("\0", "\ufffd" if is_kept else "")
        if current and current.name in RAW and not current.foreign:
            super().text(start, text)
            return
        is_space = not text.strip(SPACE)
        if not is_space and not self.is_in_foreign:
            if current and current.name in ("head", "colgroup"):
                self.close_to(len(self.stack) - 1, start)
            self.seen.add("body")
        self.fosters = not is_space
        if text:
            super().text(start, text)
        self.fosters = False

    # Start tags

    def start_tag(self, tag: Tag) -> tuple[int, bool]:
        if self.is_piece and self.first is None:
            return super().start_tag(tag)
        if self.is_in_foreign:
            if not _ends_foreign(tag):
                return super().start_tag(tag)
            while self.is_in_foreign:
                self._end(len(self.stack) - 1, tag.start)
        self.fosters = False
        if not (self._fits_table(tag) and self._fits_page(tag)):
            return tag.end, False
        self._make_room(tag)
        opened = super().start_tag(tag)
        self.fosters = False
        if tag.name == "form":
            self.form = self.stack[-1]
            if self.form.parent and self.form.parent.name in FOSTERS:
                self._end(len(self.stack) - 1, tag.end)
        return opened

    def _fits_page(self, tag: Tag) -> bool:
        """Tell whether a tag counts, and end the head before what does not belong there."""
        name = tag.name
        if name in ("html", "head", "body"):
            counts = not self.is_piece and self._is_first(name)
            self.seen.add(name)
            if name == "body" and counts:
                self._end_head(tag.start)
            return counts
        if name not in IN_HEAD:
            self._end_head(tag.start)
            self.seen.add("body")
        if name == "form" and self.form and not self.places["template"]:
            return False
        return name != "frame" or bool(self.places["frameset"])

    def _is_first(self, name: str) -> bool:
        before = {"html": self.first, "head": self.seen & {"head", "body"}}
        return not before.get(name, name in self.seen)

    def _end_head(self, at: int) -> None:
        if self.stack and self.stack[-1].name == "head":
            self._end(len(self.stack) - 1, at)

    def _make_room(self, tag: Tag) -> None:
        """End what the start tag ends."""
        name, at = tag.name, tag.start
        if ends := _ITEMS.get(name):
            barrier = self.last("barrier")
            if barrier >= 0 and self.stack[barrier].name in ends:
                self._end(barrier, at)
        if name in ENDS_PARAGRAPH or (name == "table" and not self.quirks):
            self._end(self.find("p", "button"), at)
        if name in HEADINGS and self.stack and self.stack[-1].name in HEADINGS:
            self._end(len(self.stack) - 1, at)
        elif name in ("a", "nobr"):
            self._end_formatting(name, at, at)
        elif name in ("button", "select"):
            self._end(self.find(name), at)
        elif name in ("option", "optgroup"):
            self._end_option(name, at)
        elif name in ("rb", "rtc", "rp", "rt") and self.find("ruby") >= 0:
            self._imply_ends(at, but="rtc" if name in ("rp", "rt") else "")

    def _end_option(self, name: str, at: int) -> None:
        if self.find("select") >= 0:
            self._imply_ends(at, but="optgroup" if name == "option" else "")
        elif self.stack and self.stack[-1].name == "option":
            self._end(len(self.stack) - 1, at)

    def _imply_ends(self, at: int, but: str = "") -> None:
        while self.stack and self.stack[-1].name in IMPLIED_ENDS and self.stack[-1].name != but:
            self._end(len(self.stack) - 1, at)

    # Tables

    def _fits_table(self, tag: Tag) -> bool:
        """Open and end the parts of a table so that a tag fits; tell whether it counts at all."""
        name = tag.name
        while True:
            place = self.last("part")
            part = self.stack[place].name if place >= 0 else ""
            if part in ("", "template"):
                return name not in TABLE_PARTS or part != ""
            if part in CELLS or part == "caption":
                if name not in TABLE_PARTS:
                    return True
                self._end(place, tag.start)
            elif part == "colgroup":
                if name in ("col", "template"):
                    return True
                self._end(place, tag.start)
            elif name == "table":
                self._end(self.places["table"][-1], tag.start)
            elif name not in TABLE_PARTS:
                self.fosters = not _may_stand_in_table(tag)
                return True
            elif name in _HOLDS[part]:
                self._end(place + 1, tag.start)
                return True
            elif missing := _MISSING[part].get(name):
                self._end(place + 1, tag.start)
                super().start_tag(Tag(missing, NO_ATTRIBUTES, tag.start, tag.start))
            else:
                self._end(place, tag.start)

    # End tags

    def end_tag(self, name: str, start: int, end: int) -> None:
        self.fosters = False
        if self.stack and self.stack[-1].foreign and name not in ("p", "br"):
            places = self.places[name]
            if places and places[-1] > (self.html[-1] if self.html else -1):
                self.end_at(places[-1], start, end)
                return
        while self.is_in_foreign and name in ("p", "br"):
            self._end(len(self.stack) - 1, start)
        if name in RAW or name == "head":
            if self.stack and self.stack[-1].name == name:
                self.end_at(len(self.stack) - 1, start, end)
        elif name in ("p", "br"):
            self._end_or_add(name, start, end)
        elif name == "form":
            self._end_form(start, end)
        elif name in HEADINGS:
            place = max(self.find(each) for each in HEADINGS)
            self._end_at(place, start, end)
        elif name in FORMATTING:
            self._end_formatting(name, start, end)
        elif name not in ("html", "body"):
            self._end_at(self._place_of_end(name), start, end)

    def _place_of_end(self, name: str) -> int:
        if name in TABLE_PARTS or name == "table":
            return self.find(name, "table")
        if name == "li":
            return self.find(name, "list")
        if name == "template":
            return self.places[name][-1] if self.places[name] else -1
        return self.find(name, "scope" if name in ENDED_IN_SCOPE else "special")

    def _end_or_add(self, name: str, start: int, end: int) -> None:
        place = self.find(name, "button")
        if place < 0:
            tag = Tag(name, NO_ATTRIBUTES, start, end)
            self.fosters = True
            super().start_tag(tag)
            self.fosters = False
            place = self.find(name, "button")
        self._end_at(place, start, end)

    def _end_form(self, start: int, end: int) -> None:
        """What a form does not hold as a whole, it holds until its own parent ends."""
        self.form = None
        if self.find("form") >= 0:
            self._imply_ends(start)
            if self.stack[-1].name == "form":
                self.end_at(len(self.stack) - 1, start, end)

    def _end_formatting(self, name: str, start: int, end: int) -> None:
        place = self.find(name)
        if place > self.last("special"):
            self.end_at(place, start, end)

    def _end_at(self, place: int, start: int, end: int) -> None:
        if place >= 0:
            self.end_at(place, start, end)

    def _end(self, place: int, at: int) -> None:
        """End the open element at a place, without an end tag."""
        if place >= 0:
            self.close_to(place, at)


NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_ITEMS = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}
"""Start tag → which open elements it ends."""
_HOLDS: Mapping[str, frozenset[str]] = {
    "table": frozenset({"caption", "colgroup", *ROW_GROUPS}),
    **dict.fromkeys(ROW_GROUPS, frozenset({"tr"})),
    "tr": CELLS,
}
"""Part of a table → what it holds."""
_MISSING: Mapping[str, Mapping[str, str]] = {
    "table": {"col": "colgroup", "tr": "tbody", "td": "tbody", "th": "tbody"},
    **dict.fromkeys(ROW_GROUPS, {"td": "tr", "th": "tr"}),
    "tr": {},
}
"""Part of a table → what comes → what has to be between them."""


def _ends_foreign(tag: Tag) -> bool:
    is_styled = any(name in tag.attributes for name in ("color", "face", "size"))
    return tag.name in ENDS_FOREIGN or (tag.name == "font" and is_styled)


def _may_stand_in_table(tag: Tag) -> bool:
    is_unseen = tag.attributes.get("type", "").lower() == "hidden"
    return tag.name in ("style", "script", "template", "form") or (
        tag.name == "input" and is_unseen
    )


def _moved(node: Node, parent: Element | None) -> Node:
    if isinstance(node, Element):
        node.parent, node.moved = parent, True
        return node
    return node[0], parent, node[2]
