"""The fields of a tag, from its schema: nothing about a field is stated anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from validator.contract.schema import URN_PREFIX, Schema, load_schema
from validator.contract.schema_lint import resolve_fragment
from validator.core.document import Json, json_pointer
from validator.core.errors import InputError

_Node: TypeAlias = "Mapping[str, Json]"


_SchemaPlace: TypeAlias = "tuple[str, str]"
"""A schema file and a JSON pointer in it."""


@dataclass(frozen=True, slots=True)
class _Subschema:
    """A schema, and where it stands: its file, and its JSON pointer there."""

    node: _Node
    file: Schema
    at: str
    within: frozenset[_SchemaPlace]
    """The places of the schemas it is a part of: one of them again would never end."""

    def inner(self, *path: str | int, within: Iterable[_Subschema] = ()) -> Iterator[_Subschema]:
        """Yield what is at a path inside of it, with all that this includes."""
        node: Json = cast("Json", self.node)
        for step in path:
            node = cast("dict[Any, Json]", node)[step]
        places = self.within | {part.place for part in within}
        yield from _expand_subschemas(node, self.file, self.at + json_pointer(*path), places)

    @property
    def place(self) -> _SchemaPlace:
        return self.file.locate("").source, self.at


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a tag, as its schema describes it; or the tag itself."""

    name: str
    key: str
    """Under which the Connectif script records it; "" where it does not."""
    read: str
    """How the script reads it: text, float, integer or not-read."""
    drop: str
    """What the script drops without this field: purchase, item, cart and the like, or nothing."""
    is_list: bool
    is_required: bool
    fields: Mapping[str, Field]
    """The fields of the tag, or of each of its items, in the schema's order."""
    format: str
    """The name of its format; where it has none, the values it may have."""
    description: str
    comes_from: str = "class"
    """Where its text is: in an element with its class, in the tag's own text, or in an attribute
    of the tag with its name ("class", "text", "attribute")."""
    others: Field | None = None
    """What fields of any other name are, where there may be some."""
    thing: str = "purchase"
    """What the tag tells of, as people call it."""
    event: str = ""
    """The type of the event that is sent; "" where it is sent otherwise, or not documented."""
    is_read_once: bool = False
    """Whether the script reads the first tag of a page only."""
    has_children_only: bool = False
    """Whether its fields are its direct children, by their whole class attribute."""
    most: int | None = None
    """How many of the tag a page may have."""

    @property
    def is_exact(self) -> bool:
        """Whether it is an id, a number, a date or an address, and not prose."""
        is_id = self.name.endswith("_id") or self.name == "primary_key"
        return is_id or self.read in ("float", "integer") or bool(self.format)

    def at(self, at: str) -> Field:
        """Return the field at a JSON pointer. Raises KeyError for one the schema does not know."""
        field = self
        for part in at.split("/")[1:]:
            field = field if field.is_list and part.isdecimal() else field[part]
        return field

    def __getitem__(self, name: str) -> Field:
        """Return the field of a name. Raises KeyError for one the schema does not know."""
        if name in self.fields or self.others is None:
            return self.fields[name]
        return replace(self.others, name=name, key=name)


def parse_tag_schema(schema: Schema) -> Field:
    """Return the tag that a schema describes. A shop's own schema adds to ours by ``allOf``.

    Raises InputError for a schema that describes something else, or nothing: a page would pass
    it whatever its tag says.
    """
    parts = list(_expand_subschemas(cast("Json", schema.data), schema, "", frozenset()))
    tag = _build_field(schema.name, parts, is_required=False)
    if not tag.key and not any(field.drop or field.key for field in tag.fields.values()):
        raise InputError.single(
            "schema-of-no-tag",
            "this schema does not describe the fields of a tag",
            schema.locate(""),
            'begin with {"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}]} and add to it',
        )
    return tag


def _build_field(name: str, parts: list[_Subschema], *, is_required: bool) -> Field:
    items = [
        item for part in parts if "items" in part.node for item in part.inner("items", within=parts)
    ]
    # The outermost part is the first, and has the last word.
    merged: dict[str, Json] = {}
    for part in reversed(parts):
        merged.update(part.node)
    most = merged.get("x-most")
    return Field(
        name=name,
        key=str(merged.get("x-key", "")),
        read=str(merged.get("x-read", "not-read")),
        drop=str(merged.get("x-drop", "")),
        is_list=merged.get("type") == "array",
        is_required=is_required,
        fields=_build_properties([*parts, *items]),
        format=str(merged.get("format", ""))
        or ", ".join(str(value) for value in _get_list(merged, "enum") if value != ""),
        description=str(merged.get("description", "")),
        comes_from=str(merged.get("x-from", "class")),
        others=_build_additional_field(parts),
        thing=str(merged.get("x-thing", "purchase")),
        event=str(merged.get("x-event", "")),
        is_read_once=merged.get("x-roots") == "first",
        has_children_only=merged.get("x-scope") == "children",
        most=most if isinstance(most, int) else None,
    )


def _build_additional_field(parts: list[_Subschema]) -> Field | None:
    """Return what the schema says of properties it does not name; None where it says nothing."""
    found = [
        other
        for part in parts
        if isinstance(part.node.get("additionalProperties"), dict)
        for other in part.inner("additionalProperties", within=parts)
    ]
    return _build_field("", found, is_required=False) if found else None


def _build_properties(parts: list[_Subschema]) -> dict[str, Field]:
    declarations: dict[str, list[_Subschema]] = {}
    required: set[Json] = set()
    for part in parts:
        required.update(_get_list(part.node, "required"))
        for name in cast("dict[str, Json]", part.node.get("properties", {})):
            inner = part.inner("properties", name, within=parts)
            declarations.setdefault(name, []).extend(inner)
    return {
        name: _build_field(name, found, is_required=name in required)
        for name, found in declarations.items()
        if found
    }


def _expand_subschemas(
    node: Json, file: Schema, at: str, within: frozenset[_SchemaPlace]
) -> Iterator[_Subschema]:
    """Yield a schema and all that it includes by ``$ref`` and ``allOf``."""
    if not isinstance(node, dict):
        return
    part = _Subschema(node, file, at, within)
    if part.place in within:
        raise _schema_error(file, at, "this part of the schema refers to itself")
    yield part
    if isinstance(reference := node.get("$ref"), str):
        yield from _resolve_reference(reference, part)
    for index in range(len(_get_list(node, "allOf"))):
        yield from part.inner("allOf", index, within=[part])


def _resolve_reference(reference: str, part: _Subschema) -> Iterator[_Subschema]:
    document, _, fragment = reference.partition("#")
    file = load_schema(document.removeprefix(URN_PREFIX)) if document else part.file
    within = part.within | {part.place}
    node: Json = cast("Json", file.data)
    at = resolve_fragment(fragment, file.anchors)
    if (file.locate("").source, at) in within:
        here = part.at + json_pointer("$ref")
        raise _schema_error(part.file, here, f"this schema refers to itself: {reference}")
    for step in at.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else cast("dict[str, Json]", node)[name]
    yield from _expand_subschemas(node, file, at, within)


def _schema_error(file: Schema, at: str, message: str) -> InputError:
    return InputError.single("schema-invalid", message, file.locate(at))


def _get_list(node: _Node, name: str) -> list[Json]:
    return cast("list[Json]", node.get(name, []))
