"""Fields, products and tags that stand inside the element of a field, whose text they then are.

An element is often left open by mistake: ``<span class="cart_id"/>`` is a start tag to a browser,
and what follows is inside of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from validator.contract.contracts import documented_tags
from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.result import TagReading
from validator.html.dom import Element, Tree, fold_class_name
from validator.page.tag_fields import find_field_elements, find_tag_element


@dataclass(frozen=True, slots=True)
class NestedFields:
    """A field or a product with others inside of its element."""

    pointer: str
    names: tuple[str, ...]
    """The fields inside, by name, in document order; a product by ``product_basket_item``."""
    has_required: bool
    """Whether a required field, a product or another tag is among them."""
    has_product: bool = False
    """Whether it is a product that has another product inside."""
    is_self_closed: bool = False
    """Whether its start tag ends with ``/>``, which HTML ignores. Unknown for a rendered page."""


def find_nested_fields(
    tag: CapturedTag, fields: Field, reading: TagReading
) -> tuple[NestedFields, ...]:
    """Return the fields that are read and have other fields inside, in document order.

    A field inside that the tag has again elsewhere counts only where the outer field is an id, an
    address, a number or required: for the text of others ``reading.shadowed`` has it.
    """
    tree, root = find_tag_element(tag)
    if root is None or not _has_nesting(tree, root, fields, tag.quirks):
        return ()
    return tuple(_Nesting(tag, tree, root, fields, reading).found())


def _known_names(fields: Field, quirks: bool) -> dict[str, Field | None]:
    """Return what a class may name in a tag: a field of the tag or of its items, or a tag."""
    inner = [each for field in fields.fields.values() for each in field.fields.values()]
    known: dict[str, Field | None] = dict.fromkeys(documented_tags())
    known |= {each.name: each for each in (*inner, *fields.fields.values())}
    return {
        fold_class_name(name, quirks): each
        for name, each in known.items()
        if each is None or each.comes_from == "class"
    }


def _has_nesting(tree: Tree, root: Element, fields: Field, quirks: bool) -> bool:
    """Tell whether a known class stands inside of a field, or a product inside of a product."""
    known = _known_names(fields, quirks)
    products = {name for name, field in known.items() if field and field.fields}
    is_text = any(each.comes_from == "text" for each in fields.fields.values())
    inside = {root.index} if is_text else set()
    end_of_product = -1
    for element in tree.descendants(root):
        names = (
            [fold_class_name(each, quirks) for each in element.classes]
            if "class" in element.attributes
            else []
        )
        is_held = element.parent is not None and element.parent.index in inside
        if is_held and any(name in known for name in names):
            return True
        if is_held or any((field := known.get(name)) and not field.fields for name in names):
            inside.add(element.index)
        if not products.isdisjoint(names):
            if element.index < end_of_product:
                return True
            end_of_product = element.after
    return False


@dataclass(frozen=True, slots=True)
class _Held:
    """A field inside of another's element."""

    is_required: bool
    is_again_elsewhere: bool = False
    """Whether the tag has another element for it, which is not read."""


class _Nesting:
    def __init__(
        self, tag: CapturedTag, tree: Tree, root: Element, fields: Field, reading: TagReading
    ) -> None:
        self.tree = tree
        self.root = root
        self.fields = fields
        self.quirks = tag.quirks
        self.known = _known_names(fields, tag.quirks)
        self.shadowed = {each.pointer for each in reading.shadowed}
        self.pointers: dict[int, list[str]] = {}
        """Element → the fields that are read of it; more than one where it has several classes."""
        self.products: list[int] = []
        self.fields_of: dict[str, list[tuple[int, str]]] = {}
        """Product → the elements that are read for its fields, and the names of these."""
        for pointer, element in find_field_elements(tag, fields).items():
            if pointer and not self._is_list(pointer):
                self._add(pointer, element)
        self.products.sort()
        self.product_of = self._find_products()

    def _add(self, pointer: str, element: Element) -> None:
        self.pointers.setdefault(element.index, []).append(pointer)
        field = self.fields.at(pointer)
        if field.fields:
            self.products.append(element.index)
        elif pointer.count("/") > 2:
            product = "/".join(pointer.split("/")[:3])
            self.fields_of.setdefault(product, []).append((element.index, field.name))

    def _find_products(self) -> dict[int, int]:
        """Return the innermost product that each element is inside of."""
        products, found = frozenset(self.products), dict[int, int]()
        for element in self.tree.descendants(self.root) if products else ():
            above = element.parent.index if element.parent else -1
            product = above if above in products else found.get(above)
            if product is not None:
                found[element.index] = product
        return found

    def _is_list(self, pointer: str) -> bool:
        return self.fields.at(pointer).is_list and not pointer.rpartition("/")[2].isdecimal()

    def found(self) -> Iterator[NestedFields]:
        held: dict[int, dict[str, _Held]] = {}
        """Element → the fields inside of it."""
        for element in reversed(self.tree.descendants(self.root)):
            inside = held.get(element.index, {})
            parent = element.parent
            if parent is not None and (parent is not self.root or self.root.index in self.pointers):
                # Document order: what comes first is added last.
                held[parent.index] = {
                    **self._counted(element),
                    **inside,
                    **held.get(parent.index, {}),
                }
        for index in sorted(self.pointers):
            yield from self._build(self.tree.elements[index], held.get(index, {}))

    def _counted(self, element: Element) -> dict[str, _Held]:
        """Return the fields that an element is."""
        counted: dict[str, _Held] = {}
        if element.template is not self.root.template:
            return counted
        for pointer in self.pointers.get(element.index, ()):
            field = self.fields.at(pointer)
            counted[field.name] = _Held(
                is_required=field.is_required or bool(field.fields),
                is_again_elsewhere=pointer in self.shadowed,
            )
        for name in element.classes:
            known = self.known.get(fold_class_name(name, self.quirks), self.fields)
            if known is None:
                counted[name] = _Held(is_required=True)
            elif self.fields.has_children_only and known is not self.fields:
                counted[known.name] = _Held(is_required=known.is_required)
        return counted

    def _build(self, element: Element, inside: dict[str, _Held]) -> Iterator[NestedFields]:
        for pointer in self.pointers[element.index]:
            field = self.fields.at(pointer)
            if field.fields:
                yield from self._build_product(pointer, element)
                continue
            matters = field.is_exact or field.is_required
            names = [
                name
                for name, each in inside.items()
                if (name != field.name or field.is_list)
                and (matters or not each.is_again_elsewhere)
            ]
            if names and (not self.fields.has_children_only or field.name in self.fields.fields):
                start_tag = self.tree.source[element.start : element.inner]
                yield NestedFields(
                    pointer,
                    tuple(names),
                    has_required=any(inside[name].is_required for name in names),
                    is_self_closed=start_tag.endswith("/>"),
                )

    def _build_product(self, pointer: str, product: Element) -> Iterator[NestedFields]:
        """Look for fields of a product that are read from another product inside of it."""
        inner = bisect_right(self.products, product.index)
        if inner == len(self.products) or self.products[inner] >= product.after:
            return
        names = {
            name: None
            for index, name in self.fields_of.get(pointer, ())
            if self.product_of.get(index) != product.index
        }
        yield NestedFields(pointer, tuple(names), has_required=bool(names), has_product=True)
