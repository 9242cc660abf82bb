"""Finds and compiles schemas/, and checks any Document against any of them.

The schemas are draft 2020-12, shipped in the package, and refer to each other by their ``$id``,
``urn:cn-validator:schema:NAME``. Two of ajv's keywords are understood besides
(https://ajv.js.org/packages/ajv-formats.html): ``formatMinimum`` and ``formatMaximum`` compare
decimal text as the number it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from operator import gt, lt
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from validator.contract.formats import CHECKER
from validator.contract.readers import read_file
from validator.contract.schema_lint import Complaint, complaints, decimal
from validator.core.document import Document, Json, Location, pointer
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity

URN = "urn:cn-validator:schema:"
SUFFIX = ".schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HERE = Path(__file__).parent.parent
FOLDER = next(
    (folder for folder in (_HERE / "schemas", _HERE.parent / "schemas") if folder.is_dir()),
    _HERE / "schemas",
)
"""In the wheel the schemas are inside the package, in a checkout beside it."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema that is known to be good."""

    name: str
    data: Mapping[str, Json]
    document: Document | None = None
    """The file it comes from; None for one that is made here."""

    def locate(self, at: str) -> Location:
        return self.document.locate(at) if self.document else Location(self.name)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing a schema does not allow.

    ``pointer`` is the place of ``value``; of a missing or an unknown property, its own place.
    ``limit`` is what ``keyword`` says in ``subschema``, the schema the keyword stands in.
    """

    keyword: str
    pointer: str
    value: Json
    limit: Json
    subschema: Mapping[str, Json]
    message: str


def schema_names() -> tuple[str, ...]:
    """Return the names of the schemas that come with the package."""
    return tuple(sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}")))


def load_schema(name_or_path: str) -> Schema:
    """Return one of our schemas by its name, or anyone's by the path of its file.

    Raises InputError, with the place in the file, for a schema that cannot be used.
    """
    if name_or_path.endswith(".json") or "/" in name_or_path or "\\" in name_or_path:
        return _read(Path(name_or_path))
    return _built_in(name_or_path)


def violations(document: Document, schema: Schema) -> Iterator[Violation]:
    """Yield what the schema does not allow, in document order; the same thing only once."""
    validator = _Validator(
        _without_dialect(schema.data), registry=_REGISTRY, format_checker=CHECKER
    )
    order = {at: index for index, at in enumerate(_pointers(document.data, ""))}
    found = {
        (error.validator, pointer(*error.path), error.message): error
        for error in validator.iter_errors(document.data)
    }
    for (keyword, at, message), error in sorted(
        found.items(), key=lambda entry: order[_existing(entry[0][1], order)]
    ):
        value = error.instance if at in order else None
        yield Violation(str(keyword), at, value, error.validator_value, error.schema, message)


def _without_dialect(schema: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out ``$schema``: for it jsonschema would change to a validator without our keywords."""
    return {keyword: value for keyword, value in schema.items() if keyword != "$schema"}


def _pointers(data: Json, at: str) -> Iterator[str]:
    yield at
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _pointers(value, at + pointer(name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _pointers(value, at + pointer(index))


def _existing(at: str, order: Mapping[str, int]) -> str:
    while at not in order:
        at = at.rpartition("/")[0]
    return at


@cache
def _built_in(name: str) -> Schema:
    path = FOLDER / f"{name}{SUFFIX}"
    if not path.is_file():
        names = schema_names()
        near = get_close_matches(name, names, n=1)
        raise InputError.single(
            "schema-unknown",
            "there is no such schema" + (f': did you mean "{near[0]}"?' if near else ""),
            Location(name),
            f"Name one of {', '.join(names)}, or give the path of a .json file.",
        )
    return _read(path)


def _read(path: Path) -> Schema:
    document = read_file(path)
    error = best_match(
        Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(document.data)
    )
    if error is not None:
        refuse(document, [Complaint(pointer(*error.path), f"not a JSON schema: {error.message}")])
    if not isinstance(document.data, dict):
        refuse(document, [Complaint("", "not a JSON schema: it must be an object")])
    if document.data.get("$schema", DIALECT) != DIALECT:
        message = f"only draft 2020-12 is understood: {DIALECT}"
        refuse(document, [Complaint("/$schema", message)])
    # Ours describe more than tags, with formats that are only for their readers.
    formats = frozenset() if path.parent == FOLDER else frozenset(CHECKER.checkers)
    if found := complaints(document.data, URN, _load, formats):
        refuse(document, found)
    return Schema(path.name.removesuffix(SUFFIX), document.data, document)


def refuse(document: Document, found: Iterable[Complaint]) -> NoReturn:
    findings = [_bad(document, complaint) for complaint in found]
    raise InputError(sorted(findings, key=lambda finding: _line(finding.location)))


def _line(place: Location | None) -> tuple[int, int]:
    return (place.line or 0, place.column or 0) if place else (0, 0)


def _bad(document: Document, complaint: Complaint) -> Finding:
    at = complaint.at
    place = document.locate_key(at) if complaint.by_key else document.locate(at)
    return Finding(
        "schema-invalid",
        Severity.ERROR,
        complaint.message,
        at,
        place,
        hint=complaint.hint,
        snippet=document.line(place.line),
    )


def _load(uri: str) -> Json:
    """Read one of our schemas by its ``$id``; nothing is ever fetched."""
    name = uri.removeprefix(URN)
    if not uri.startswith(URN) or name not in schema_names():
        raise LookupError(uri)
    return read_file(FOLDER / f"{name}{SUFFIX}").data


def _retrieve(uri: str) -> Resource[Any]:
    data = _load(uri)
    return DRAFT202012.create_resource(_without_dialect(data if isinstance(data, dict) else {}))


_REGISTRY: Registry[Any] = Registry(retrieve=cache(_retrieve))  # type: ignore[call-arg]  # attrs alias

_Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


def _required(
    validator: Any,
    names: list[str],
    instance: Any,
    schema: Any,  # noqa: ARG001 - jsonschema's signature
) -> Iterator[ValidationError]:
    """Fault the missing property itself, where jsonschema faults its parent."""
    if validator.is_type(instance, "object"):
        for name in names:
            if name not in instance:
                yield ValidationError(f'"{name}" is missing', path=(name,))


def _naming_each(builtin: _Keyword) -> _Keyword:
    """Fault each unknown property itself, where jsonschema faults their parent, once."""

    def check(validator: Any, limit: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        errors = list(builtin(validator, limit, instance, schema))
        if limit is not False or not errors:
            yield from errors
            return
        for name in instance:
            # A property is unknown if it is still faulted when all the others are declared.
            others = dict.fromkeys((other for other in instance if other != name), True)
            declared = {**schema, "properties": {**schema.get("properties", {}), **others}}
            if any(builtin(validator, limit, instance, declared)):
                message = f'unknown property "{name}"'
                yield ValidationError(message, path=(name,), instance=instance[name])

    return check


def _beyond(compare: Callable[[Decimal, Decimal], bool], word: str) -> _Keyword:
    def check(_: Any, limit: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
        value, bound = decimal(instance), decimal(limit)
        if value is not None and bound is not None and compare(value, bound):
            yield ValidationError(f"{instance} is {word} than {limit}")

    return check


_KEYWORDS = Draft202012Validator.VALIDATORS
_Validator = extend(  # type: ignore[no-untyped-call]  # its stub has no types
    Draft202012Validator,
    {
        "required": _required,
        "additionalProperties": _naming_each(_KEYWORDS["additionalProperties"]),
        "unevaluatedProperties": _naming_each(_KEYWORDS["unevaluatedProperties"]),
        "formatMinimum": _beyond(lt, "less"),
        "formatMaximum": _beyond(gt, "more"),
    },
)
