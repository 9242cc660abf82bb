"""Finds mistakes in a schema that JSON Schema's own schema accepts.

JSON Schema ignores a misspelt keyword, an unknown format and a reference that leads to no schema,
so every page would pass. A schema that includes itself would never end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import unquote

from validator.core.document import Json, json_pointer
from validator.core.suggestion import find_similar, suggest

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
"""Keywords whose schemas apply to the same value as the schema that contains them."""
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
"""References in a row; each one makes the validation recurse once more."""
MAX_SUGGESTIONS = 20
"""Misdirected references that get a suggestion: each is compared with all subschemas."""
ANNOTATION_PREFIX = "x-"
"""The start of every annotation's name; the rest is free."""

SchemaLoader: TypeAlias = Callable[[str], Json]
"""Returns the schema with a URI. Raises LookupError if it does not exist."""
_Targets: TypeAlias = "tuple[Mapping[str, Json], Mapping[str, str]]"
"""The subschemas of a schema by pointer, and the pointers of its anchors."""


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A mistake in the value at the JSON pointer ``at``, or in its key (``by_key``)."""

    at: str
    message: str
    hint: str = ""
    by_key: bool = False


def iter_subschemas(schema: Json, at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield a schema and all schemas in it, each after its JSON pointer."""
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


def find_anchors(schema: Json) -> dict[str, str]:
    """Return the JSON pointer of the subschema of each ``$anchor``."""
    return {
        anchor: at
        for at, part in iter_subschemas(schema)
        if isinstance(part, dict) and isinstance(anchor := part.get("$anchor"), str)
    }


def resolve_fragment(fragment: str, anchors: Mapping[str, str]) -> str:
    """Return the JSON pointer that a ``$ref`` has after its ``#``, or that its anchor stands for.

    As in the ``referencing`` library, only a pointer may be percent-encoded. Raises KeyError for
    an unknown anchor.
    """
    if fragment and not fragment.startswith("/"):
        return anchors[fragment]
    return unquote(fragment)


def find_schema_problems(
    schema: Json, urn: str, load: SchemaLoader, formats: frozenset[str]
) -> list[SchemaProblem]:
    """Return the mistakes in a well-formed schema, from top to bottom.

    ``urn`` is the start of the URIs of other schemas. An empty ``formats`` allows any format.
    """
    parts = dict(iter_subschemas(schema))
    references = _ReferenceCheck(parts, find_anchors(schema), urn, load)
    found = [
        problem
        for at, part in parts.items()
        if isinstance(part, dict)
        for problem in (
            *_check_keywords(at, part),
            *_check_formats(at, part, formats),
            *_check_patterns(at, part),
            *references.check(at, part),
        )
    ]
    return found or list(_find_cycles(parts, references.anchors))


def parse_decimal(value: object) -> Decimal | None:
    """Return the value as a number, or None if it is not a finite one."""
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
            suggestion = suggest(keyword, KEYWORDS, cutoff=0.75)
            message = _join(f'unknown keyword "{keyword}"', suggestion)
            remove = f"Remove it, or begin it with {ANNOTATION_PREFIX}."
            yield SchemaProblem(here, message, "Correct it." if suggestion else remove, by_key=True)


def _check_formats(
    at: str, part: Mapping[str, Json], formats: frozenset[str]
) -> Iterator[SchemaProblem]:
    name = part.get("format")
    if formats and isinstance(name, str) and name not in formats:
        message = _join(f'there is no format "{name}"', suggest(name, sorted(formats)))
        hint = f"Name one of {', '.join(sorted(formats))}, or write a pattern."
        yield SchemaProblem(f"{at}/format", message, hint)
    for keyword in ("formatMinimum", "formatMaximum"):
        if keyword in part and parse_decimal(part[keyword]) is None:
            yield SchemaProblem(
                f"{at}/{keyword}", f"{keyword} must be a number", 'Write it as in "0".'
            )


def _join(message: str, suggestion: str) -> str:
    return f"{message}: {suggestion}" if suggestion else message


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


@dataclass(slots=True)
class _ReferenceCheck:
    """Checks the anchors of one schema and the references in it."""

    parts: Mapping[str, Json]
    anchors: Mapping[str, str]
    urn: str
    load: SchemaLoader
    others: dict[str, _Targets] = field(default_factory=dict)
    suggestions: int = 0

    def check(self, at: str, part: Mapping[str, Json]) -> Iterator[SchemaProblem]:
        anchor = part.get("$anchor")
        if isinstance(anchor, str) and self.anchors[anchor] != at:
            message = f'$anchor "{anchor}" is used more than once'
            yield SchemaProblem(f"{at}/$anchor", message, "Give each anchor its own name.")
        reference = part.get("$ref")
        if isinstance(reference, str) and not self._leads_to_schema(reference):
            message = _join(f"$ref leads nowhere: {reference}", self._suggest(reference))
            hint = f"References are #/$defs/…, the #name of an $anchor, or {self.urn}NAME."
            yield SchemaProblem(f"{at}/$ref", message, hint)

    def _leads_to_schema(self, reference: str) -> bool:
        document, _, fragment = reference.partition("#")
        parts, anchors = self._targets(document)
        try:
            return resolve_fragment(fragment, anchors) in parts
        except KeyError:
            return False

    def _suggest(self, reference: str) -> str:
        document, _, fragment = reference.partition("#")
        if not fragment or self.suggestions == MAX_SUGGESTIONS:
            return ""
        self.suggestions += 1
        parts, anchors = self._targets(document)
        similar = find_similar(unquote(fragment), (*parts, *anchors))
        return f'did you mean "{document}#{similar}"?' if similar else ""

    def _targets(self, document: str) -> _Targets:
        """Return what a reference into a document, "" for this one, may lead to."""
        if not document:
            return self.parts, self.anchors
        if document not in self.others:
            try:
                schema = self.load(document)
                self.others[document] = dict(iter_subschemas(schema)), find_anchors(schema)
            except LookupError:
                self.others[document] = {}, {}
        return self.others[document]


@dataclass(slots=True)
class _CycleSearch:
    """Follows the schemas that apply to the same value; visits each schema once."""

    parts: Mapping[str, Json]
    anchors: Mapping[str, str]
    path: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def find_cycles(self, at: str) -> Iterator[SchemaProblem]:
        if at in self.path:
            yield SchemaProblem(
                self.path[-1] + "/$ref", "this schema refers to itself, without end"
            )
        elif len(self.path) > MAX_REFERENCE_CHAIN:
            message = f"more than {MAX_REFERENCE_CHAIN} references in a row"
            yield SchemaProblem(self.path[-1] + "/$ref", message)
        elif at not in self.done:
            self.path.append(at)
            for following in _iter_same_value_schemas(at, self.parts[at], self.anchors):
                yield from self.find_cycles(following)
            self.path.pop()
            self.done.add(at)


def _find_cycles(parts: Mapping[str, Json], anchors: Mapping[str, str]) -> Iterator[SchemaProblem]:
    search = _CycleSearch(MappingProxyType(parts), anchors)
    for at in parts:
        yield from search.find_cycles(at)


def _iter_same_value_schemas(at: str, part: Json, anchors: Mapping[str, str]) -> Iterator[str]:
    """Yield the pointers of the schemas that apply to the same value."""
    if not isinstance(part, dict):
        return
    reference = part.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        yield resolve_fragment(reference.removeprefix("#"), anchors)
    for keyword in _SAME_VALUE_APPLICATORS:
        value, here = part.get(keyword), at + json_pointer(keyword)
        if isinstance(value, list):
            yield from (here + json_pointer(index) for index in range(len(value)))
        elif keyword == "dependentSchemas" and isinstance(value, dict):
            yield from (here + json_pointer(name) for name in value)
        elif value is not None:
            yield here
