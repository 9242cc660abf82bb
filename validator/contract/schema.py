"""Loads schemas, built-in ones and a shop's own, and validates documents against them.

The built-in schemas are draft 2020-12 and refer to each other by their ``$id``,
``urn:cn-validator:schema:NAME``. Two keywords of ajv are supported as well
(https://ajv.js.org/packages/ajv-formats.html): ``formatMinimum`` and ``formatMaximum`` compare
decimal text as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from operator import gt, lt
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from validator.contract.formats import FORMAT_CHECKER
from validator.contract.readers import read_file
from validator.contract.schema_lint import (
    SchemaProblem,
    find_anchors,
    find_schema_problems,
    parse_decimal,
)
from validator.core.document import Document, Json, Location, json_pointer
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.suggestion import suggest

URN_PREFIX = "urn:cn-validator:schema:"
SCHEMA_SUFFIX = ".schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PACKAGE_FOLDER = Path(__file__).parent.parent
SCHEMA_FOLDER = next(
    (
        folder
        for folder in (_PACKAGE_FOLDER / "schemas", _PACKAGE_FOLDER.parent / "schemas")
        if folder.is_dir()
    ),
    _PACKAGE_FOLDER / "schemas",
)
"""The schemas are inside the package in the wheel, and beside it in a checkout."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema without mistakes."""

    name: str
    data: Mapping[str, Json]
    document: Document | None = None
    """The file it comes from; None for a schema that the program builds."""
    anchors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """``$anchor`` → JSON pointer of its subschema."""

    def locate(self, at: str) -> Location:
        return self.document.locate(at) if self.document else Location(self.name)


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One violation of a schema.

    ``pointer`` is the JSON pointer of ``value``; for a missing or an unknown property it is the
    pointer of that property. ``limit`` is the value of ``keyword`` in ``subschema``.
    """

    keyword: str
    pointer: str
    value: Json
    limit: Json
    subschema: Mapping[str, Json]
    message: str


def builtin_schema_names() -> tuple[str, ...]:
    """Return the names of the schemas in the package, sorted."""
    return tuple(
        sorted(
            path.name.removesuffix(SCHEMA_SUFFIX)
            for path in SCHEMA_FOLDER.glob(f"*{SCHEMA_SUFFIX}")
        )
    )


def load_schema(name_or_path: str) -> Schema:
    """Return a built-in schema by its name, or any schema by the path of its file.

    A built-in schema is not checked for mistakes. Raises InputError, with the place in the file,
    for another one that has some.
    """
    if name_or_path.endswith(".json") or "/" in name_or_path or "\\" in name_or_path:
        return _read_schema(Path(name_or_path))
    return _load_built_in(name_or_path)


def iter_schema_violations(document: Document, schema: Schema) -> Iterator[SchemaViolation]:
    """Yield the violations in document order, without repetitions."""
    validator = _Validator(
        _without_dialect(schema.data), registry=_REGISTRY, format_checker=FORMAT_CHECKER
    )
    order = {at: index for index, at in enumerate(_pointers(document.data, ""))}
    found = {
        (error.validator, json_pointer(*error.path), error.message): error
        for error in validator.iter_errors(document.data)
    }
    for (keyword, at, message), error in sorted(
        found.items(), key=lambda entry: order[_nearest_existing(entry[0][1], order)]
    ):
        value = error.instance if at in order else None
        yield SchemaViolation(str(keyword), at, value, error.validator_value, error.schema, message)


def _without_dialect(schema: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out ``$schema``, which makes jsonschema use a validator without our keywords."""
    return {keyword: value for keyword, value in schema.items() if keyword != "$schema"}


def _pointers(data: Json, at: str) -> Iterator[str]:
    yield at
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _pointers(value, at + json_pointer(name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _pointers(value, at + json_pointer(index))


def _nearest_existing(at: str, order: Mapping[str, int]) -> str:
    while at not in order:
        at = at.rpartition("/")[0]
    return at


@cache
def _load_built_in(name: str) -> Schema:
    path = SCHEMA_FOLDER / f"{name}{SCHEMA_SUFFIX}"
    if not path.is_file():
        names = builtin_schema_names()
        suggestion = suggest(name, names)
        raise InputError.single(
            "schema-unknown",
            f"unknown schema: {suggestion}" if suggestion else "unknown schema",
            Location(name),
            f"Name one of {', '.join(names)}, or give the path of a .json file.",
        )
    # Read as it is: the tests check that the schemas of the package have no mistakes.
    return _build_schema(path, read_file(path))


def _read_schema(path: Path) -> Schema:
    document = read_file(path)
    _check_schema(document, path)
    return _build_schema(path, document)


def _build_schema(path: Path, document: Document) -> Schema:
    data = cast("dict[str, Json]", document.data)
    return Schema(path.name.removesuffix(SCHEMA_SUFFIX), data, document, find_anchors(data))


def _check_schema(document: Document, path: Path) -> None:
    """Raise InputError with the mistakes of a schema."""
    error = best_match(
        Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(document.data)
    )
    if error is not None:
        raise_schema_error(
            document,
            [SchemaProblem(json_pointer(*error.path), f"not a JSON schema: {error.message}")],
        )
    if not isinstance(document.data, dict):
        raise_schema_error(document, [SchemaProblem("", "not a JSON schema: it must be an object")])
    if document.data.get("$schema", DIALECT) != DIALECT:
        message = f"only draft 2020-12 is understood: {DIALECT}"
        raise_schema_error(document, [SchemaProblem("/$schema", message)])
    # Built-in schemas describe more than tags and use formats that only document a value.
    formats = frozenset() if path.parent == SCHEMA_FOLDER else frozenset(FORMAT_CHECKER.checkers)
    if found := find_schema_problems(document.data, URN_PREFIX, _load_by_uri, formats):
        raise_schema_error(document, found)


def raise_schema_error(document: Document, found: Iterable[SchemaProblem]) -> NoReturn:
    """Raise InputError with the problems of a schema, in the order of their places."""
    findings = [_build_finding(document, problem) for problem in found]
    raise InputError(sorted(findings, key=lambda finding: _line_and_column(finding.location)))


def _line_and_column(place: Location | None) -> tuple[int, int]:
    return (place.line or 0, place.column or 0) if place else (0, 0)


def _build_finding(document: Document, problem: SchemaProblem) -> Finding:
    at = problem.at
    place = document.locate_key(at) if problem.by_key else document.locate(at)
    return Finding(
        "schema-invalid",
        Severity.ERROR,
        problem.message,
        at,
        place,
        hint=problem.hint,
        snippet=document.line(place.line),
    )


def _load_by_uri(uri: str) -> Json:
    """Read a built-in schema by its ``$id``. No schema is fetched from the network."""
    name = uri.removeprefix(URN_PREFIX)
    if not uri.startswith(URN_PREFIX) or name not in builtin_schema_names():
        raise LookupError(uri)
    return read_file(SCHEMA_FOLDER / f"{name}{SCHEMA_SUFFIX}").data


def _retrieve(uri: str) -> Resource[Any]:
    data = _load_by_uri(uri)
    return DRAFT202012.create_resource(_without_dialect(data if isinstance(data, dict) else {}))


_REGISTRY: Registry[Any] = Registry(retrieve=cache(_retrieve))  # type: ignore[call-arg]  # attrs alias

_KeywordFunction = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


def _check_required(
    validator: Any,
    names: list[str],
    instance: Any,
    schema: Any,  # noqa: ARG001 - jsonschema's signature
) -> Iterator[ValidationError]:
    """Report the missing property itself; jsonschema reports its parent."""
    if validator.is_type(instance, "object"):
        for name in names:
            if name not in instance:
                yield ValidationError(f'"{name}" is missing', path=(name,))


def _report_each_property(builtin: _KeywordFunction) -> _KeywordFunction:
    """Report each unknown property itself; jsonschema reports their parent, once."""

    def check(validator: Any, limit: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        errors = list(builtin(validator, limit, instance, schema))
        if limit is not False or not errors:
            yield from errors
            return
        for name in instance:
            # A property is unknown if it is still an error when all others are declared.
            others = dict.fromkeys((other for other in instance if other != name), True)
            declared = {**schema, "properties": {**schema.get("properties", {}), **others}}
            if any(builtin(validator, limit, instance, declared)):
                message = f'unknown property "{name}"'
                yield ValidationError(message, path=(name,), instance=instance[name])

    return check


def _build_decimal_limit(
    compare: Callable[[Decimal, Decimal], bool], word: str
) -> _KeywordFunction:
    def check(_: Any, limit: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
        value, bound = parse_decimal(instance), parse_decimal(limit)
        if value is not None and bound is not None and compare(value, bound):
            yield ValidationError(f"{instance} is {word} than {limit}")

    return check


_BUILTIN_KEYWORDS = Draft202012Validator.VALIDATORS
_Validator = extend(  # type: ignore[no-untyped-call]  # its stub has no types
    Draft202012Validator,
    {
        "required": _check_required,
        "additionalProperties": _report_each_property(_BUILTIN_KEYWORDS["additionalProperties"]),
        "unevaluatedProperties": _report_each_property(_BUILTIN_KEYWORDS["unevaluatedProperties"]),
        "formatMinimum": _build_decimal_limit(lt, "less"),
        "formatMaximum": _build_decimal_limit(gt, "more"),
    },
)
