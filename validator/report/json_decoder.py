"""Decodes JSON into the dataclasses that it was made of: the inverse of ``json``.

Generic over the fields of the dataclasses: a new field needs no code here. Unknown keys are ignored
and missing ones get the field's default, so that files of other versions of cn-validator are read
as far as possible.
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
from validator.core.document import Document, Location, SourceMap, json_pointer
from validator.core.result import TagReading

_TYPE_NAMES: Mapping[type, str] = MappingProxyType(
    {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
)


class DecodeError(Exception):
    """A value that is not what it should be. ``at`` is its JSON pointer."""

    def __init__(self, at: str, expected: str) -> None:
        self.at = at
        super().__init__(f"{at or 'the report'} is not {expected}")


def decode_dataclass(kind: Any, data: object, at: str = "", **known: object) -> Any:
    """Return an instance of a dataclass; fields in ``known`` are not read from ``data``.

    Raises DecodeError.
    """
    if not isinstance(data, dict):
        raise DecodeError(at, "an object")
    given: dict[str, Any] = dict(known)
    for field in dataclasses.fields(kind):
        if field.name in known or not field.init:
            continue
        if field.name in data:
            inside = at + json_pointer(field.name)
            given[field.name] = _decode_value(
                _type_hints(kind)[field.name], data[field.name], inside
            )
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise DecodeError(at, f'complete: it has no "{field.name}"')
    return kind(**given)


@functools.cache
def _type_hints(kind: type) -> dict[str, Any]:
    # ``Json`` refers to itself, so any value is accepted in its place.
    return typing.get_type_hints(kind, localns={"Json": object})


def _decode_value(hint: Any, data: Any, at: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is object:
        return data
    if origin in (typing.Union, types.UnionType):
        return _decode_union(arguments, data, at)
    if origin is tuple:
        return tuple(_decode_items(arguments, data, at))
    if origin is not None:
        return _decode_mapping(arguments[1], data, at)
    if hint is TagReading:
        return _decode_tag_reading(data, at)
    if dataclasses.is_dataclass(hint):
        return decode_dataclass(hint, data, at)
    return (_decode_enum if issubclass(hint, Enum) else _decode_scalar)(hint, data, at)


def _decode_union(hints: tuple[Any, ...], data: Any, at: str) -> Any:
    if set(hints) == {Capture, Breakdown}:
        return _decode_outcome(data, at)
    if data is None and type(None) in hints:
        return None
    *others, last = (hint for hint in hints if hint is not type(None))
    for hint in others:
        with suppress(DecodeError):
            return _decode_value(hint, data, at)
    return _decode_value(last, data, at)


def _decode_items(hints: tuple[Any, ...], data: Any, at: str) -> Iterator[Any]:
    """Decode a list: any number of items of one type, or one item of each type."""
    if not isinstance(data, list):
        raise DecodeError(at, "a list")
    of_each = [hints[0]] * len(data) if hints[1:] == (...,) else list(hints)
    if len(of_each) != len(data):
        raise DecodeError(at, f"a list of {len(of_each)}")
    for index, (hint, item) in enumerate(zip(of_each, data, strict=True)):
        yield _decode_value(hint, item, at + json_pointer(index))


def _decode_mapping(hint: Any, data: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise DecodeError(at, "an object")
    return MappingProxyType(
        {key: _decode_value(hint, data[key], at + json_pointer(key)) for key in data}
    )


def _decode_enum(kind: Callable[[Any], Enum], data: Any, at: str) -> Enum:
    try:
        return kind(data)
    except ValueError:
        known = ", ".join(str(each.value) for each in typing.cast("type[Enum]", kind))
        raise DecodeError(at, f"one of: {known}") from None


def _decode_scalar(kind: Any, data: Any, at: str) -> Any:
    is_bool = isinstance(data, bool)
    if kind is float and isinstance(data, int) and not is_bool:
        return data
    if not isinstance(data, kind) or (is_bool and kind is not bool):
        raise DecodeError(at, _TYPE_NAMES[kind])
    return data


def _decode_outcome(data: Any, at: str) -> Capture | Breakdown:
    kinds: dict[object, type] = {"capture": Capture, "breakdown": Breakdown}
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise DecodeError(at + json_pointer("kind"), "capture or breakdown")
    outcome: Capture | Breakdown = decode_dataclass(kinds[kind], data, at)
    return outcome


def _decode_tag_reading(data: Any, at: str) -> TagReading:
    """Rebuild a tag's document as far as reports need it: texts and places."""
    if not isinstance(data, dict):
        raise DecodeError(at, "an object")
    places = dict(_decode_locations(data, at))
    label = _decode_scalar(str, data.get("label", "tag"), at + json_pointer("label"))
    document = Document(label, data.get("data"), SourceMap(MappingProxyType(places)))
    reading: TagReading = decode_dataclass(TagReading, data, at, document=document)
    return reading


def _decode_locations(data: Mapping[str, Any], at: str) -> Iterator[tuple[str, Location]]:
    if "location" in data:
        yield "", decode_dataclass(Location, data["location"], at + json_pointer("location"))
    for name in ("fields", "dropped_items"):
        items = _decode_value(
            tuple[Mapping[str, object], ...], data.get(name, []), at + json_pointer(name)
        )
        for index, item in enumerate(items):
            inside = at + json_pointer(name, index)
            if "location" in item:
                of = _decode_scalar(str, item.get("pointer"), inside + json_pointer("pointer"))
                yield (
                    of,
                    decode_dataclass(Location, item["location"], inside + json_pointer("location")),
                )
