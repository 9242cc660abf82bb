"""What JSON Schema's own schema lets pass, and what would make a contract demand nothing.

A misspelt keyword, an unknown format or a reference to what is no schema is no error to JSON
Schema: the page would pass. A schema that includes itself would never end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import unquote

from validator.core.document import Json, json_pointer

_SAME_VALUE_APPLICATORS = (
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
)
"""Keywords whose schemas judge the same value as the schema they stand in."""
_SCHEMA_KEYWORDS = (
    "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_SCHEMA_LIST_KEYWORDS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMA_MAP_KEYWORDS = ("properties", "patternProperties", "dependentSchemas", "$defs")
_OTHER_KEYWORDS = (
    "$schema", "$id", "$anchor", "$comment", "$ref", "title", "description", "default", "examples",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "type",
    "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "pattern",
    "format", "formatMinimum", "formatMaximum", "minItems", "maxItems", "uniqueItems",
    "minContains", "maxContains", "minProperties", "maxProperties", "required",
    "dependentRequired",
)  # fmt: skip
KEYWORDS = frozenset(
    (*_SCHEMA_KEYWORDS, *_SCHEMA_LIST_KEYWORDS, *_SCHEMA_MAP_KEYWORDS, *_OTHER_KEYWORDS)
)
MAX_REFERENCE_CHAIN = 100
"""References that lead to each other; each makes the checks call themselves once more."""
ANNOTATION_PREFIX = "x-"
"""How annotations begin; they may have any name."""

SchemaLoader: TypeAlias = Callable[[str], Json]
"""Returns the schema of a document's name. Raises LookupError where there is none."""


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """What is wrong with the value at a pointer, or with its key."""

    at: str
    message: str
    hint: str = ""
    by_key: bool = False


def iter_subschemas(schema: Json, at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield a schema and all schemas in it, with their pointers."""
    yield at, schema
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        here = at + json_pointer(keyword)
        if keyword in _SCHEMA_KEYWORDS:
            yield from iter_subschemas(value, here)
        elif keyword in _SCHEMA_LIST_KEYWORDS and isinstance(value, list):
            for index, item in enumerate(value):
                yield from iter_subschemas(item, here + json_pointer(index))
        elif keyword in _SCHEMA_MAP_KEYWORDS and isinstance(value, dict):
            for name, item in value.items():
                yield from iter_subschemas(item, here + json_pointer(name))


def find_schema_problems(
    schema: Json, urn: str, load: SchemaLoader, formats: frozenset[str]
) -> list[SchemaProblem]:
    """Return what is wrong with a schema that is well-formed, from top to bottom.

    ``urn`` is how the names of documents begin; no ``formats`` allow any.
    """
    parts = dict(iter_subschemas(schema))
    found = [
        complaint
        for at, part in parts.items()
        if isinstance(part, dict)
        for complaint in (
            *_check_keywords(at, part),
            *_check_formats(at, part, formats),
            *_check_patterns(at, part),
            *_check_references(at, part, parts, urn, load),
        )
    ]
    return found or list(_find_cycles(parts))


def parse_decimal(value: object) -> Decimal | None:
    """Return a finite number, or None."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _check_keywords(at: str, part: Mapping[str, Json]) -> Iterator[SchemaProblem]:
    for keyword in part:
        here = at + json_pointer(keyword)
        if keyword == "$id" and at:
            yield SchemaProblem(here, "$id is for the whole schema only", "Remove it.", by_key=True)
        elif keyword not in KEYWORDS and not keyword.startswith(ANNOTATION_PREFIX):
            near = get_close_matches(keyword, KEYWORDS, n=1, cutoff=0.75)
            meant = f': did you mean "{near[0]}"?' if near else ""
            hint = "Correct it." if near else f"Remove it, or begin it with {ANNOTATION_PREFIX}."
            yield SchemaProblem(here, f'unknown keyword "{keyword}"{meant}', hint, by_key=True)


def _check_formats(
    at: str, part: Mapping[str, Json], formats: frozenset[str]
) -> Iterator[SchemaProblem]:
    name = part.get("format")
    if formats and isinstance(name, str) and name not in formats:
        near = get_close_matches(name, formats, n=1)
        meant = f': did you mean "{near[0]}"?' if near else ""
        hint = f"Name one of {', '.join(sorted(formats))}, or write a pattern."
        yield SchemaProblem(f"{at}/format", f'there is no format "{name}"{meant}', hint)
    for keyword in ("formatMinimum", "formatMaximum"):
        if keyword in part and parse_decimal(part[keyword]) is None:
            yield SchemaProblem(
                f"{at}/{keyword}", f"{keyword} must be a number", 'Write it as in "0".'
            )


def _check_patterns(at: str, part: Mapping[str, Json]) -> Iterator[SchemaProblem]:
    places = [(f"{at}/pattern", part.get("pattern"))]
    named = part.get("patternProperties")
    for name in named if isinstance(named, dict) else ():
        places.append((f"{at}/patternProperties{json_pointer(name)}", name))
    for here, pattern in places:
        try:
            re.compile(pattern if isinstance(pattern, str) else "")
        except re.error as error:
            message = f"not a regular expression: {error.msg}"
            is_key = "/patternProperties" in here
            yield SchemaProblem(here, message, "Write it as Python understands it.", by_key=is_key)


def _check_references(
    at: str, part: Mapping[str, Json], parts: Mapping[str, Json], urn: str, load: SchemaLoader
) -> Iterator[SchemaProblem]:
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return
    document, _, place = reference.partition("#")
    try:
        others = parts if not document else dict(iter_subschemas(load(document)))
    except LookupError:
        others = {}
    if unquote(place) not in others:
        near = get_close_matches(unquote(place), others, n=1) if place else []
        meant = f': did you mean "{document}#{near[0]}"?' if near else ""
        hint = f"References are #/$defs/… or {urn}NAME."
        yield SchemaProblem(f"{at}/$ref", f"$ref leads nowhere: {reference}{meant}", hint)


@dataclass(slots=True)
class _CycleSearch:
    """A walk from schema to schema of the same value, never into what is done."""

    parts: Mapping[str, Json]
    path: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def find_cycles(self, at: str) -> Iterator[SchemaProblem]:
        if at in self.path or len(self.path) > MAX_REFERENCE_CHAIN:
            here = self.path[-1] + "/$ref"
            if at in self.path:
                yield SchemaProblem(here, "this schema refers to itself, without end")
            else:
                yield SchemaProblem(
                    here, f"more than {MAX_REFERENCE_CHAIN} references, one to the next"
                )
        elif at not in self.done:
            self.path.append(at)
            for following in _iter_same_value_schemas(at, self.parts[at]):
                yield from self.find_cycles(following)
            self.path.pop()
            self.done.add(at)


def _find_cycles(parts: Mapping[str, Json]) -> Iterator[SchemaProblem]:
    search = _CycleSearch(MappingProxyType(parts))
    for at in parts:
        yield from search.find_cycles(at)


def _iter_same_value_schemas(at: str, part: Json) -> Iterator[str]:
    """Yield the pointers of the schemas that judge the same value."""
    if not isinstance(part, dict):
        return
    reference = part.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        yield unquote(reference.removeprefix("#"))
    for keyword in _SAME_VALUE_APPLICATORS:
        value, here = part.get(keyword), at + json_pointer(keyword)
        if isinstance(value, list):
            yield from (here + json_pointer(index) for index in range(len(value)))
        elif keyword == "dependentSchemas" and isinstance(value, dict):
            yield from (here + json_pointer(name) for name in value)
        elif value is not None:
            yield here
