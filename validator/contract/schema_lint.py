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

from validator.core.document import Json, pointer

_HERE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
"""Keywords whose schemas judge the same value as the schema they stand in."""
_ONE = (
    "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")
_OTHERS = (
    "$schema", "$id", "$anchor", "$comment", "$ref", "title", "description", "default", "examples",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "type",
    "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "pattern",
    "format", "formatMinimum", "formatMaximum", "minItems", "maxItems", "uniqueItems",
    "minContains", "maxContains", "minProperties", "maxProperties", "required",
    "dependentRequired",
)  # fmt: skip
KEYWORDS = frozenset((*_ONE, *_LISTS, *_NAMED, *_OTHERS))
LONGEST = 100
"""References that lead to each other; each makes the checks call themselves once more."""
OWN = "x-"
"""How annotations begin; they may have any name."""

Load: TypeAlias = Callable[[str], Json]
"""Returns the schema of a document's name. Raises LookupError where there is none."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with the value at a pointer, or with its key."""

    at: str
    message: str
    hint: str = ""
    by_key: bool = False


def subschemas(schema: Json, at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield a schema and all schemas in it, with their pointers."""
    yield at, schema
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        here = at + pointer(keyword)
        if keyword in _ONE:
            yield from subschemas(value, here)
        elif keyword in _LISTS and isinstance(value, list):
            for index, item in enumerate(value):
                yield from subschemas(item, here + pointer(index))
        elif keyword in _NAMED and isinstance(value, dict):
            for name, item in value.items():
                yield from subschemas(item, here + pointer(name))


def complaints(schema: Json, urn: str, load: Load, formats: frozenset[str]) -> list[Complaint]:
    """Return what is wrong with a schema that is well-formed, from top to bottom.

    ``urn`` is how the names of documents begin; no ``formats`` allow any.
    """
    parts = dict(subschemas(schema))
    found = [
        complaint
        for at, part in parts.items()
        if isinstance(part, dict)
        for complaint in (
            *_keywords(at, part),
            *_formats(at, part, formats),
            *_patterns(at, part),
            *_references(at, part, parts, urn, load),
        )
    ]
    return found or list(_circles(parts))


def decimal(value: object) -> Decimal | None:
    """Return a finite number, or None."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _keywords(at: str, part: Mapping[str, Json]) -> Iterator[Complaint]:
    for keyword in part:
        here = at + pointer(keyword)
        if keyword == "$id" and at:
            yield Complaint(here, "$id is for the whole schema only", "Remove it.", by_key=True)
        elif keyword not in KEYWORDS and not keyword.startswith(OWN):
            near = get_close_matches(keyword, KEYWORDS, n=1, cutoff=0.75)
            meant = f': did you mean "{near[0]}"?' if near else ""
            hint = "Correct it." if near else f"Remove it, or begin it with {OWN}."
            yield Complaint(here, f'unknown keyword "{keyword}"{meant}', hint, by_key=True)


def _formats(at: str, part: Mapping[str, Json], formats: frozenset[str]) -> Iterator[Complaint]:
    name = part.get("format")
    if formats and isinstance(name, str) and name not in formats:
        near = get_close_matches(name, formats, n=1)
        meant = f': did you mean "{near[0]}"?' if near else ""
        hint = f"Name one of {', '.join(sorted(formats))}, or write a pattern."
        yield Complaint(f"{at}/format", f'there is no format "{name}"{meant}', hint)
    for keyword in ("formatMinimum", "formatMaximum"):
        if keyword in part and decimal(part[keyword]) is None:
            yield Complaint(f"{at}/{keyword}", f"{keyword} must be a number", 'Write it as in "0".')


def _patterns(at: str, part: Mapping[str, Json]) -> Iterator[Complaint]:
    places = [(f"{at}/pattern", part.get("pattern"))]
    named = part.get("patternProperties")
    for name in named if isinstance(named, dict) else ():
        places.append((f"{at}/patternProperties{pointer(name)}", name))
    for here, pattern in places:
        try:
            re.compile(pattern if isinstance(pattern, str) else "")
        except re.error as error:
            message = f"not a regular expression: {error.msg}"
            is_key = "/patternProperties" in here
            yield Complaint(here, message, "Write it as Python understands it.", by_key=is_key)


def _references(
    at: str, part: Mapping[str, Json], parts: Mapping[str, Json], urn: str, load: Load
) -> Iterator[Complaint]:
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return
    document, _, place = reference.partition("#")
    try:
        others = parts if not document else dict(subschemas(load(document)))
    except LookupError:
        others = {}
    if unquote(place) not in others:
        near = get_close_matches(unquote(place), others, n=1) if place else []
        meant = f': did you mean "{document}#{near[0]}"?' if near else ""
        hint = f"References are #/$defs/… or {urn}NAME."
        yield Complaint(f"{at}/$ref", f"$ref leads nowhere: {reference}{meant}", hint)


@dataclass(slots=True)
class _Search:
    """A walk from schema to schema of the same value, never into what is done."""

    parts: Mapping[str, Json]
    path: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def circles(self, at: str) -> Iterator[Complaint]:
        if at in self.path or len(self.path) > LONGEST:
            here = self.path[-1] + "/$ref"
            if at in self.path:
                yield Complaint(here, "this schema refers to itself, without end")
            else:
                yield Complaint(here, f"more than {LONGEST} references, one to the next")
        elif at not in self.done:
            self.path.append(at)
            for following in _followed(at, self.parts[at]):
                yield from self.circles(following)
            self.path.pop()
            self.done.add(at)


def _circles(parts: Mapping[str, Json]) -> Iterator[Complaint]:
    search = _Search(MappingProxyType(parts))
    for at in parts:
        yield from search.circles(at)


def _followed(at: str, part: Json) -> Iterator[str]:
    """Yield the pointers of the schemas that judge the same value."""
    if not isinstance(part, dict):
        return
    reference = part.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        yield unquote(reference.removeprefix("#"))
    for keyword in _HERE:
        value, here = part.get(keyword), at + pointer(keyword)
        if isinstance(value, list):
            yield from (here + pointer(index) for index in range(len(value)))
        elif keyword == "dependentSchemas" and isinstance(value, dict):
            yield from (here + pointer(name) for name in value)
        elif value is not None:
            yield here
