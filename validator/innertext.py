"""What a page shows of an element: ``innerText`` as far as HTML alone can tell.

https://html.spec.whatwg.org/multipage/dom.html#the-innertext-idl-attribute
Style sheets are not known: elements are shown as a browser shows them by itself, and only
``hidden``, ``display: none`` and ``white-space: pre…`` of a style attribute count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from validator.dom import Element, Tree

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
    if element.hidden or not whole.strip():
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
        for _, _, owner, piece in sorted(_pieces(tree, top), key=lambda piece: piece[:2]):
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


def _pieces(tree: Tree, top: Element) -> Iterator[tuple[int, int, Element, str | int]]:
    """Yield offset, rank, element, and the text or how many line breaks a block wants there."""
    for offset, owner, text in tree.texts(top):
        if owner and not owner.hidden:
            yield offset, 1, owner, text
    yield from _breaks(tree, top)


def _breaks(tree: Tree, top: Element) -> Iterator[tuple[int, int, Element, str | int]]:
    rows: set[Element | None] = set()
    for element in tree.descendants(top):
        if element.hidden or element.foreign:
            continue
        if element.name == "br":
            yield element.start, 1, element, "\n"
        elif element.name in ("td", "th") and element.parent in rows:
            yield element.start, 1, element, "\t"
        elif lines := _LINES.get(element.name):
            yield element.start, 0, element, lines
            yield element.end, 0, element, lines
        if element.name in ("td", "th"):
            rows.add(element.parent)


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
