"""What a page shows of an element: ``innerText`` as far as HTML alone can tell.

https://html.spec.whatwg.org/multipage/dom.html#the-innertext-idl-attribute
Style sheets are not known: elements are shown as a browser shows them by itself, and only
``hidden``, ``display: none`` and ``white-space: pre…`` of a style attribute count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from validator.dom import Element, Node, Tree
from validator.html_names import INTEGRATES

_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main"
    " menu nav ol optgroup option plaintext pre search section summary table tbody tfoot thead tr"
    " ul xmp"
)
_LINES = {"p": 2, **dict.fromkeys(_BLOCKS.split(), 1)}
"""Block → how many line breaks there are at least before and after it."""
_KEEPS_SPACE = frozenset(["pre", "listing", "plaintext", "xmp"])
_WHITE_SPACE = re.compile(
    r"white-space\s*:\s*(?P<keeps>pre(?:-wrap)?(?![\w-])|break-spaces)?", re.IGNORECASE
)
_WHITE = frozenset("\t\n\f\r ")
_SEPARATES = frozenset(["br", "td", "th"])
_SPACE = re.compile(r"[\t\n\f\r ]+")


def inner_text(tree: Tree, element: Element) -> str:
    """Return nearly what ``innerText || textContent`` is, trimmed of the lines around it."""
    whole = tree.text_content(element)
    if element.foreign or element.hidden or not whole.strip():
        return whole
    return _Lines().of(tree, element) or whole


class _Lines:
    """The text that is shown, put together piece by piece."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.breaks = 0
        """How many line breaks the next text has before it."""
        self.space = False
        """Whether a space stands before the next text."""

    def of(self, tree: Tree, top: Element) -> str:
        keeps: dict[Element | None, bool] = {}
        for owner, piece in _pieces(tree, top):
            if isinstance(piece, int):
                self.breaks, self.space = max(self.breaks, piece), False
            elif (piece in ("\n", "\t") and owner.name in _SEPARATES) or _keeps_space(owner, keeps):
                self._keep(piece)
            else:
                self._collapse(piece)
        return "".join(self.parts)

    def _collapse(self, text: str) -> None:
        if text[:1] in _WHITE and self.parts and not self.breaks:
            self.space = self.space or not self.parts[-1].endswith(("\n", "\t"))
        if shown := _SPACE.sub(" ", text).strip(" "):
            self._append(" " * self.space + shown)
            self.space = text[-1:] in _WHITE

    def _keep(self, text: str) -> None:
        if text != "\n":
            text = " " * self.space + text
        self._append(text)
        self.space = False

    def _append(self, text: str) -> None:
        if self.parts:
            text = "\n" * self.breaks + text
        self.parts.append(text)
        self.breaks = 0


def _pieces(tree: Tree, top: Element) -> Iterator[tuple[Element, str | int]]:
    """Yield each text, or how many line breaks a block wants, with the element it is of."""
    rows: set[Element | None] = set()
    ways = [_shown_in(tree, top)]
    entered = [top]
    while ways:
        for node in ways[-1]:
            if isinstance(node, tuple):
                yield entered[-1], node[2]
                continue
            yield from _begins(node, rows)
            ways.append(_shown_in(tree, node))
            entered.append(node)
            break
        else:
            ways.pop()
            element = entered.pop()
            if element is not top and (lines := _lines(element)):
                yield element, lines


def _shown_in(tree: Tree, element: Element) -> Iterator[Node]:
    if element.name == "option" and not element.foreign:
        # Its label is its text: blocks in it begin no line.
        return (text for text in tree.texts(element) if text[1] and text[1].name != "script")
    if element.name == "select" and not element.foreign:
        return (each for each in tree.descendants(element) if each.name == "option")
    has_text = _draws_text(element) if element.foreign else not element.is_of_select
    return (
        node
        for node in element.children
        if (has_text if isinstance(node, tuple) else not node.hidden)
    )


def _draws_text(element: Element) -> bool:
    """Tell whether text of an element of SVG or MathML is shown."""
    if element.foreign == "math" or element.name == "foreignobject":
        return element.name in INTEGRATES[element.foreign]
    return any(each.name == "text" for each in element.lineage(None) if each.foreign)


def _begins(element: Element, rows: set[Element | None]) -> Iterator[tuple[Element, str | int]]:
    if element.name == "br" and not element.foreign:
        yield element, "\n"
    elif element.name in ("td", "th") and not element.foreign:
        if element.parent in rows:
            yield element, "\t"
        rows.add(element.parent)
    elif lines := _lines(element):
        yield element, lines


def _lines(element: Element) -> int:
    return 0 if element.foreign else _LINES.get(element.name, 0)


def _keeps_space(element: Element, known: dict[Element | None, bool]) -> bool:
    """Tell whether white space counts in an element: the nearest that says so decides."""
    path: list[Element] = []
    for each in element.lineage(None):
        path.append(each)
        if each in known or each.name in _KEEPS_SPACE or _WHITE_SPACE.search(_style(each)):
            break
    last = path[-1]
    if last not in known:
        said = _WHITE_SPACE.search(_style(last))
        known[last] = bool(said["keeps"]) if said else last.name in _KEEPS_SPACE
    known.update((each, known[last]) for each in path)
    return known[last]


def _style(element: Element) -> str:
    return element.attributes.get("style", "")
