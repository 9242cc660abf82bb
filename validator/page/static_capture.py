"""HTML as it was sent → a Capture, without a browser: what is there before any JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from types import MappingProxyType

from validator.core.capture import Capture, ConnectifScript, Lookalike, Placement
from validator.core.document import Location
from validator.html.dom import FOSTER_PARENTING, Element, Tree
from validator.html.inner_text import inner_text
from validator.html.pages import parse
from validator.page.lookalikes import find_lookalike
from validator.page.order_numbers import MAX_SEARCHED_CHARS, find_order_numbers
from validator.page.tag_fields import PageTag

MAX_TAGS = 50
"""More of them on one page say nothing new, and a page must not be able to fill our memory."""
MAX_TAG_CHARS = 2_000_000
"""Of all tags of a page together: one inside of the other, each would be as long as the page."""
MAX_NEARBY_ELEMENTS = 10
MAX_NEARBY_CHARS = 10_000
MAX_TEXT_PIECES = 500_000
"""So many pieces of text are looked at as shown; beyond, a text is what textContent is."""

_RAW_PLACEMENTS = {
    "noscript": Placement.NOSCRIPT,
    "textarea": Placement.TEXTAREA,
    "iframe": Placement.IFRAME,
}


def capture_html(
    html: str, source: str, names: Sequence[str] = ("cn_purchase",), status: int | None = None
) -> Capture:
    """Find every tag in a page's text; the first of ``names`` also where the script sees none.

    ``source`` is the URL or file the places count in. Never fails: any text is HTML.
    """
    tree = parse(html)
    page, *hidden = _iter_fragments(tree, source, names[0])
    found = [islice(page.tags(name), MAX_TAGS) for name in names]
    found += [islice((tag for piece in hidden for tag in piece.tags(names[0])), MAX_TAGS)]
    tags = tuple(chain.from_iterable(found))
    is_there = any(tag.name == names[0] for tag in tags)
    return Capture(
        url=source,
        rendered=False,
        tags=tags,
        lookalike=None if is_there else _build_lookalike(page, names),
        status=status,
        title=_title(tree),
        order_numbers=find_order_numbers(_visible_text(tree)),
        script=ConnectifScript(present=any(_loads_connectif(e) for e in tree.elements)),
        styled=any(_is_style_sheet(e) for e in tree.elements),
    )


@dataclass(frozen=True, slots=True)
class _HtmlFragment:
    """One piece of HTML and how it hangs in the page: the page itself, a comment, an iframe."""

    tree: Tree
    placement: Placement
    source: str
    css: str | None = None
    """The path of the element that holds it."""
    shown: dict[int, str | None] = field(default_factory=dict)
    """Element → its text where it is shown otherwise: tags may be nested."""

    def tags(self, name: str) -> Iterator[PageTag]:
        room = MAX_TAG_CHARS
        for element in self.tree.elements:
            if self.tree.has_class(element, name):
                css = self.tree.css(element)
                html = self.tree.source[element.start : min(element.end, element.start + room)]
                room -= len(html)
                yield PageTag(
                    name=name,
                    html=html,
                    placement=self._placement(element),
                    origin=self.locate(element.start, css),
                    css=css,
                    texts=self._texts(element),
                    quirks=self.tree.quirks,
                    nearby=tuple(self._nearby(element)),
                    moved=element.moved,
                    hidden=element.hidden,
                    tree=self.tree,
                    element=element,
                )

    def _nearby(self, element: Element) -> Iterator[str]:
        """Yield the HTML of elements beside it that may be fields which a browser moved."""
        for each in islice(iter_neighbours(self.tree, element), MAX_NEARBY_ELEMENTS):
            yield self.tree.source[each.start : each.end][:MAX_NEARBY_CHARS]

    def _texts(self, root: Element) -> Mapping[str, str]:
        """Return what the script would read where styles make it differ from the mere text."""
        texts = {}
        room = MAX_TEXT_PIECES
        for element in self.tree.descendants(root):
            if "class" not in element.attributes:
                continue
            if element.index not in self.shown:
                room -= element.text_to - element.text_from + element.after - element.index
                if room < 0:
                    break
                self.shown[element.index] = self._shown(element)
            if (shown := self.shown[element.index]) is not None:
                texts[self.tree.path(element, root)] = shown
        return MappingProxyType(texts)

    def _shown(self, element: Element) -> str | None:
        shown = inner_text(self.tree, element).strip()
        return None if shown == self.tree.text_content(element).strip() else shown

    def locate(self, offset: int, css: str = "") -> Location:
        line, column = self.tree.place(offset)
        return Location(self.source, line, column, css or self.css)

    def _placement(self, element: Element) -> Placement:
        if self.placement is not Placement.DOCUMENT or element.template is None:
            return self.placement
        is_shadow = "shadowrootmode" in element.template.attributes
        return Placement.SHADOW_ROOT if is_shadow else Placement.TEMPLATE


def iter_neighbours(tree: Tree, element: Element) -> Iterator[Element]:
    """Yield the elements beside a tag, the nearest first, that may be fields of it."""
    if element.name == "p":
        return tree.following(element)
    if element.name in FOSTER_PARENTING:
        table = next(
            (each for each in element.ancestors_and_self(None) if each.name == "table"), element
        )
        return tree.preceding(table)
    if any("class" in each.attributes for each in tree.descendants(element)):
        return iter(())
    return (each for each in islice(tree.following(element), 1) if each.name == "table")


def _iter_fragments(tree: Tree, source: str, tag: str) -> Iterator[_HtmlFragment]:
    """Yield the page and every piece of HTML inside of it that is no part of the document."""
    pages = [_HtmlFragment(tree, Placement.DOCUMENT, source)]
    while pages:
        page = pages.pop()
        yield page
        pages += _embedded_fragments(page, tag)


def _embedded_fragments(page: _HtmlFragment, tag: str) -> Iterator[_HtmlFragment]:
    for offset, text in page.tree.comments:
        if tag in text:
            is_verbatim = page.tree.source.startswith(text, offset)
            yield _build_fragment(page, text, Placement.COMMENT, page.locate(offset), is_verbatim)
    for element in page.tree.elements:
        placement = _RAW_PLACEMENTS.get(element.name)
        if placement is None:
            continue
        css = page.tree.css(element)
        content = page.tree.text_content(element)
        if tag in content:
            # With character references or other line ends the text is not the source's.
            is_verbatim = page.tree.source.startswith(content, element.inner)
            yield _build_fragment(
                page, content, placement, page.locate(element.inner, css), is_verbatim
            )
        inline = element.attributes.get("srcdoc", "")
        if tag in inline:
            yield _build_fragment(page, inline, placement, page.locate(element.start, css), False)


def _build_fragment(
    outer: _HtmlFragment, html: str, placement: Placement, origin: Location, is_verbatim: bool
) -> _HtmlFragment:
    """Make a page of HTML inside of another; what hides both is the outermost."""
    if outer.placement is not Placement.DOCUMENT:
        placement = outer.placement
    place = origin.line or 1, origin.column or 1
    tree = parse(html, place, is_verbatim=is_verbatim and outer.tree.is_verbatim)
    return _HtmlFragment(tree, placement, origin.source, origin.css)


def _visible_text(tree: Tree) -> str:
    # A text of so many pieces is no confirmation; what it shows would be long to find.
    if len(tree.elements) > MAX_SEARCHED_CHARS:
        return ""
    tops = (each for each in tree.elements if each.parent is None and not each.hidden)
    return "\n".join(inner_text(tree, each) for each in tops)


def _title(tree: Tree) -> str:
    titles = (
        tree.text_content(each)
        for each in tree.elements
        if each.name == "title" and not each.foreign
    )
    return " ".join(next(titles, "").split())


def _build_lookalike(page: _HtmlFragment, names: Sequence[str]) -> Lookalike | None:
    """Return the first element that seems to be meant as the first tag of ``names``."""
    if found := find_lookalike(page.tree.elements, names):
        element, attribute = found
        place = page.locate(element.start, page.tree.css(element))
        return Lookalike(attribute, element.attributes[attribute], place)
    return None


def _is_style_sheet(element: Element) -> bool:
    if element.name not in ("style", "link") or element.template:
        return False
    relations = element.attributes.get("rel", "").lower().split()
    return element.name == "style" or "stylesheet" in relations


def _loads_connectif(element: Element) -> bool:
    """Know the script by its id or address, as the shop modules and the snippet write them."""
    if element.name != "script":
        return False
    identity, address = element.attributes.get("id", ""), element.attributes.get("src", "")
    return (
        identity.startswith(("__cn_client_script_", "__cn_generic_script__"))
        or "connectif.cloud" in address
        or "/client-script/" in address
    )
