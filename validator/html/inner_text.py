"""What a page shows of an element: ``innerText`` as far as HTML alone can tell.

https://html.spec.whatwg.org/multipage/dom.html#the-innertext-idl-attribute
Style sheets are not known: elements are shown as a browser shows them by itself, and of style
attributes only ``display: none``, ``visibility``, ``text-transform`` and ``white-space`` count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from validator.html.dom import DomNode, Element, Tree
from validator.html.html_names import BAR_ELEMENTS, HTML_INTEGRATION_POINTS
from validator.html.inline_style import INHERITING_VALUES, parse_declarations

_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main"
    " menu nav ol optgroup option plaintext pre search section summary table tbody tfoot thead tr"
    " ul xmp"
)
_BLOCK_BREAKS = {"p": 2, **dict.fromkeys(_BLOCKS.split(), 1)}
"""Block → how many line breaks there are at least before and after it."""
_PRESERVING_ELEMENTS = frozenset(["pre", "listing", "plaintext", "xmp"])
_PRESERVING_VALUES = frozenset(["pre", "pre-wrap", "break-spaces"])
_OWN_TRANSFORM = frozenset(["button", "input", "select", "textarea"])
"""Elements that do not inherit how letters are written."""
_WHITE_SPACE = frozenset("\t\n\r ")
_SEPARATOR_ELEMENTS = frozenset(["br", "td", "th"])
_SPACE = re.compile(r"[\t\n\r ]+")
"""No form feed: HTML parts words by it, CSS does not."""
_WORD_START = re.compile(r"(?<!\w)(?<!\w['’])\w")  # noqa: RUF001 - as people write it


def inner_text(tree: Tree, element: Element) -> str:
    """Return nearly what ``innerText || textContent`` is, trimmed of the lines around it."""
    whole = tree.text_content(element)
    if element.foreign or element.hidden or not whole.strip():
        return whole
    return _TextBuilder().of(tree, element) or whole


class _TextBuilder:
    """The text that is shown, put together piece by piece."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.breaks = 0
        """How many line breaks the next text has before it."""
        self.space = False
        """Whether a space stands before the next text."""
        self.is_after_unseen = False
        """Whether a space is there already, which is not seen."""

    def of(self, tree: Tree, top: Element) -> str:
        styles = _InheritedStyles()
        for owner, piece in _iter_text_pieces(tree, top):
            if styles.of("visibility", owner) in ("hidden", "collapse"):
                if isinstance(piece, str) and owner.name not in _SEPARATOR_ELEMENTS:
                    self._leave_out(piece)
            elif isinstance(piece, int):
                self.breaks, self.space = max(self.breaks, piece), False
            else:
                self._show(piece, owner, styles)
        return "".join(self.parts)

    def _show(self, piece: str, owner: Element, styles: _InheritedStyles) -> None:
        white_space = styles.of("white-space", owner)
        piece = self._transformed(piece, styles.of("text-transform", owner))
        if (
            piece in ("\n", "\t") and owner.name in _SEPARATOR_ELEMENTS
        ) or white_space in _PRESERVING_VALUES:
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
        """Take a text that takes up room and is not seen: white space collapses around it."""
        if text[:1] in _WHITE_SPACE and self.parts and not self.space:
            self.is_after_unseen = True
        if text.strip("\t\n\r "):
            if self.space and self.parts and not self.breaks:
                self.parts.append(" ")
            self.space, self.is_after_unseen = False, text[-1:] in _WHITE_SPACE

    def _collapse(self, text: str) -> None:
        if text[:1] in _WHITE_SPACE and self.parts and not self.breaks and not self.is_after_unseen:
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
        self.breaks, self.is_after_unseen = 0, False


def _iter_text_pieces(tree: Tree, top: Element) -> Iterator[tuple[Element, str | int]]:
    """Yield each text, or how many line breaks a block wants, with the element it is of."""
    rows: set[Element | None] = set()
    ways = [_rendered_children(tree, top)]
    entered = [top]
    while ways:
        for node in ways[-1]:
            if isinstance(node, tuple):
                yield entered[-1], node[2]
                continue
            yield from _leading_pieces(node, rows)
            ways.append(_rendered_children(tree, node))
            entered.append(node)
            break
        else:
            ways.pop()
            element = entered.pop()
            if element is not top and (lines := _required_breaks(element)):
                yield element, lines


def _rendered_children(tree: Tree, element: Element) -> Iterator[DomNode]:
    if element.name == "option" and not element.foreign:
        # Its label is its text: blocks in it begin no line.
        return (text for text in tree.texts(element) if text[1] and text[1].name != "script")
    if element.name == "select" and not element.foreign:
        return (each for each in tree.descendants(element) if each.name == "option")
    has_text = _renders_foreign_text(element) if element.foreign else _renders_text(element)
    return (
        node
        for node in element.children
        if (has_text if isinstance(node, tuple) else not node.hidden)
    )


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
) -> Iterator[tuple[Element, str | int]]:
    if element.name == "br" and not element.foreign:
        yield element, "\n"
    elif element.name in ("td", "th") and not element.foreign:
        if element.parent in rows:
            yield element, "\t"
        rows.add(element.parent)
    elif lines := _required_breaks(element):
        yield element, lines


def _required_breaks(element: Element) -> int:
    return 0 if element.foreign else _BLOCK_BREAKS.get(element.name, 0)


class _InheritedStyles:
    """What properties that children inherit are at an element."""

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
    """Return what an element itself makes of a property; nothing where it inherits it."""
    said = parse_declarations(element.attributes.get("style", "")).get(name, "revert")
    if said in INHERITING_VALUES:
        return ""
    if not said.startswith("revert"):
        return said
    if name == "white-space":
        return "pre" if element.name in _PRESERVING_ELEMENTS else ""
    return "none" if name == "text-transform" and element.name in _OWN_TRANSFORM else ""
