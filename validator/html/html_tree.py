"""What a browser does with tags that do not fit: it ends, adds, moves and ignores elements.

https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from validator.html.dom import Element
from validator.html.html_names import (
    ENDED_IN_SCOPE,
    ENDS_FOREIGN,
    ENDS_PARAGRAPH,
    FORMATTING,
    HEADINGS,
    IMPLIED_ENDS,
    IN_HEAD,
    RAW_TEXT,
    TABLE_PARTS,
)
from validator.html.html_tables import NO_ATTRIBUTES, Tables
from validator.html.html_tokens import SPACE, StartTag


class CorrectingTreeBuilder(Tables):
    """Makes the tree of a page, or of a piece of one: there the first tag is taken as it is."""

    drops_newline = True

    def __init__(self, source: str, quirks: bool, *, is_piece: bool) -> None:
        super().__init__(source, quirks)
        self.is_piece = is_piece
        self.seen: set[str] = {"body"} if is_piece else set()
        """Which of html, head and body were there, by a tag or by what stands only in them."""
        self.form: Element | None = None

    def text(self, start: int, text: str) -> None:
        current = self.current
        if "\0" in text:
            is_kept = current and (current.has_foreign_content or current.name in RAW_TEXT)
            text = text.replace("\0", "\ufffd" if is_kept else "")
        if current and current.name in RAW_TEXT and not current.foreign:
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

    def start_tag(self, tag: StartTag) -> tuple[int, bool]:
        if self.is_piece and self.first is None:
            opened = self.add(tag)
            self.form = self.first if tag.name == "form" else None
            return opened
        if self.is_in_foreign:
            if not _ends_foreign(tag):
                return self.add(tag)
            self._leave_foreign(tag.start)
        self.fosters = False
        if not self._counts(tag):
            return tag.end, False
        # A form or a script in a table ends nothing.
        is_direct = self.is_between_cells and not self.fosters
        if not is_direct:
            self._make_room(tag)
        opened = self.add(tag)
        self.fosters = False
        if tag.name == "form":
            self.form = self.stack[-1]
            if is_direct:
                self._end_current(tag.end)
        return opened

    def _counts(self, tag: StartTag) -> bool:
        if self.fits_table(tag):
            return self._fits_page(tag)
        self.seen.add("body")
        return False

    def _leave_foreign(self, at: int) -> None:
        while self.is_in_foreign:
            self._end_current(at)

    def _fits_page(self, tag: StartTag) -> bool:
        """Tell whether a tag counts, and end the head before what does not belong there."""
        name = tag.name
        if name in ("html", "head", "body"):
            return self._is_first(tag)
        if name not in IN_HEAD:
            self._end_head(tag.start)
            self.seen.add("body")
        if name == "select" and self.find("select") >= 0:
            self.end_before(self.find("select"), tag.start)
            return False
        is_inner_form = name == "form" and self.form and not self.places["template"]
        return not is_inner_form and (name != "frame" or bool(self.places["frameset"]))

    def _is_first(self, tag: StartTag) -> bool:
        before = {"html": self.first, "head": self.seen & {"head", "body"}}
        is_first = not before.get(tag.name, tag.name in self.seen)
        self.seen.add(tag.name)
        if tag.name == "body" and is_first:
            self._end_head(tag.start)
        return is_first

    def _end_head(self, at: int) -> None:
        if self.stack and self.stack[-1].name == "head":
            self._end_current(at)

    def _make_room(self, tag: StartTag) -> None:
        """End what the start tag ends."""
        if ends := _ITEMS.get(tag.name):
            barrier = self.last("barrier")
            if barrier >= 0 and self.stack[barrier].name in ends:
                self.end_before(barrier, tag.start)
        if tag.name in ENDS_PARAGRAPH or (tag.name == "table" and not self.quirks):
            self.end_before(self.find("p", "button"), tag.start)
        if make := self._MAKES_ROOM.get(tag.name):
            make(self, tag)

    def _for_heading(self, tag: StartTag) -> None:
        if self.stack and self.stack[-1].name in HEADINGS:
            self._end_current(tag.start)

    def _for_link(self, tag: StartTag) -> None:
        self._end_formatting(tag.name, tag.start, tag.start)

    def _for_control(self, tag: StartTag) -> None:
        outer = "button" if tag.name == "button" else "select"
        self.end_before(self.find(outer), tag.start)

    def _for_option(self, tag: StartTag) -> None:
        if self.find("select") >= 0:
            self._imply_ends(tag.start, but="optgroup" if tag.name == "option" else "")
        elif tag.name != "hr" and self.stack and self.stack[-1].name == "option":
            self._end_current(tag.start)

    def _for_ruby(self, tag: StartTag) -> None:
        if self.find("ruby") >= 0:
            self._imply_ends(tag.start, but="rtc" if tag.name in ("rp", "rt") else "")

    def _imply_ends(self, at: int, but: str = "") -> None:
        while self.stack and self.stack[-1].name in IMPLIED_ENDS and self.stack[-1].name != but:
            self._end_current(at)

    def _end_current(self, at: int) -> None:
        self.end_before(len(self.stack) - 1, at)

    # End tags

    def end_tag(self, name: str, start: int, end: int) -> None:
        self.fosters = False
        if self.stack and self.stack[-1].foreign:
            places = self.places[name]
            if name in ("p", "br"):
                self._leave_foreign(start)
            elif places and places[-1] > (self.html[-1] if self.html else -1):
                self.end_at(places[-1], start, end)
                return
        if self.stack and self.stack[-1].name == "colgroup" and name not in _IN_COLGROUP:
            self._end_current(start)
        if ends := self._ENDS.get(name):
            ends(self, name, start, end)
            return
        place = self._place_of_end(name)
        if place >= 0 and not self.stack[place].foreign:
            self.end_at(place, start, end)

    def _place_of_end(self, name: str) -> int:
        if name in TABLE_PARTS or name == "table":
            return self.find(name, "table")
        if name == "li":
            return self.find(name, "list")
        if name == "template":
            return self.places[name][-1] if self.places[name] else -1
        return self.find(name, "scope" if name in ENDED_IN_SCOPE else "special")

    def _end_innermost(self, name: str, start: int, end: int) -> None:
        if self.stack and self.stack[-1].name == name:
            self.end_at(len(self.stack) - 1, start, end)

    def _end_body(self, _name: str, _start: int, _end: int) -> None:
        """What comes after the end of the body is still put where it would have been."""
        self.seen.add("body")

    def _end_heading(self, _name: str, start: int, end: int) -> None:
        self.end_if_open(max(map(self.find, HEADINGS)), start, end)

    def _add_break(self, name: str, start: int, end: int) -> None:
        self.seen.add("body")
        self._add_here(StartTag(name, NO_ATTRIBUTES, start, end))

    def _end_paragraph(self, name: str, start: int, end: int) -> None:
        if self.find(name, "button") < 0 and "body" in self.seen:
            self._add_here(StartTag(name, NO_ATTRIBUTES, start, end))
        self.end_if_open(self.find(name, "button"), start, end)

    def _add_here(self, tag: StartTag) -> None:
        self.fosters = True
        self.add(tag)
        self.fosters = False

    def _end_form(self, _name: str, start: int, end: int) -> None:
        """End a form, but not what is open inside of it."""
        self.form = None
        place = self.find("form")
        if place >= 0:
            self._imply_ends(start)
            inner = [self.pop() for _ in range(len(self.stack) - place - 1)]
            self.end_before(place, end)
            for element in reversed(inner):
                self.push(element)

    def _end_formatting(self, name: str, start: int, end: int) -> None:
        place = self.find(name)
        if place > self.last("special"):
            self.end_at(place, start, end)

    _MAKES_ROOM: ClassVar[Mapping[str, Callable[[CorrectingTreeBuilder, StartTag], None]]] = {
        **dict.fromkeys(HEADINGS, _for_heading),
        **dict.fromkeys(("a", "nobr"), _for_link),
        **dict.fromkeys(("button", "input"), _for_control),
        **dict.fromkeys(("option", "optgroup", "hr"), _for_option),
        **dict.fromkeys(("rb", "rtc", "rp", "rt"), _for_ruby),
    }
    _ENDS: ClassVar[Mapping[str, Callable[[CorrectingTreeBuilder, str, int, int], None]]] = {
        **dict.fromkeys((*RAW_TEXT, "head"), _end_innermost),
        **dict.fromkeys(("html", "body"), _end_body),
        **dict.fromkeys(HEADINGS, _end_heading),
        **dict.fromkeys(FORMATTING, _end_formatting),
        "p": _end_paragraph,
        "br": _add_break,
        "form": _end_form,
    }


_IN_COLGROUP = ("col", "colgroup", "template")
_ITEMS = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}
"""Start tag → which open elements it ends."""


def _ends_foreign(tag: StartTag) -> bool:
    is_styled = any(name in tag.attributes for name in ("color", "face", "size"))
    return tag.name in ENDS_FOREIGN or (tag.name == "font" and is_styled)
