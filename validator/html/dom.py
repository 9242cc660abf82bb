"""The elements of an HTML text, with exact places; ``pages`` and ``serialised`` make them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from validator.html.inline_style import parse_declarations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names("area base br col embed frame hr img input link meta param source track wbr")
FOSTER_PARENTING = _names("table tbody tfoot thead tr")
"""What stands in these and is no part of a table is moved to before the table."""
BAR_ELEMENTS = _names("meter progress")
"""Elements that show a bar in place of their content."""
HTML_INTEGRATION_POINTS: Mapping[str, frozenset[str]] = {
    "svg": _names("foreignobject desc title"),
    "math": _names("mi mo mn ms mtext"),
}
"""Elements of SVG and MathML whose content is HTML again."""
_NOT_RENDERED = _names(
    "area audio base canvas datalist head iframe link meta noembed noframes noscript param rp"
    " script source style template textarea title track video"
)
"""Elements that a browser does not show, or shows with something else than their text."""
_SVG_NOT_RENDERED = _names(
    "title desc metadata style script defs symbol clippath mask pattern marker lineargradient"
    " radialgradient"
)
"""Elements of an SVG that are not drawn where they stand."""
_PLAIN_NAME = re.compile(r"-?[a-zA-Z_][\w-]*", re.ASCII)


@dataclass(slots=True, eq=False, repr=False)
class Element:
    """One element. ``start`` and ``end`` are offsets of its first character and after its last.

    An element without a tag of its own, such as the tbody that a browser adds to a table, has
    the offsets of what it was made for; a copy of a formatting element begins at the tag that it
    copies. ``index`` counts elements in document order; its descendants are those up to
    ``after``.
    """

    name: str
    attributes: Mapping[str, str]
    foreign: str = ""
    """"svg" or "math", where its name means nothing in HTML."""
    start: int = -1
    inner: int = -1
    """The offset after its start tag."""
    hidden: bool = False
    """Not shown: by itself, ``hidden`` or ``display: none``, or as a part of what is not."""
    is_laid_out: bool = True
    """Whether none of its own attributes hides it."""
    parent: Element | None = None
    children: list[DomNode] = field(default_factory=list)
    template: Element | None = None
    """The ``<template>`` it is inside of: then it is not in the document."""
    moved: bool = False
    """It stood in a table, which is no place for it, and was moved to before the table."""
    has_summary: bool = False
    """Whether shut details have shown one already."""
    end: int = -1
    index: int = -1
    after: int = -1
    text_from: int = -1
    text_to: int = -1

    @property
    def classes(self) -> list[str]:
        given = self.attributes.get("class")
        # Most elements have none, and pages have many elements.
        return re.split(r"[\t\n\f\r ]+", given) if given else [""]

    @property
    def has_foreign_content(self) -> bool:
        return bool(self.foreign) and self.name not in HTML_INTEGRATION_POINTS[self.foreign]

    @property
    def shows_only_options(self) -> bool:
        """Whether it is a select or a group of its options, which show nothing but options."""
        is_group = self.name == "optgroup" and self.parent is not None
        holder = self.parent if is_group else self
        return holder is not None and holder.name == "select" and not holder.foreign

    @property
    def is_closed_details(self) -> bool:
        """Whether it is a ``<details>`` that shows its summary alone."""
        return self.name == "details" and not self.foreign and "open" not in self.attributes

    @property
    def home(self) -> Element | None:
        """The ``<template>`` that its text belongs to, and no element around the template."""
        return self if self.name == "template" and not self.foreign else self.template

    @property
    def label(self) -> str:
        """Its name and first class, as a CSS selector."""
        named = next((token for token in self.classes if _PLAIN_NAME.fullmatch(token)), "")
        return self.name + (f".{named}" if named else "")

    def ancestors_and_self(self, top: Element | None) -> Iterator[Element]:
        """Yield this element and its ancestors, without ``top`` and what is above it."""
        element: Element | None = self
        while element is not None and element is not top:
            yield element
            element = element.parent


TextNode: TypeAlias = "tuple[Element | None, str]"
"""The element it is in, and what it says."""
DomNode: TypeAlias = "Element | TextNode"


@dataclass(frozen=True, slots=True)
class Tree:
    """All elements of a text in document order, its comments (offset of their text, text)."""

    source: str
    top: list[DomNode]
    """The elements and texts that are in no element."""
    elements: list[Element]
    comments: list[tuple[int, str]]
    _texts: list[TextNode]
    _lines: list[int]
    quirks: bool
    """True where the page has no modern doctype: then classes match whatever their case."""
    origin: tuple[int, int]
    """The line and column of the text's first character, one-based."""
    is_verbatim: bool
    """False where offsets in the text mean nothing in its file: everything is at the origin."""
    _steps: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Element → its number among its siblings, from zero, and how CSS finds it among them."""

    def text_content(self, element: Element) -> str:
        """Return what the DOM's ``textContent`` is."""
        return "".join(text for _, text in self.texts(element))

    def texts(self, element: Element) -> Iterator[TextNode]:
        """Yield the texts inside of an element, without those of templates in it."""
        for piece in self._texts[element.text_from : element.text_to]:
            owner = piece[0]
            if owner is None or owner.home is element.template:
                yield piece

    def has_class(self, element: Element, name: str) -> bool:
        """Tell whether ``getElementsByClassName(name)`` finds the element."""
        return fold_class_name(name, self.quirks) in (
            fold_class_name(each, self.quirks) for each in element.classes
        )

    def descendants(self, element: Element) -> list[Element]:
        return self.elements[element.index + 1 : element.after]

    def path(self, element: Element, top: Element) -> str:
        """Return the child numbers that lead from ``top`` to the element: "0/2"."""
        numbers = [str(self._step(each)[0]) for each in element.ancestors_and_self(top)]
        return "/".join(reversed(numbers))

    def css(self, element: Element, top: Element | None = None) -> str:
        """Return a CSS path to the element, from the nearest id, from ``top`` or from body."""
        steps: list[str] = []
        for each in element.ancestors_and_self(top):
            identity = each.attributes.get("id", "")
            if _PLAIN_NAME.fullmatch(identity):
                steps.append(f"#{identity}")
                break
            steps.append(self._step(each)[1])
            if each.name == "body":
                break
        return " > ".join(reversed(steps))

    def _step(self, element: Element) -> tuple[int, str]:
        if element.index not in self._steps:
            siblings = list(self._siblings(element))
            twins = Counter(each.label for each in siblings)
            names: Counter[str] = Counter()
            for position, each in enumerate(siblings):
                names[each.name] += 1
                nth = f":nth-of-type({names[each.name]})" if twins[each.label] > 1 else ""
                self._steps[each.index] = position, each.label + nth
        return self._steps[element.index]

    def following(self, element: Element) -> Iterator[Element]:
        """Yield the siblings after an element, the nearest first."""
        parent, index = element.parent, element.after
        while index < len(self.elements) and self.elements[index].parent is parent:
            yield self.elements[index]
            index = self.elements[index].after

    def preceding(self, element: Element) -> Iterator[Element]:
        """Yield the siblings before an element, the nearest first."""
        parent, index = element.parent, element.index - 1
        while index >= 0 and self.elements[index] is not parent:
            sibling = next(
                each
                for each in self.elements[index].ancestors_and_self(parent)
                if each.parent is parent
            )
            yield sibling
            index = sibling.index - 1

    def _siblings(self, element: Element) -> Iterator[Element]:
        parent = element.parent
        index = parent.index + 1 if parent else 0
        while index < (parent.after if parent else len(self.elements)):
            yield self.elements[index]
            index = self.elements[index].after

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both one-based."""
        first_line, first_column = self.origin
        if not self.is_verbatim:
            return self.origin
        line = bisect_right(self._lines, offset)
        column = offset - self._lines[line - 1] + 1
        return first_line + line - 1, column + (first_column - 1 if line == 1 else 0)


def split_classes(text: str) -> list[str]:
    """Return the class names in the value of a class attribute, each once for each time."""
    return [name for name in re.split(r"[\t\n\f\r ]+", text) if name]


def fold_class_name(name: str, quirks: bool) -> str:
    """Return what two class names are compared by: in quirks mode ASCII case does not count."""
    return name.translate(_LOWER) if quirks else name


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def build_tree(
    source: str,
    top: list[DomNode],
    comments: list[tuple[int, str]],
    *,
    quirks: bool,
    origin: tuple[int, int],
    is_verbatim: bool = True,
) -> Tree:
    """Number the elements below ``top``, and find which of them are hidden."""
    elements, texts = _in_order(top)
    lines = [0, *(found.end() for found in re.finditer("\n", source))]
    return Tree(source, top, elements, comments, texts, lines, quirks, origin, is_verbatim)


def _in_order(top: list[DomNode]) -> tuple[list[Element], list[TextNode]]:
    """Number all elements below ``top``; return them and the texts, in document order."""
    elements: list[Element] = []
    texts: list[TextNode] = []
    ways = [iter(top)]
    entered: list[Element] = []
    while ways:
        for node in ways[-1]:
            if isinstance(node, tuple):
                texts.append(node)
                continue
            _init_element(node, len(elements), len(texts))
            elements.append(node)
            entered.append(node)
            ways.append(iter(node.children))
            break
        else:
            ways.pop()
            if entered:
                element = entered.pop()
                element.after, element.text_to = len(elements), len(texts)
    return elements, texts


def _init_element(element: Element, index: int, text: int) -> None:
    element.index, element.text_from = index, text
    element.is_laid_out = not _is_display_none(element)
    element.hidden = not element.is_laid_out or element.name in (
        _SVG_NOT_RENDERED if element.foreign else _NOT_RENDERED
    )
    if parent := element.parent:
        element.hidden = element.hidden or parent.hidden or _is_suppressed(element, parent)
        element.template = parent.home


def _is_display_none(element: Element) -> bool:
    """Tell whether an attribute keeps an element from being laid out."""
    attributes = element.attributes
    display = parse_declarations(attributes.get("style", "")).get("display", "revert")
    if not display.startswith("revert"):
        return display == "none"
    is_closed_dialog = element.name == "dialog" and "open" not in attributes
    return is_closed_dialog or "hidden" in attributes or "popover" in attributes


def _is_suppressed(element: Element, parent: Element) -> bool:
    """Tell whether its parent does not show the element: a select shows only options, an option
    only text, closed details only their summary, a meter only its bar."""
    if parent.foreign:
        return False
    if parent.is_closed_details:
        if element.name == "summary" and not parent.has_summary:
            parent.has_summary = True
            return False
        return True
    is_option = element.name in ("option", "optgroup")
    return parent.name in ("option", *BAR_ELEMENTS) or (parent.shows_only_options and not is_option)
