"""The HTML of a captured tag, line by line, with the findings at their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from validator.core.capture import Capture, CapturedTag
from validator.core.finding import Finding
from validator.core.result import Result
from validator.report.sanitize import sanitize

MAX_LINES = 400
MAX_LINE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line: the text before the place of a finding, the place, and the text after it.

    ``number`` is the line of the page; ``numbers`` are those of the findings at it.
    """

    number: int
    before: str
    marked: str
    after: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TagSource:
    """The source of one tag. ``more`` is the number of lines left out at the end."""

    tag: CapturedTag
    lines: tuple[SourceLine, ...]
    more: int

    @property
    def is_marked(self) -> bool:
        return any(line.numbers for line in self.lines)


def sources(result: Result, numbers: Mapping[int, int]) -> Iterator[TagSource]:
    """Yield the tags of a result. ``numbers``: ``id()`` of a finding → its number."""
    outcome = result.outcome
    tags = outcome.tags if isinstance(outcome, Capture) else ()
    for tag in tags:
        yield _build_tag_source(tag, result, numbers)
    for stop in outcome.stops:
        # Tags of earlier steps are shown only where a finding is about them.
        yield from filter(
            _is_marked, (_build_tag_source(tag, result, numbers) for tag in stop.tags)
        )


def _is_marked(source: TagSource) -> bool:
    return source.is_marked


def _build_tag_source(tag: CapturedTag, result: Result, numbers: Mapping[int, int]) -> TagSource:
    texts = tag.html.split("\n")
    first = tag.origin.line or 1
    here: dict[int, list[Finding]] = {}
    for finding in result.findings:
        if _is_in_tag(finding, tag, len(texts)):
            line = (finding.location and finding.location.line) or first
            here.setdefault(line, []).append(finding)
    lines = tuple(
        _build_line(number, text, here.get(number, []), tag, numbers)
        for number, text in enumerate(texts[:MAX_LINES], start=first)
    )
    return TagSource(tag, lines, max(len(texts) - MAX_LINES, 0))


def _is_in_tag(finding: Finding, tag: CapturedTag, lines: int) -> bool:
    place, origin = finding.location, tag.origin
    if place is None or place.source != origin.source or not place.line:
        return False
    first = origin.line or 1
    if not first <= place.line < first + lines:
        return False
    # On a page of one line, only the CSS path distinguishes tags.
    return not (place.css and tag.css) or place.css.startswith(tag.css)


def _build_line(
    number: int,
    text: str,
    findings: list[Finding],
    tag: CapturedTag,
    numbers: Mapping[int, int],
) -> SourceLine:
    text = text.rstrip("\r")
    if not findings:
        return SourceLine(number, sanitize(text, MAX_LINE_CHARS), "", "", ())
    first = findings[0]
    column = (first.location and first.location.column) or 1
    is_first = number == (tag.origin.line or 1)
    start = max(column - (tag.origin.column or 1 if is_first else 1), 0)
    begin, end = _marked_range(text, start, first.actual)
    return SourceLine(
        number,
        sanitize(text[:begin], MAX_LINE_CHARS),
        sanitize(text[begin:end], MAX_LINE_CHARS),
        sanitize(text[end:], MAX_LINE_CHARS),
        tuple(numbers[id(finding)] for finding in findings),
    )


def _marked_range(text: str, start: int, actual: str) -> tuple[int, int]:
    """Return the range of the value in the line; if it is not there, of its element."""
    at = text.find(actual, start) if actual else -1
    if at >= 0:
        return at, at + len(actual)
    start = min(start, len(text))
    start += len(text[start:]) - len(text[start:].lstrip())
    return start, len(text.rstrip())
