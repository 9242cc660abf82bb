"""Computes ``innerText`` of an element, as far as HTML alone determines it.

https://html.spec.whatwg.org/multipage/dom.html#the-innertext-idl-attribute
Style sheets are not known: elements are shown as a browser shows them by itself, and of style
attributes only the properties of ``inline_style`` count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeAlias

from validator.html.dom import BAR_ELEMENTS, HTML_INTEGRATION_POINTS, DomNode, Element, Tree
from validator.html.inline_style import INHERITING_VALUES, parse_declarations

_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main"
    " menu nav ol optgroup option plaintext pre search section summary table tbody tfoot thead tr"
    " ul xmp"
)
_BLOCK_NAMES = frozenset(["p", *_BLOCKS.split()])
_BOXES = "audio button canvas embed iframe img input meter object progress select textarea video"
_INLINE_BLOCKS = frozenset(_BOXES.split())
"""Elements that stand in a line as one thing: white space before and after them is kept."""
_CELLS = frozenset(["td", "th"])
_INLINE = frozenset(
    ["inline", "inline flow", "flow inline", "contents", "ruby", "initial", "unset", "var()"]
)
"""Values of display of what stands in a line; a variable is not set without a style sheet."""
_PRESERVING_ELEMENTS = frozenset(["pre", "listing", "plaintext", "xmp"])
_PRESERVING_VALUES = frozenset(["pre", "pre-wrap", "break-spaces"])
_OWN_TRANSFORM = frozenset(["button", "input", "select", "textarea"])
"""Elements that do not inherit how letters are written."""
_WHITE_SPACE = frozenset("\t\n\r ")
_SPACE = re.compile(r"[\t\n\r ]+")
"""No form feed: HTML parts words by it, CSS does not."""
_WORD_START = re.compile(r"(?<!\w)(?<!\w['’])\w")  # noqa: RUF001 - as people write it


def inner_text(tree: Tree, element: Element) -> str:
    """Return ``innerText || textContent``, nearly, without line breaks around it."""
    whole = tree.text_content(element)
    if element.foreign or element.hidden or not whole.strip():
        return whole
    return _TextBuilder().of(tree, element) or whole


class _Mark(Enum):
    """Something between texts."""

    BREAK = "\n"
    CELL = "\t"
    BEGIN = "begin"
    """An element begins that stands in its line as one thing."""
    END = "end"


_Piece: TypeAlias = "str | int | _Mark"
"""A text, how many line breaks a block wants, or a mark."""


class _TextBuilder:
    """Builds the shown text from its pieces."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.breaks = 0
        """How many line breaks the next text has before it."""
        self.space = False
        """Whether a space stands before the next text."""
        self.is_after_unseen = False
        """Whether a space is there already, which is not seen."""
        self.is_after_block = False
        """Whether an inline block is before the next text: then white space is not collapsed."""

    def of(self, tree: Tree, top: Element) -> str:
        styles = _InheritedStyles()
        for owner, piece in _iter_text_pieces(tree, top):
            if piece in (_Mark.BEGIN, _Mark.END):
                self._pass(piece)
            elif styles.of("visibility", owner) in ("hidden", "collapse"):
                if isinstance(piece, str):
                    self._leave_out(piece)
            elif isinstance(piece, int):
                self.breaks, self.space = max(self.breaks, piece), False
                self.is_after_block = False
            elif isinstance(piece, str):
                self._show(piece, owner, styles)
            else:
                self.space = self.space and piece is not _Mark.CELL
                self._keep(piece.value)
        return "".join(self.parts)

    def _pass(self, mark: _Piece) -> None:
        """Take the beginning or the end of an inline block."""
        if mark is _Mark.BEGIN:
            if self.space:
                self._append(" ")
            self.space, self.is_after_unseen = False, True
        else:
            self.space, self.is_after_unseen, self.is_after_block = False, False, True

    def _show(self, piece: str, owner: Element, styles: _InheritedStyles) -> None:
        white_space = styles.of("white-space", owner)
        piece = self._transformed(piece, styles.of("text-transform", owner))
        if white_space in _PRESERVING_VALUES:
            self._keep(piece)
        elif white_space == "pre-line":
            first, *others = piece.split("\n")
            self._collapse(first)
            for line in others:
                self._keep("\n")
                self._collapse(line)
        else:
            self._collapse(piece)

    def _transformed(self, text: str, transform: str) -> str:
        match transform:
            case "uppercase":
                return text.upper()
            case "lowercase":
                return text.lower()
            case "capitalize":
                is_inside = self.parts and not self.breaks and not self.space
                before = self.parts[-1][-2:] if is_inside else ""
                text = _WORD_START.sub(lambda found: found[0].title(), before + text)
                return text[len(before) :]
        return text

    def _leave_out(self, text: str) -> None:
        """Skip a text that is laid out but invisible: white space collapses around it."""
        if text[:1] in _WHITE_SPACE and self.parts and not self.space:
            self.is_after_unseen = True
        if text.strip("\t\n\r "):
            if self.space and self.parts and not self.breaks:
                self.parts.append(" ")
            self.space, self.is_after_unseen = False, text[-1:] in _WHITE_SPACE

    def _collapse(self, text: str) -> None:
        if text[:1] in _WHITE_SPACE and self.is_after_block:
            self.space, self.is_after_block = True, False
        elif (
            text[:1] in _WHITE_SPACE and self.parts and not self.breaks and not self.is_after_unseen
        ):
            self.space = self.space or not self.parts[-1].endswith(("\n", "\t"))
        if shown := _SPACE.sub(" ", text).strip(" "):
            self._append(" " * self.space + shown)
            self.space = text[-1:] in _WHITE_SPACE

    def _keep(self, text: str) -> None:
        if text != "\n":
            text = " " * self.space + text
        self._append(text)
        self.space = False

    def _append(self, text: str) -> None:
        if self.parts:
            text = "\n" * self.breaks + text
        self.parts.append(text)
        self.breaks, self.is_after_unseen, self.is_after_block = 0, False, False


def _iter_text_pieces(tree: Tree, top: Element) -> Iterator[tuple[Element, _Piece]]:
    """Yield each piece of what is shown, with the element it is of."""
    rows: set[Element | None] = set()
    ways = [_rendered_children(tree, top)]
    entered = [top]
    while ways:
        for node in ways[-1]:
            if isinstance(node, tuple):
                yield entered[-1], node[1]
                continue
            yield from _leading_pieces(node, rows)
            ways.append(_rendered_children(tree, node))
            entered.append(node)
            break
        else:
            ways.pop()
            element = entered.pop()
            if element is not top:
                yield from _ends(element)


def _rendered_children(tree: Tree, element: Element) -> Iterator[DomNode]:
    if element.hidden:
        return iter(())
    if element.name == "option" and not element.foreign:
        # Its label is its text: blocks in it begin no line.
        return (text for text in tree.texts(element) if text[0] and text[0].name != "script")
    if element.shows_only_options:
        return (each for each in tree.descendants(element) if _is_of_options(each, element))
    has_text = _renders_foreign_text(element) if element.foreign else _renders_text(element)
    return (
        node
        for node in element.children
        if (has_text if isinstance(node, tuple) else not node.hidden or _is_empty_box(node))
    )


def _is_of_options(element: Element, holder: Element) -> bool:
    """Tell whether it is a group of options, or an option that is in no group but ``holder``."""
    parent = element.parent
    in_group = parent is not None and parent is not holder and parent.name == "optgroup"
    return element.name == "optgroup" or (element.name == "option" and not in_group)


def _is_empty_box(element: Element) -> bool:
    """Tell whether an element is shown as a box that does not contain its text."""
    if element.name == "audio" and "controls" not in element.attributes:
        return False
    is_box = element.name in _INLINE_BLOCKS and not element.foreign
    return is_box and element.is_laid_out


def _renders_text(element: Element) -> bool:
    return not (
        element.shows_only_options or element.is_closed_details or element.name in BAR_ELEMENTS
    )


def _renders_foreign_text(element: Element) -> bool:
    """Tell whether text of an element of SVG or MathML is shown."""
    if element.foreign == "math" or element.name == "foreignobject":
        return element.name in HTML_INTEGRATION_POINTS[element.foreign]
    return any(each.name == "text" for each in element.ancestors_and_self(None) if each.foreign)


def _leading_pieces(
    element: Element, rows: set[Element | None]
) -> Iterator[tuple[Element, _Piece]]:
    if element.name == "br" and not element.foreign:
        yield element, _Mark.BREAK
        return
    layout = _layout(element)
    if layout == "inline-block":
        yield element, _Mark.BEGIN
    elif layout == "cell":
        if element.parent in rows:
            yield element, _Mark.CELL
        rows.add(element.parent)
    if lines := _required_breaks(element, layout):
        yield element, lines


def _ends(element: Element) -> Iterator[tuple[Element, _Piece]]:
    layout = _layout(element)
    if lines := _required_breaks(element, layout):
        yield element, lines
    if layout == "inline-block":
        yield element, _Mark.END


def _required_breaks(element: Element, layout: str) -> int:
    """Return how many line breaks there are at least before and after an element."""
    if element.name == "p" and not element.foreign:
        return 2
    return int(layout == "block")


def _layout(element: Element) -> str:
    """Return the layout of an element: inline, inline-block, block or cell."""
    if element.foreign:
        return "inline"
    style = _style(element)
    is_floating = style.get("float", "none") in ("left", "right", "inline-start", "inline-end")
    is_out_of_line = is_floating or style.get("position") in ("absolute", "fixed")
    if is_out_of_line or (element.parent and _display(element.parent).endswith(("flex", "grid"))):
        return "block"
    holder = next(
        (each for each in element.ancestors_and_self(None) if _display(each) != "inherit"), element
    )
    return _of_display(_display(holder)) or _own_layout(holder)


def _style(element: Element) -> Mapping[str, str]:
    return parse_declarations(element.attributes.get("style", ""))


def _display(element: Element) -> str:
    return "" if element.foreign else _style(element).get("display", "")


def _own_layout(element: Element) -> str:
    if element.name in _BLOCK_NAMES:
        return "block"
    if element.name in _CELLS:
        return "cell"
    is_hidden_input = element.name == "input" and element.attributes.get("type") == "hidden"
    return "inline-block" if element.name in _INLINE_BLOCKS and not is_hidden_input else "inline"


def _of_display(display: str) -> str:
    """Return the layout that a display value sets; "" where it keeps the element's own."""
    if not display or display.startswith("revert"):
        return ""
    if display in _INLINE:
        return "inline"
    if display.startswith(("inline", "-webkit-inline")):
        return "inline-block"
    return "cell" if display == "table-cell" else "block"


class _InheritedStyles:
    """The values of inherited properties at each element."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, Element | None], str] = {}

    def of(self, name: str, element: Element) -> str:
        path: list[Element] = []
        value = ""
        for each in element.ancestors_and_self(None):
            if value := self.known.get((name, each), "") or _own_style_value(name, each):
                break
            path.append(each)
        self.known.update(((name, each), value or "initial") for each in path)
        return value or "initial"


def _own_style_value(name: str, element: Element) -> str:
    """Return the value that an element sets for a property; "" where it inherits it."""
    said = parse_declarations(element.attributes.get("style", "")).get(name, "revert")
    if said in INHERITING_VALUES:
        return ""
    if not said.startswith("revert"):
        return said
    if name == "white-space":
        return "pre" if element.name in _PRESERVING_ELEMENTS else ""
    return "none" if name == "text-transform" and element.name in _OWN_TRANSFORM else ""
