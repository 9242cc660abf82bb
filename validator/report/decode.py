"""Plain JSON → the dataclasses it was made of: the inverse of what ``json`` writes.

It is generic over the fields of the dataclasses, as the writer is: a new field needs nothing here.
What the JSON has and a dataclass has not is passed over, and what it lacks is the dataclass's
default, so that files of other versions of cn-validator are read as far as they go.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from types import MappingProxyType
from typing import Any

from validator.core.capture import Breakdown, Capture
from validator.core.document import Document, Location, SourceMap, pointer
from validator.core.result import TagReading

_NAMES: Mapping[type, str] = MappingProxyType(
    {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
)


class MisfitError(Exception):
    """A value that is not what it should be. ``at`` is its JSON pointer."""

    def __init__(self, at: str, expected: str) -> None:
        self.at = at
        super().__init__(f"{at or 'the report'} is not {expected}")


def decoded(kind: Any, data: object, at: str = "", **known: object) -> Any:
    """Return an instance of a dataclass; ``known`` are fields that are not read from ``data``.

    Raises MisfitError.
    """
    if not isinstance(data, dict):
        raise MisfitError(at, "an object")
    given: dict[str, Any] = dict(known)
    for field in dataclasses.fields(kind):
        if field.name in known or not field.init:
            continue
        if field.name in data:
            inside = at + pointer(field.name)
            given[field.name] = _value(_hints(kind)[field.name], data[field.name], inside)
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise MisfitError(at, f'complete: it has no "{field.name}"')
    return kind(**given)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    # Any JSON may stand where ``Json`` does; its own definition refers to itself.
    return typing.get_type_hints(kind, localns={"Json": object})


def _value(hint: Any, data: Any, at: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is object:
        return data
    if origin in (typing.Union, types.UnionType):
        return _one_of(arguments, data, at)
    if origin is tuple:
        return tuple(_items(arguments, data, at))
    if origin is not None:
        return _mapping(arguments[1], data, at)
    if hint is TagReading:
        return _reading(data, at)
    if dataclasses.is_dataclass(hint):
        return decoded(hint, data, at)
    return (_member if issubclass(hint, Enum) else _scalar)(hint, data, at)


def _one_of(hints: tuple[Any, ...], data: Any, at: str) -> Any:
    if set(hints) == {Capture, Breakdown}:
        return _outcome(data, at)
    if data is None and type(None) in hints:
        return None
    *others, last = (hint for hint in hints if hint is not type(None))
    for hint in others:
        with suppress(MisfitError):
            return _value(hint, data, at)
    return _value(last, data, at)


def _items(hints: tuple[Any, ...], data: Any, at: str) -> Iterator[Any]:
    """Read a list: as many of one type as there are, or one of each type."""
    if not isinstance(data, list):
        raise MisfitError(at, "a list")
    of_each = [hints[0]] * len(data) if hints[1:] == (...,) else list(hints)
    if len(of_each) != len(data):
        raise MisfitError(at, f"a list of {len(of_each)}")
    for index, (hint, item) in enumerate(zip(of_each, data, strict=True)):
        yield _value(hint, item, at + pointer(index))


def _mapping(hint: Any, data: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise MisfitError(at, "an object")
    return MappingProxyType({key: _value(hint, data[key], at + pointer(key)) for key in data})


def _member(kind: Callable[[Any], Enum], data: Any, at: str) -> Enum:
    try:
        return kind(data)
    except ValueError:
        known = ", ".join(str(each.value) for each in typing.cast("type[Enum]", kind))
        raise MisfitError(at, f"one of: {known}") from None


def _scalar(kind: Any, data: Any, at: str) -> Any:
    is_bool = isinstance(data, bool)
    if kind is float and isinstance(data, int) and not is_bool:
        return data
    if not isinstance(data, kind) or (is_bool and kind is not bool):
        raise MisfitError(at, _NAMES[kind])
    return data


def _outcome(data: Any, at: str) -> Capture | Breakdown:
    kinds: dict[object, type] = {"capture": Capture, "breakdown": Breakdown}
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise MisfitError(at + pointer("kind"), "capture or breakdown")
    outcome: Capture | Breakdown = decoded(kinds[kind], data, at)
    return outcome


def _reading(data: Any, at: str) -> TagReading:
    """Put a tag's document together again as far as reports ask for it: texts and places."""
    if not isinstance(data, dict):
        raise MisfitError(at, "an object")
    places = dict(_places(data, at))
    label = _scalar(str, data.get("label", "tag"), at + pointer("label"))
    document = Document(label, data.get("data"), SourceMap(MappingProxyType(places)))
    reading: TagReading = decoded(TagReading, data, at, document=document)
    return reading


def _places(data: Mapping[str, Any], at: str) -> Iterator[tuple[str, Location]]:
    if "location" in data:
        yield "", decoded(Location, data["location"], at + pointer("location"))
    for name in ("fields", "dropped_items"):
        items = _value(tuple[Mapping[str, object], ...], data.get(name, []), at + pointer(name))
        for index, item in enumerate(items):
            inside = at + pointer(name, index)
            if "location" in item:
                of = _scalar(str, item.get("pointer"), inside + pointer("pointer"))
                yield of, decoded(Location, item["location"], inside + pointer("location"))
