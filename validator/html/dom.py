"""The elements of an HTML text, with exact places; ``html_parser.py`` makes them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from validator.html.html_names import BAR_ELEMENTS, HTML_INTEGRATION_POINTS

_PLAIN_NAME = re.compile(r"-?[a-zA-Z_][\w-]*", re.ASCII)


@dataclass(slots=True, eq=False, repr=False)
class Element:
    """One element. ``start`` and ``end`` are offsets of its first character and after its last.

    Those that the text does not have, such as the tbody of a table, have the offsets of what
    they were made for. ``index`` counts elements in document order; its descendants are those up
    to ``after``.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    foreign: str
    """"svg" or "math", where its name means nothing in HTML."""
    inner: int
    """The offset after its start tag."""
    hidden: bool
    """Not shown: by itself, ``hidden`` or ``display: none``, or as a part of what is not."""
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
        return re.split(r"[\t\n\f\r ]+", self.attributes.get("class", ""))

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
        """The ``<template>`` its text belongs to: it is no text of what the template stands in."""
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


TextNode: TypeAlias = "tuple[int, Element | None, str]"
"""Its offset, the element it is in, and what it says."""
DomNode: TypeAlias = "Element | TextNode"


@dataclass(frozen=True, slots=True)
class Tree:
    """All elements of a text in document order, its comments (offset of their text, text).

    ``first`` is the one that is first in the text.
    """

    source: str
    first: Element | None
    elements: list[Element]
    comments: list[tuple[int, str]]
    _texts: list[TextNode]
    _lines: list[int]
    quirks: bool = False
    """True where the page has no modern doctype: then classes match whatever their case."""
    _steps: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Element → its number among its siblings, from zero, and how CSS finds it among them."""

    def text_content(self, element: Element) -> str:
        """Return what the DOM's ``textContent`` is."""
        return "".join(text for _, _, text in self.texts(element))

    def texts(self, element: Element) -> Iterator[TextNode]:
        """Yield the texts inside of an element, without those of templates in it."""
        for piece in self._texts[element.text_from : element.text_to]:
            owner = piece[1]
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
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def fold_class_name(name: str, quirks: bool) -> str:
    """Return what two class names are compared by: in quirks mode ASCII case does not count."""
    return name.translate(_LOWER) if quirks else name


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def number_elements(top: list[DomNode]) -> tuple[list[Element], list[TextNode]]:
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
                if element.parent:
                    # A form ends before what stands in it and is still open.
                    element.parent.end = max(element.parent.end, element.end)
    return elements, texts


def _init_element(element: Element, index: int, text: int) -> None:
    element.index, element.text_from = index, text
    if parent := element.parent:
        element.hidden = element.hidden or parent.hidden or _is_suppressed(element, parent)
        element.template = parent.home


def _is_suppressed(element: Element, parent: Element) -> bool:
    """Tell whether an element stands in one that shows something else than what is in it: a
    select its options, an option its text, closed details their summary, a meter its bar."""
    if parent.foreign:
        return False
    if parent.is_closed_details:
        if element.name == "summary" and not parent.has_summary:
            parent.has_summary = True
            return False
        return True
    is_option = element.name in ("option", "optgroup")
    return parent.name in ("option", *BAR_ELEMENTS) or (parent.shows_only_options and not is_option)
