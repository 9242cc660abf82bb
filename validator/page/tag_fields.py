"""A captured tag → the text of each field, exactly as the Connectif script picks it.

Facts read in client script 1.3.0: a field is the first descendant, at any depth, with the
property's class; only its text counts, never an attribute; what stands in a template, noscript
or iframe is no descendant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from validator.contract.fields import Field
from validator.core.capture import NO_TEXTS, CapturedTag
from validator.core.document import Document, Json, Location, SourceMap, json_pointer
from validator.core.result import ShadowedField
from validator.html import serialised
from validator.html.dom import Element, Tree, fold_class_name, split_classes
from validator.page.javascript import trim

MAX_VALUES = 2_001
"""One more than the schema allows, so that it is seen. A page must not keep us busy for ever."""
MAX_REPEATED_ELEMENTS = 50
MAX_TEXT_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class PageTag(CapturedTag):
    """A tag in the tree of a page that was parsed as it was sent.

    The tree is no part of the data: reports and redacted copies do not have it.
    """

    tree: Tree | None = field(default=None, compare=False, repr=False)
    element: Element | None = field(default=None, compare=False, repr=False)
    """The tag itself, in the tree."""


_NO_KEYS = ("", "__proto__")
"""Class attributes that name no field: JavaScript sets no property of these names."""
CODE_ELEMENTS = ("script", "style")
"""Elements whose text is code."""


def extract_fields(
    tag: CapturedTag, fields: Field, *, as_shown: bool = True, with_code: bool = True
) -> tuple[Document, tuple[ShadowedField, ...]]:
    """Return the texts by field, in document order, and the elements that nobody reads.

    The document has only what the page has: a missing field is missing, a field that may be
    repeated is a list. Not ``as_shown``: texts as the HTML has them, whatever CSS makes of them.
    Not ``with_code``: texts without what stands in a script or a style sheet.
    """
    tree, root = find_tag_element(tag)
    if root is None:
        return Document(tag.origin.source, {}, text=tag.html), ()
    reader = _FieldExtractor(tag, tree, root, fields, as_shown=as_shown, with_code=with_code)
    data = reader.record(fields, reader.root, "")
    source_map = SourceMap(MappingProxyType(reader.locations))
    return Document(tag.origin.source, data, source_map, tag.html), tuple(reader.shadowed)


def find_field_elements(tag: CapturedTag, fields: Field) -> dict[str, Element]:
    """Return the element that is read for each field, by JSON pointer; "" is the tag."""
    tree, root = find_tag_element(tag)
    if root is None:
        return {}
    reader = _FieldExtractor(tag, tree, root, fields, as_shown=False, with_code=False)
    reader.record(fields, root, "")
    return reader.elements


def find_tag_element(tag: CapturedTag) -> tuple[Tree, Element | None]:
    """Return a tag's element and the tree it is in: of the page, or of a browser's serialisation.

    The element is None where the serialisation has none.
    """
    if isinstance(tag, PageTag) and tag.tree:
        return tag.tree, tag.element
    place = tag.origin.line or 1, tag.origin.column or 1
    tree = _serialised(tag.html, place, tag.quirks, tag.foreign)
    return tree, tree.elements[0] if tree.elements else None


@lru_cache(maxsize=4)  # the rules read the tag of a page one after the other
def _serialised(html: str, place: tuple[int, int], quirks: bool, foreign: str) -> Tree:
    return serialised.parse(html, place, quirks=quirks, foreign=foreign)


class _FieldExtractor:
    def __init__(
        self,
        tag: CapturedTag,
        tree: Tree,
        root: Element,
        fields: Field,
        *,
        as_shown: bool,
        with_code: bool,
    ) -> None:
        self.tag = tag
        self.tree = tree
        self.root = root
        self.texts = tag.texts if as_shown else NO_TEXTS
        self.with_code = with_code
        self.locations: dict[str, Location] = {}
        self.elements: dict[str, Element] = {}
        """JSON pointer → the element that is read."""
        self.shadowed: list[ShadowedField] = []
        names = (each.name for each in fields.fields.values() if each.fields)
        self.items = frozenset(fold_class_name(name, tag.quirks) for name in names)
        """The classes of elements that are items with fields of their own."""
        self._place("", root)
        self._by_class: dict[str, list[int]] = defaultdict(list)
        for element in (root, *tree.descendants(root)):
            if element.template is root.template:
                for token in {fold_class_name(each, tag.quirks) for each in element.classes}:
                    self._by_class[token].append(element.index)

    def record(self, fields: Field, scope: Element, at: str) -> dict[str, Json]:
        """Return the texts of the fields inside of one element: the tag, or an item."""
        found = (
            self._children(fields, scope)
            if fields.has_children_only
            else [
                (field, elements)
                for field in fields.fields.values()
                if (elements := self._of_field(field, scope))
            ]
        )
        return {
            field.name: self._values(field, elements, at + json_pointer(field.name))
            if field.is_list
            else self._value(fields, scope, field, elements, at + json_pointer(field.name))
            for field, elements in sorted(found, key=lambda entry: entry[1][0].index)
        }

    def _children(self, fields: Field, scope: Element) -> list[tuple[Field, list[Element]]]:
        """Find fields as the script does where the children say which fields there are.

        The whole class attribute of a child is the name of a field. Its value is then searched by
        class in the whole tag, and may be the text of another element.
        """
        children: dict[str, list[Element]] = defaultdict(list)
        for child in self.tree.descendants(scope):
            name = child.attributes.get("class", "")
            # The className of an SVG element is not a text.
            is_field = child.parent is scope and child.foreign != "svg" and name not in _NO_KEYS
            if is_field and child.template is scope.template and split_classes(name):
                children[name].append(child)
        known = [name for name in children if name in fields.fields or fields.others]
        return [
            (fields[name], self._value_and_children(name, scope, children[name]))
            for name in known[:MAX_VALUES]
        ]

    def _value_and_children(
        self, name: str, scope: Element, children: list[Element]
    ) -> list[Element]:
        """Return the element whose text is the value of a name, then the children of that name."""
        tokens = {fold_class_name(each, self.tag.quirks) for each in split_classes(name)}
        value = next(
            element
            for element in self._within(min(tokens, key=self._count), scope)
            if tokens <= {fold_class_name(each, self.tag.quirks) for each in element.classes}
        )
        return [value, *(child for child in children if child is not value)]

    def _of_field(self, field: Field, scope: Element) -> list[Element]:
        if field.comes_from == "attribute":
            return [scope] if field.name in scope.attributes else []
        return [scope] if field.comes_from == "text" else self._within(field.name, scope)

    def _value(
        self, fields: Field, scope: Element, field: Field, elements: list[Element], at: str
    ) -> str:
        self._place(at, elements[0])
        if field.comes_from == "attribute":
            return scope.attributes[field.name][:MAX_TEXT_CHARS]
        first = elements[0]
        # What is in a product inside of this one is read as that product's.
        others = [
            other
            for other in elements[1 : MAX_REPEATED_ELEMENTS + 1]
            if not self._is_in_inner_item(other, scope)
        ]
        if others:
            self.shadowed.append(self._shadowed(fields, scope, first, others, at))
        return self._text(first)

    def _shadowed(
        self, fields: Field, scope: Element, first: Element, others: list[Element], at: str
    ) -> ShadowedField:
        """Return another element of the field, if possible one outside of other fields."""
        if self._holder(fields, scope, first):
            other, inside = others[0], ""
        else:
            held = [(self._holder(fields, scope, other), other) for other in others]
            inside, other = min(held, key=lambda pair: bool(pair[0]))
        return ShadowedField(at, self._text(other), self._locate(other), inside)

    def _values(self, field: Field, elements: list[Element], at: str) -> Json:
        self._place(at, elements[0])
        values: list[Json] = []
        for index, element in enumerate(elements[:MAX_VALUES]):
            here = at + json_pointer(index)
            self._place(here, element)
            is_item = bool(field.fields)
            values.append(self.record(field, element, here) if is_item else self._text(element))
        return values

    def _within(self, name: str, scope: Element) -> list[Element]:
        indexes = self._by_class.get(fold_class_name(name, self.tag.quirks), [])
        inside = indexes[bisect_left(indexes, scope.index + 1) : bisect_left(indexes, scope.after)]
        return [self.tree.elements[index] for index in inside]

    def _count(self, token: str) -> int:
        return len(self._by_class.get(token, ()))

    def _text(self, element: Element) -> str:
        text = self.texts.get(self.tree.path(element, self.root))
        if text is None:
            text = "".join(
                text
                for owner, text in self.tree.texts(element)
                if self.with_code or owner is None or owner.name not in CODE_ELEMENTS
            )
        return trim(text)[:MAX_TEXT_CHARS]

    def _place(self, at: str, element: Element) -> None:
        self.locations[at] = self._locate(element)
        self.elements[at] = element

    def _locate(self, element: Element) -> Location:
        line, column = self.tree.place(element.start)
        css = self.tree.css(element, self.root)
        if not css.startswith("#"):
            css = " > ".join(part for part in (self.tag.css, css) if part)
        return Location(self.tag.origin.source, line, column, css)

    def _is_in_inner_item(self, element: Element, scope: Element) -> bool:
        if scope is self.root or element.parent is None:
            return False
        return any(
            fold_class_name(name, self.tag.quirks) in self.items
            for each in element.parent.ancestors_and_self(scope)
            for name in each.classes
        )

    def _holder(self, fields: Field, scope: Element, element: Element) -> str:
        """Return the name of another field of the scope that the element is a part of, or ""."""
        names = {fold_class_name(name, self.tag.quirks): name for name in fields.fields}
        ancestors = [] if element.parent is None else element.parent.ancestors_and_self(scope)
        held = (
            fold_class_name(each, self.tag.quirks) for above in ancestors for each in above.classes
        )
        return next((names[name] for name in held if name in names), "")
