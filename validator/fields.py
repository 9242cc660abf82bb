"""The fields of a tag, from its schema: nothing about a field is stated anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

from validator.document import Json, pointer
from validator.errors import InputError
from validator.schema import URN, Schema, load_schema

_Node: TypeAlias = "Mapping[str, Json]"


_Place: TypeAlias = "tuple[str, str]"
"""A schema file and a JSON pointer in it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A schema, and where it stands: its file, and its JSON pointer there."""

    node: _Node
    file: Schema
    at: str
    within: frozenset[_Place]
    """The places of the schemas it is a part of: one of them again would never end."""

    def inner(self, *path: str | int, within: Iterable[_Part] = ()) -> Iterator[_Part]:
        """Yield what is at a path inside of it, with all that this includes."""
        node: Json = cast("Json", self.node)
        for step in path:
            node = cast("dict[Any, Json]", node)[step]
        places = self.within | {part.place for part in within}
        yield from _parts(node, self.file, self.at + pointer(*path), places)

    @property
    def place(self) -> _Place:
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
    """What the script drops without this field: purchase, item, or nothing."""
    is_list: bool
    is_required: bool
    fields: Mapping[str, Field]
    """The fields of the tag, or of each of its items, in the schema's order."""
    format: str
    """The name of its format; where it has none, the values it may have."""
    description: str

    def at(self, at: str) -> Field:
        """Return the field at a JSON pointer. Raises KeyError for one the schema does not know."""
        field = self
        for part in at.split("/")[1:]:
            field = field if part.isdecimal() else field.fields[part]
        return field


def tag_of(schema: Schema) -> Field:
    """Return the tag that a schema describes. A shop's own schema adds to ours by ``allOf``.

    Raises InputError for a schema that describes something else, or nothing: a page would pass
    it whatever its tag says.
    """
    parts = list(_parts(cast("Json", schema.data), schema, "", frozenset()))
    tag = _field(schema.name, parts, is_required=False)
    if not any(field.drop or field.key for field in tag.fields.values()):
        raise InputError.single(
            "schema-of-no-tag",
            "this schema does not describe the fields of a tag",
            schema.locate(""),
            'begin with {"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}]} and add to it',
        )
    return tag


def _field(name: str, parts: list[_Part], *, is_required: bool) -> Field:
    items = [
        item for part in parts if "items" in part.node for item in part.inner("items", within=parts)
    ]
    # The outermost part is the first, and has the last word.
    merged: dict[str, Json] = {}
    for part in reversed(parts):
        merged.update(part.node)
    return Field(
        name=name,
        key=str(merged.get("x-key", "")),
        read=str(merged.get("x-read", "not-read")),
        drop=str(merged.get("x-drop", "")),
        is_list=merged.get("type") == "array",
        is_required=is_required,
        fields=_properties([*parts, *items]),
        format=str(merged.get("format", "")) or ", ".join(map(str, _list(merged, "enum"))),
        description=str(merged.get("description", "")),
    )


def _properties(parts: list[_Part]) -> dict[str, Field]:
    declarations: dict[str, list[_Part]] = {}
    required: set[Json] = set()
    for part in parts:
        required.update(_list(part.node, "required"))
        for name in cast("dict[str, Json]", part.node.get("properties", {})):
            inner = part.inner("properties", name, within=parts)
            declarations.setdefault(name, []).extend(inner)
    return {
        name: _field(name, found, is_required=name in required)
        for name, found in declarations.items()
        if found
    }


def _parts(node: Json, file: Schema, at: str, within: frozenset[_Place]) -> Iterator[_Part]:
    """Yield a schema and all that it includes by ``$ref`` and ``allOf``."""
    if not isinstance(node, dict):
        return
    part = _Part(node, file, at, within)
    if part.place in within:
        raise _bad(file, at, "this part of the schema refers to itself")
    yield part
    if isinstance(reference := node.get("$ref"), str):
        yield from _referred(reference, part)
    for index in range(len(_list(node, "allOf"))):
        yield from part.inner("allOf", index, within=[part])


def _referred(reference: str, part: _Part) -> Iterator[_Part]:
    document, _, at = reference.partition("#")
    file = load_schema(document.removeprefix(URN)) if document else part.file
    here = part.at + pointer("$ref")
    if at and not at.startswith("/"):
        raise _bad(part.file, here, f"only references such as #/$defs/… are followed: {reference}")
    within = part.within | {part.place}
    node: Json = cast("Json", file.data)
    at = unquote(at)
    if (file.locate("").source, at) in within:
        raise _bad(part.file, here, f"this schema refers to itself: {reference}")
    for step in at.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else cast("dict[str, Json]", node)[name]
    yield from _parts(node, file, at, within)


def _bad(file: Schema, at: str, message: str) -> InputError:
    return InputError.single("schema-invalid", message, file.locate(at))


def _list(node: _Node, name: str) -> list[Json]:
    return cast("list[Json]", node.get(name, []))
