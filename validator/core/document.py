"""JSON data with the place in a source file that each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file or page. Lines and columns count from one."""

    source: str
    line: int | None = None
    column: int | None = None
    css: str | None = None

    def __str__(self) -> str:
        places = (self.source, self.line, self.column)
        return ":".join(str(place) for place in places if place is not None)


def json_pointer(*parts: str | int) -> str:
    """Join steps to a JSON pointer (RFC 6901); no steps give the root, ``""``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass(frozen=True, slots=True)
class SourceMap:
    """JSON pointer → Location of the value; ``keys`` likewise for the keys of mappings.

    ``plain`` holds the source text of unquoted YAML scalars that are not text: ``12.50`` → "12.50".
    """

    locations: Mapping[str, Location]
    keys: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    plain: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def locate(self, at: str) -> Location | None:
        """Return the place of a value; for a missing value, the place of its nearest ancestor."""
        while at not in self.locations:
            if not at:
                return None
            at = at.rpartition("/")[0]
        return self.locations[at]


@dataclass(frozen=True, slots=True)
class Document:
    """Data that findings can refer to: a scenario, a tag, a configuration file.

    ``text`` is the source that the locations refer to, so that reports can quote its lines.
    """

    label: str
    data: Json
    source_map: SourceMap = field(default_factory=lambda: SourceMap(MappingProxyType({})))
    text: str = ""

    def locate(self, at: str) -> Location:
        return self.source_map.locate(at) or Location(self.label)

    def locate_key(self, at: str) -> Location:
        """Return the place of a mapping's key; for anything else, the place of the value."""
        return self.source_map.keys.get(at) or self.locate(at)

    def line(self, number: int | None) -> str:
        """Return the source line with this number, counted from one; "" where there is none."""
        lines = _split_lines(self.text)
        return lines[number - 1].rstrip("\r") if number and number <= len(lines) else ""


@lru_cache(maxsize=2)  # a text with thousands of findings is split once
def _split_lines(text: str) -> list[str]:
    return text.split("\n")
