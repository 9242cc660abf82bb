"""Whatever types later fields of a result may have are read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest

from validator.report.json_decoder import DecodeError, decode_dataclass


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Inner:
    size: float


@dataclass(frozen=True, slots=True)
class Outer:
    pair: tuple[str, int] = ("", 0)
    either: int | str = 0
    colours: tuple[Colour, ...] = ()
    inner: Inner | None = None
    inners: dict[str, tuple[Inner, ...]] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, Outer()),
        ({"pair": ["a", 2]}, Outer(pair=("a", 2))),
        ({"either": "two"}, Outer(either="two")),
        ({"either": 2}, Outer(either=2)),
        ({"colours": ["blue", "red"]}, Outer(colours=(Colour.BLUE, Colour.RED))),
        ({"inner": {"size": 1, "weight": 3}}, Outer(inner=Inner(1))),
        ({"inners": {"a": [{"size": 0.5}]}}, Outer(inners={"a": (Inner(0.5),)})),
    ],
)
def test_a_value_comes_back_in_its_type(data: dict[str, Any], expected: Outer) -> None:
    assert decode_dataclass(Outer, data) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "the report is not an object"),
        ({"pair": ["a"]}, "/pair is not a list of 2"),
        ({"pair": ["a", "b"]}, "/pair/1 is not a whole number"),
        ({"either": []}, "/either is not text"),
        ({"colours": ["green"]}, "/colours/0 is not one of: red, blue"),
        ({"colours": ["red", None]}, "/colours/1 is not one of: red, blue"),
        ({"inner": {}}, '/inner is not complete: it has no "size"'),
        ({"inners": {"a/b": [{"size": "big"}]}}, "/inners/a~1b/0/size is not a number"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(data: Any, message: str) -> None:
    with pytest.raises(DecodeError) as misfit:
        decode_dataclass(Outer, data)
    assert str(misfit.value) == message
