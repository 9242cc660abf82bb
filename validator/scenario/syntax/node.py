"""Nodes of a document with their places, and the collector of findings about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from validator.core.document import Document, Json, Location, json_pointer
from validator.core.finding import Finding, Severity
from validator.scenario.syntax.durations import parse_duration


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, which is valid by its schema."""

    document: Document
    at: str
    data: Json

    @classmethod
    def root(cls, document: Document) -> Node:
        return cls(document, "", document.data)

    def get(self, name: str) -> Node | None:
        """Return the value of a key; None if this is not a mapping or has no such key."""
        if isinstance(self.data, dict) and name in self.data:
            return Node(self.document, self.at + json_pointer(name), self.data[name])
        return None

    def __getitem__(self, name: str) -> Node:
        child = self.get(name)
        if child is None:
            raise KeyError(name)
        return child

    def __contains__(self, name: str) -> bool:
        return isinstance(self.data, dict) and name in self.data

    def items(self) -> dict[str, Node]:
        """Return the values of a mapping by key; empty if this is not a mapping."""
        return {name: self[name] for name in self.data} if isinstance(self.data, dict) else {}

    def __iter__(self) -> Iterator[Node]:
        """Yield the values of a list; nothing if this is not a list."""
        if isinstance(self.data, list):
            for index, value in enumerate(self.data):
                yield Node(self.document, self.at + json_pointer(index), value)

    @property
    def is_text(self) -> bool:
        return isinstance(self.data, str)

    @property
    def text(self) -> str:
        return "" if self.data is None else str(self.data)

    @property
    def location(self) -> Location:
        return self.document.locate(self.at)

    @property
    def key_location(self) -> Location:
        return self.document.locate_key(self.at)


class FindingCollector:
    """Collects the findings of all files; equal findings are kept once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(
        self,
        rule: str,
        message: str,
        node: Node,
        hint: str,
        *,
        expected: str = "",
        by_key: bool = False,
    ) -> None:
        """Add a finding about the value of a node, or about its key."""
        place = node.key_location if by_key else node.location
        self.extend(
            [
                Finding(
                    rule,
                    Severity.ERROR,
                    message,
                    node.at,
                    place,
                    expected=expected,
                    hint=hint,
                    snippet=node.document.line(place.line),
                )
            ]
        )

    def extend(self, findings: Iterable[Finding]) -> None:
        self._found.update(dict.fromkeys(findings))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, sorted by file, line and column."""
        files = list(dict.fromkeys(f.location.source for f in self._found if f.location))

        def place(finding: Finding) -> tuple[int, int, int]:
            if finding.location is None:
                return (-1, 0, 0)
            at = finding.location
            return (files.index(at.source), at.line or 0, at.column or 0)

        return tuple(sorted(self._found, key=place))


def parse_milliseconds(node: Node | None, default: float) -> float:
    """Read a duration such as ``500ms``, ``5s`` or ``1m``."""
    if node is None:
        return default
    parsed = parse_duration(node.text)
    return default if parsed is None else parsed
