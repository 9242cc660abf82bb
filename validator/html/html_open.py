"""The elements that are open while a tree is made, and where among them things are put.

https://html.spec.whatwg.org/multipage/parsing.html#the-stack-of-open-elements
Where there the open elements are searched from the innermost outwards, here the places of those
that end the search are known: any text takes time in proportion to its length.
"""

from __future__ import annotations

from validator.html.dom import DomNode, Element, Tree
from validator.html.html_builder import TreeBuilder
from validator.html.html_names import (
    FOREIGN_KINDS,
    FOSTER_PARENTING,
    HTML_INTEGRATION_POINTS,
    KINDS,
)

_KINDS_OF = {
    name: tuple(kind for kind, names in KINDS.items() if name in names)
    for name in frozenset().union(*KINDS.values())
}
"""Name of an element of HTML → its kinds."""


class OpenElements(TreeBuilder):
    """Knows where the innermost open elements of a name or of a kind are."""

    def __init__(self, source: str, quirks: bool) -> None:
        super().__init__(source, quirks)
        self.kinds: dict[str, list[int]] = {kind: [] for kind in KINDS}
        """Kind → where in the stack the open elements of that kind are."""
        self.html: list[int] = []
        """Where in the stack those are that are of HTML."""
        self.moved: dict[Element, list[DomNode]] = {}
        """Table → what stood in it and is moved to before it."""
        self.fosters = False
        """Whether what comes is moved, should it stand in a table and not in a cell."""

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

    def _siblings(self, element: Element) -> list[DomNode]:
        return element.parent.children if element.parent else self.top

    def last(self, kind: str) -> int:
        places = self.kinds[kind]
        return places[-1] if places else -1

    def find(self, name: str, kind: str = "scope") -> int:
        """Return where the innermost of a name is; -1 if there is none outside of the kind."""
        places = self.places[name]
        return places[-1] if places and places[-1] >= self.last(kind) else -1

    def push(self, element: Element) -> None:
        here = len(self.stack)
        for kind in _kinds(element):
            self.kinds[kind].append(here)
        if not element.foreign:
            self.html.append(here)
        super().push(element)

    def pop(self) -> Element:
        element = super().pop()
        for kind in _kinds(element):
            self.kinds[kind].pop()
        if not element.foreign:
            self.html.pop()
        return element

    def put(self, node: DomNode, parent: Element | None) -> None:
        if not (self.fosters and parent and parent.name in FOSTER_PARENTING and not parent.foreign):
            super().put(node, parent)
            return
        table, template = (self.places[name][-1:] or [0] for name in ("table", "template"))
        holder = self.stack[max(*table, *template)]
        if holder.name == "template":
            super().put(node, holder)
        else:
            self.moved.setdefault(holder, []).append(_moved(node, holder.parent))

    def end_if_open(self, place: int, start: int, end: int) -> None:
        if place >= 0:
            self.end_at(place, start, end)

    def end_before(self, place: int, at: int) -> None:
        """End the open element at a place, without an end tag."""
        if place >= 0:
            self.close_to(place, at)


def _kinds(element: Element) -> tuple[str, ...]:
    if element.foreign:
        return FOREIGN_KINDS if element.name in HTML_INTEGRATION_POINTS[element.foreign] else ()
    return _KINDS_OF.get(element.name, ())


def _moved(node: DomNode, parent: Element | None) -> DomNode:
    if isinstance(node, Element):
        node.parent, node.moved = parent, True
        return node
    return node[0], parent, node[2]
