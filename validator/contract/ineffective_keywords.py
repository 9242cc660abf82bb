"""Finds keywords of a shop's own contract that no tag can ever violate.

Every value of a tag is text, a list or an object of fields. JSON Schema ignores a keyword for
another type of value, and a property that is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import digits
from types import MappingProxyType

from validator.contract.fields import Field
from validator.contract.schema import URN_PREFIX, Schema, raise_schema_error
from validator.contract.schema_lint import SchemaProblem, resolve_fragment
from validator.core.document import Json, json_pointer
from validator.core.suggestion import find_similar

_NUMBER_KEYWORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRING_KEYWORDS = ("minLength", "maxLength", "pattern", "format", "formatMinimum", "formatMaximum")
_ARRAY_KEYWORDS = (
    *("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "minContains"),
    *("maxContains", "unevaluatedItems"),
)
_OBJECT_KEYWORDS = (
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "required"),
    *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas"),
    "unevaluatedProperties",
)
_KEYWORD_TYPES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(_NUMBER_KEYWORDS, "number"),
        **dict.fromkeys(_STRING_KEYWORDS, "string"),
        **dict.fromkeys(_ARRAY_KEYWORDS, "array"),
        **dict.fromkeys(_OBJECT_KEYWORDS, "object"),
    }
)
"""Keyword → the type of the values that it applies to."""
_TYPE_PLURALS: Mapping[str, str] = MappingProxyType(
    {"number": "numbers", "string": "text", "array": "lists", "object": "objects"}
)
_TYPE_NOUNS: Mapping[str, str] = MappingProxyType(
    {"string": "text", "array": "a list", "object": "an object"}
)
_LIST_APPLICATORS = ("allOf", "anyOf", "oneOf")
_SINGLE_APPLICATORS = ("not", "if", "then", "else")


def reject_ineffective(schema: Schema, tag: Field, tags: tuple[str, ...]) -> None:
    """Refuse a contract with keywords that have no effect, or that includes one of another tag.

    ``tag`` is the tag as its built-in schema describes it; ``tags`` are the names of all tags.
    Raises InputError.
    """
    search = _ContractWalk(schema, tags)
    if (found := list(search.of("", tag, "object"))) and schema.document:
        raise_schema_error(schema.document, found)


def _json_type(of: Field) -> str:
    """Return the JSON type of a field's value."""
    if of.is_list:
        return "array"
    return "object" if of.fields else "string"


@dataclass(slots=True)
class _ContractWalk:
    """A walk through a contract, with the field that each subschema applies to."""

    schema: Schema
    tags: tuple[str, ...]
    done: set[tuple[str, str, str]] = field(default_factory=set)

    def of(self, at: str, owner: Field, kind: str) -> Iterator[SchemaProblem]:
        node = self._node(at)
        if not isinstance(node, dict) or (at, owner.name, kind) in self.done:
            return
        self.done.add((at, owner.name, kind))
        yield from self._reference(at, node, owner, kind)
        yield from _check_keywords(at, node, owner, kind)
        for keyword in _LIST_APPLICATORS:
            for index in range(len(_get_list(node, keyword))):
                yield from self.of(at + json_pointer(keyword, index), owner, kind)
        for keyword in _SINGLE_APPLICATORS:
            yield from self.of(at + json_pointer(keyword), owner, kind)
        if kind == "array":
            yield from self.of(at + "/items", owner, "object" if owner.fields else "string")
        if kind == "object":
            yield from self._properties(at, node, owner)

    def _node(self, at: str) -> Json:
        node: Json = dict(self.schema.data)
        for part in at.split("/")[1:]:
            step = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, list):
                node = node[int(step)]
            else:
                node = node.get(step) if isinstance(node, dict) else None
        return node

    def _reference(
        self, at: str, node: Mapping[str, Json], owner: Field, kind: str
    ) -> Iterator[SchemaProblem]:
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return
        if reference.startswith("#"):
            at_target = resolve_fragment(reference.removeprefix("#"), self.schema.anchors)
            yield from self.of(at_target, owner, kind)
        other = reference.removeprefix(URN_PREFIX)
        if owner.name in self.tags and other in self.tags and other != owner.name:
            message = f"this is the contract of {other}, and it is used for {owner.name}"
            yield SchemaProblem(at + "/$ref", message, f"Write {URN_PREFIX}{owner.name}.")

    def _properties(
        self, at: str, node: Mapping[str, Json], owner: Field
    ) -> Iterator[SchemaProblem]:
        own = node.get("properties")
        named = dict(own) if isinstance(own, dict) else {}
        for name, says in named.items():
            here = at + json_pointer("properties", name)
            if name in owner.fields:
                yield from self.of(here, owner.fields[name], _json_type(owner.fields[name]))
                continue
            if near := _find_near_field(name, owner):
                message = f'{owner.name} has no field "{name}": did you mean "{near}"?'
                yield SchemaProblem(here, message, "Correct it.", by_key=True)
            said = says.get("type") if isinstance(says, dict) else None
            if said not in ("array", "object"):
                yield from self.of(here, _build_undeclared_field(name), "string")
        for index, wanted in enumerate(_get_list(node, "required")):
            if (
                isinstance(wanted, str)
                and wanted not in named
                and (near := _find_near_field(wanted, owner))
            ):
                message = f'{owner.name} has no field "{wanted}": did you mean "{near}"?'
                yield SchemaProblem(at + json_pointer("required", index), message, "Correct it.")


def _check_keywords(
    at: str, node: Mapping[str, Json], owner: Field, kind: str
) -> Iterator[SchemaProblem]:
    for keyword in node:
        if _KEYWORD_TYPES.get(keyword, kind) != kind:
            message = (
                f'"{keyword}" is for {_TYPE_PLURALS[_KEYWORD_TYPES[keyword]]}, and '
                f"{owner.name} is {_TYPE_NOUNS[kind]}"
            )
            yield SchemaProblem(
                at + json_pointer(keyword), message, _replacement_hint(keyword), by_key=True
            )
    said = node.get("type")
    types = said if isinstance(said, list) else [said]
    if said is not None and kind not in types:
        message = (
            f"{owner.name} is {_TYPE_NOUNS[kind]}, and never of type {' or '.join(map(str, types))}"
        )
        hint = 'Write "string", and for a number {"format": "cn-decimal"}.'
        yield SchemaProblem(at + "/type", message, hint if kind == "string" else f'Write "{kind}".')


def _replacement_hint(keyword: str) -> str:
    if keyword in ("minimum", "exclusiveMinimum"):
        return 'Write formatMinimum, as in "formatMinimum": "5".'
    if keyword in ("maximum", "exclusiveMaximum"):
        return 'Write formatMaximum, as in "formatMaximum": "5".'
    return (
        "Write a pattern." if keyword == "multipleOf" else "Remove it, or put it where it belongs."
    )


def _find_near_field(name: str, owner: Field) -> str:
    near = find_similar(name, owner.fields, cutoff=0.8)
    # custom_field_4 is unknown, but not a misspelling of custom_field_3.
    is_slip = name != near and name.strip(digits) != near.strip(digits)
    return near if is_slip else ""


def _build_undeclared_field(name: str) -> Field:
    """Return a field that only the shop knows; its value is text."""
    return Field(name, "", "text", "", False, False, MappingProxyType({}), "", "")


def _get_list(node: Mapping[str, Json], name: str) -> list[Json]:
    value = node.get(name)
    return value if isinstance(value, list) else []
